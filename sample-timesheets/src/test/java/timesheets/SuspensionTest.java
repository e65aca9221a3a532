package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import timesheets.Api.Answer;

class SuspensionTest extends AccessTest {

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Memberships memberships;

    @Test
    void theMembershipTellsOfASuspendedCompany() {
        Api owner = owner();
        String user = userId(owner);
        String company = company(owner);
        suspend("company", "id", company);
        assertThat(memberships.find(user, company))
                .map(Membership::status)
                .contains(Membership.Status.TENANT_SUSPENDED);
    }

    @Test
    void theMembershipOfASuspendedMemberTellsNothingOfTheCompany() {
        Api owner = owner();
        String user = userId(owner);
        String company = company(owner);
        suspend("company_member", "user_id", user);
        assertThat(memberships.find(user, company)).map(Membership::status).contains(Membership.Status.SUSPENDED);
        suspend("company", "id", company);
        assertThat(memberships.find(user, company)).map(Membership::status).contains(Membership.Status.SUSPENDED);
    }

    @Test
    void aUserIdOfAnotherShapeIsTheIdOfNobody() {
        assertThat(memberships.find("auth0|5f7c8ec7c33c6c004bbafe82", "acme")).isEmpty();
        assertThat(memberships.preferred("auth0|5f7c8ec7c33c6c004bbafe82")).isEmpty();
    }

    @Test
    void thePreferredCompanyIsTheDefaultOne() {
        assertThat(memberships.preferred(userId(acme))).contains(company(acme));
    }

    @Test
    void aSuspendedMemberIsOutAndCannotRenewOrLogIn() {
        String email = newEmail();
        Api member = join(owner(), email, "STAFF");
        Answer pair = anonymous.loginAnswer(email, PASSWORD);
        suspend("company_member", "user_id", userId(member));
        Answer refused = member.get(CUSTOMERS);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body())
                .isEqualTo(
                        acme.withHeader("X-Tenant-Id", "unknown").get(CUSTOMERS).body());
        assertThat(refresh(pair.text("refreshToken")).status()).isEqualTo(401);
        assertThat(anonymous.loginAnswer(email, PASSWORD).status()).isEqualTo(401);
    }

    @Test
    void theMembersOfASuspendedCompanyAreToldSoAndNobodyElseIs() {
        String email = newEmail();
        Api owner = owner(email);
        String company = company(owner);
        suspend("company", "id", company);
        Answer told = loggedIn(anonymous.loginAnswer(email, PASSWORD)).get(CUSTOMERS);
        Answer unknown = acme.withHeader("X-Tenant-Id", "unknown").get(CUSTOMERS);
        assertThat(told.status()).isEqualTo(403);
        assertThat(told.text("type")).isNotEqualTo(unknown.text("type"));
        assertThat(owner.get("/api/me").body()).isEqualTo(told.body());
        assertThat(acme.withHeader("X-Tenant-Id", company).get(CUSTOMERS).body())
                .isEqualTo(unknown.body());
    }

    @Test
    void loginPrefersACompanyThatIsNotSuspended() {
        String email = newEmail();
        Api owner = owner(email);
        Api elsewhere = join(owner(), email, "STAFF");
        suspend("company", "id", company(owner));
        assertThat(company(loggedIn(anonymous.loginAnswer(email, PASSWORD)))).isEqualTo(company(elsewhere));
    }

    @Test
    void aSuspendedOwnerIsNoOwnerWhoCouldStayBehind() {
        Api owner = owner();
        Api other = join(owner, "OWNER");
        suspend("company_member", "user_id", userId(other));
        assertThat(owner.delete(member(owner)).status()).isEqualTo(409);
        assertThat(owner.patch(member(owner), Map.of("role", "STAFF")).status()).isEqualTo(409);
    }

    private void suspend(String table, String column, String id) {
        assertThat(jdbc.sql("update " + table + " set status = 'SUSPENDED' where " + column + " = ?")
                        .param(UUID.fromString(id))
                        .update())
                .isEqualTo(1);
    }
}
