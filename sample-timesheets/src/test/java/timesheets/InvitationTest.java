package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import timesheets.Api.Answer;
import tools.jackson.databind.JsonNode;

class InvitationTest extends AccessTest {

    private static final String INVITATIONS = "/api/invitations";

    @Autowired
    private JdbcClient jdbc;

    @Test
    void somebodyNewJoinsWithTheRoleOfTheInvitation() {
        Api owner = owner();
        Answer me = join(owner, "ADMIN").get("/api/me");
        assertThat(me.text("role")).isEqualTo("ADMIN");
        assertThat(me.json().at("/tenant/id").asString()).isEqualTo(company(owner));
    }

    @Test
    void anExistingUserJoinsWithTheirOwnPasswordOnly() {
        String email = newEmail();
        Api elsewhere = owner(email);
        String token = invite(owner(), email, "STAFF");
        assertThat(accept(token, "not the right password").status()).isEqualTo(401);
        Api here = loggedIn(accept(token, PASSWORD));
        assertThat(userId(here)).isEqualTo(userId(elsewhere));
        assertThat(here.get("/api/me").json().get("memberships")).hasSize(2);
    }

    @Test
    void somebodyNewNeedsAName() {
        String token = invite(owner(), newEmail(), "STAFF");
        Map<String, String> nameless = Map.of("token", token, "password", PASSWORD);
        assertThat(anonymous.post("/api/auth/invitations/accept", nameless).status())
                .isEqualTo(400);
        assertThat(accept(token, PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void acceptedRevokedReplacedExpiredAndUnknownAreAnsweredAlike() {
        Api owner = owner();
        String accepted = invite(owner, newEmail(), "STAFF");
        accept(accepted, PASSWORD);
        String revoked = invite(owner, newEmail(), "STAFF");
        owner.delete(INVITATIONS + "/" + owner.id(INVITATIONS));
        String email = newEmail();
        String replaced = invite(owner, email, "STAFF");
        invite(owner, email, "STAFF");
        String ofAnother = company(owner()) + replaced.substring(replaced.indexOf('.'));
        Answer unknown = accept(UUID.randomUUID() + ".unknown", PASSWORD);
        assertThat(unknown.status()).isEqualTo(401);
        for (String token : List.of(accepted, revoked, replaced, ofAnother, "unknown", ".", "a.b")) {
            Answer answer = accept(token, PASSWORD);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.body()).isEqualTo(unknown.body());
        }
        // Last, since all others would have expired as well.
        String expired = invite(owner, newEmail(), "STAFF");
        clock.forward(Duration.ofDays(8));
        Answer late = accept(expired, PASSWORD);
        assertThat(late.status()).isEqualTo(401);
        assertThat(late.body()).isEqualTo(unknown.body());
    }

    @Test
    void aTokenIsGoodUntilItsLastMomentAndNotAtItsEnd() {
        Api owner = owner();
        clock.stop();
        String inTime = invite(owner, newEmail(), "STAFF");
        String late = invite(owner, newEmail(), "STAFF");
        clock.forward(Duration.ofDays(7).minusMillis(1));
        assertThat(accept(inTime, PASSWORD).status()).isEqualTo(200);
        clock.forward(Duration.ofMillis(1));
        assertThat(accept(late, PASSWORD).status()).isEqualTo(401);
    }

    @Test
    void anInvitationThatHasExpiredIsNotListed() {
        String email = newEmail();
        Api owner = owner(email);
        invite(owner, newEmail(), "STAFF");
        assertThat(owner.total(INVITATIONS)).isEqualTo(1);
        clock.forward(Duration.ofDays(7));
        assertThat(loggedIn(anonymous.loginAnswer(email, PASSWORD)).total(INVITATIONS))
                .isZero();
    }

    @Test
    void ofTwoAcceptancesAtTheSameTimeOneSucceeds() throws Exception {
        String email = newEmail();
        owner(email);
        String token = invite(owner(), email, "STAFF");
        assertThat(atOnce(() -> accept(token, PASSWORD), () -> accept(token, PASSWORD)))
                .containsExactlyInAnyOrder(200, 401);
    }

    @Test
    void aSecondInvitationReplacesTheFirst() {
        Api owner = owner();
        String email = newEmail();
        invite(owner, email, "ADMIN");
        owner.created(INVITATIONS, Map.of("email", email.toUpperCase(), "role", "STAFF"));
        String second = postbox.token(email);
        assertThat(owner.total(INVITATIONS)).isEqualTo(1);
        assertThat(loggedIn(accept(second, PASSWORD)).get("/api/me").text("role"))
                .isEqualTo("STAFF");
    }

    @Test
    void aMemberIsNotInvited() {
        Api owner = owner();
        String email = newEmail();
        join(owner, email, "STAFF");
        assertThat(owner.post(INVITATIONS, Map.of("email", email, "role", "ADMIN"))
                        .status())
                .isEqualTo(409);
    }

    @Test
    void whoHasJoinedMeanwhileKeepsTheirRole() {
        Api owner = owner();
        String email = newEmail();
        String token = invite(owner, email, "ADMIN");
        owner(email);
        jdbc.sql("insert into company_member (id, user_id, company_id, role, status)"
                        + " select ?, id, ?, 'STAFF', 'ACTIVE' from app_user where email = ?")
                .params(UUID.randomUUID(), UUID.fromString(company(owner)), email)
                .update();
        assertThat(loggedIn(accept(token, PASSWORD)).get("/api/me").text("role"))
                .isEqualTo("STAFF");
    }

    @ParameterizedTest
    @CsvSource({
        "STAFF, STAFF, 403",
        "ADMIN, STAFF, 201",
        "ADMIN, ADMIN, 201",
        "ADMIN, OWNER, 403",
        "OWNER, OWNER, 201",
        "OWNER, KING, 400"
    })
    void nobodyInvitesAboveTheirOwnRole(String held, String given, int status) {
        Api owner = owner();
        Api inviting = held.equals("OWNER") ? owner : join(owner, held);
        assertThat(inviting.post(INVITATIONS, Map.of("email", newEmail(), "role", given))
                        .status())
                .isEqualTo(status);
    }

    @Test
    void staffDoNotSeeOrRevokeInvitations() {
        Api owner = owner();
        Api staff = join(owner, "STAFF");
        invite(owner, newEmail(), "STAFF");
        assertThat(staff.get(INVITATIONS).status()).isEqualTo(403);
        assertThat(staff.delete(INVITATIONS + "/" + owner.id(INVITATIONS)).status())
                .isEqualTo(403);
    }

    @Test
    void aListShowsNoTokens() {
        Api owner = owner();
        invite(owner, "new" + newEmail(), "STAFF");
        JsonNode invitation = owner.get(INVITATIONS).json().at("/content/0");
        assertThat(invitation.propertyNames()).containsExactlyInAnyOrder("id", "email", "role", "expiresAt");
    }

    @Test
    void anotherCompanysInvitationIsMissing() {
        Api owner = owner();
        invite(owner, newEmail(), "STAFF");
        String path = INVITATIONS + "/" + owner.id(INVITATIONS);
        Api stranger = owner();
        Answer unknown = stranger.delete(INVITATIONS + "/" + UUID.randomUUID());
        Answer foreign = stranger.delete(path);
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.body()).isEqualTo(unknown.body());
        assertThat(stranger.get(path).status()).isEqualTo(404);
        assertThat(stranger.total(INVITATIONS)).isZero();
        assertThat(owner.delete(path).status()).isEqualTo(204);
        assertThat(owner.delete(path).status()).isEqualTo(404);
    }

    @Test
    void nobodyJoinsASuspendedCompany() {
        Api owner = owner();
        UUID company = UUID.fromString(company(owner));
        String token = invite(owner, newEmail(), "STAFF");
        jdbc.sql("update company set status = 'SUSPENDED' where id = ?")
                .param(company)
                .update();
        Answer refused = accept(token, PASSWORD);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.body()).isEqualTo(accept("unknown", PASSWORD).body());
    }

    @Test
    void noTokenIsStored() {
        Api owner = owner();
        UUID company = UUID.fromString(company(owner));
        String email = newEmail();
        String token = invite(owner, email, "STAFF");
        String stored = CurrentTenant.callAs(
                company,
                () -> jdbc.sql("select token_hash from invitation where tenant_id = ? and email = ?")
                        .params(company, email)
                        .query(String.class)
                        .single());
        assertThat(stored).hasSize(64);
        assertThat(token).startsWith(company + ".").doesNotContain(stored);
    }
}
