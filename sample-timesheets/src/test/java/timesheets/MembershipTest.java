package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import timesheets.Api.Answer;

/** One user in two companies, with a role in each: ADMIN at acme, STAFF at globex. */
class MembershipTest extends TimesheetsTest {

    private Api both;

    @BeforeEach
    void logInBoth() {
        both = as("both@consultant.test");
    }

    @Test
    void loginActsInTheDefaultCompany() {
        Answer me = both.get("/api/me");
        assertThat(me.json().at("/tenant/slug").asString()).isEqualTo("acme");
        assertThat(me.text("role")).isEqualTo("ADMIN");
        assertThat(me.json().at("/user/email").asString()).isEqualTo("both@consultant.test");
        assertThat(me.json().get("memberships").findValuesAsString("role")).containsExactly("ADMIN", "STAFF");
    }

    @Test
    void theHeaderActsInAnotherCompanyForOneRequest() {
        String id = globex.get("/api/me").json().at("/tenant/id").asString();
        for (String name : List.of("globex", id)) {
            Answer me = both.withHeader("X-Tenant-Id", name).get("/api/me");
            assertThat(me.json().at("/tenant/id").asString()).isEqualTo(id);
            assertThat(me.text("role")).isEqualTo("STAFF");
        }
        assertThat(both.get("/api/me").json().at("/tenant/slug").asString()).isEqualTo("acme");
    }

    @Test
    void switchingGivesAPairForTheOtherCompany() {
        Answer pair = both.post("/api/auth/switch", Map.of("tenant", "globex"));
        Api there = both.withToken(pair.text("accessToken"));
        assertThat(there.get("/api/me").json().at("/tenant/slug").asString()).isEqualTo("globex");
        Answer next = anonymous.post("/api/auth/refresh", Map.of("refreshToken", pair.text("refreshToken")));
        assertThat(both.withToken(next.text("accessToken"))
                        .get("/api/me")
                        .json()
                        .at("/tenant/slug")
                        .asString())
                .isEqualTo("globex");
    }

    @Test
    void theRoleIsThatOfTheCompanyOneActsIn() {
        assertThat(both.post(CUSTOMERS, customer(unique("By the admin"))).status())
                .isEqualTo(201);
        Api there = both.withHeader("X-Tenant-Id", "globex");
        assertThat(there.post(CUSTOMERS, customer(unique("By staff"))).status()).isEqualTo(403);
        assertThat(there.get(CUSTOMERS).status()).isEqualTo(200);
    }

    @Test
    void aRowWrittenThereBelongsThere() {
        Api there = both.withHeader("X-Tenant-Id", "globex");
        String id = there.created(ENTRIES, entry(there.id(PROJECTS)));
        assertThat(globex.get(ENTRIES + "/" + id).status()).isEqualTo(200);
        assertThat(both.get(ENTRIES + "/" + id).status()).isEqualTo(404);
        assertThat(there.delete(ENTRIES + "/" + id).status()).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"globex", "no-such-company", "00000000-0000-0000-0000-000000000000", "a b", "%00", "'--"})
    void aCompanyThatOneIsNotInIsAnsweredLikeOneThatDoesNotExist(String company) {
        Answer unknown = acme.withHeader("X-Tenant-Id", "never-heard-of").get(CUSTOMERS);
        Answer refused = acme.withHeader("X-Tenant-Id", company).get(CUSTOMERS);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).isEqualTo(unknown.body());
        assertThat(acme.withHeader("X-Tenant-Id", "acme").get(CUSTOMERS).status())
                .isEqualTo(200);
    }

    @Test
    void switchingToACompanyThatOneIsNotInIsAnsweredLikeOneThatDoesNotExist() {
        Answer foreign = acme.post("/api/auth/switch", Map.of("tenant", "globex"));
        Answer unknown = acme.post("/api/auth/switch", Map.of("tenant", "never-heard-of"));
        assertThat(foreign.status()).isEqualTo(403);
        assertThat(foreign.body()).isEqualTo(unknown.body());
    }
}
