package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import timesheets.Api.Answer;

class RegistrationTest extends AccessTest {

    @Autowired
    private JdbcClient jdbc;

    @Test
    void whoReadsTheMailOwnsTheNewCompany() {
        String email = newEmail();
        Answer me = owner(email).get("/api/me");
        assertThat(me.text("role")).isEqualTo("OWNER");
        assertThat(me.json().at("/user/email").asString()).isEqualTo(email);
        assertThat(me.json().at("/tenant/name").asString()).isEqualTo("Fresh & Co");
        assertThat(me.json().at("/tenant/slug").asString()).matches("fresh-co-[0-9a-z]{8}");
        assertThat(anonymous.loginAnswer(email, PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void aNewCompanyIsEmpty() {
        assertThat(owner().total(CUSTOMERS)).isZero();
    }

    @Test
    void theSameNameIsFreeForEverybody() {
        assertThat(company(owner())).isNotEqualTo(company(owner()));
    }

    @Test
    void askingTellsNothingAboutAnAccountAndMailsBothAlike() {
        String stranger = newEmail();
        String known = newEmail();
        owner(known);
        Answer first = request(stranger);
        Answer second = request(known);
        assertThat(first.status()).isEqualTo(202);
        assertThat(second.status()).isEqualTo(202);
        assertThat(first.body()).isEqualTo(second.body()).isEmpty();
        assertThat(postbox.to(stranger)).hasSize(1);
        assertThat(postbox.to(known)).hasSize(2);
    }

    @Test
    void anExistingAccountGetsASecondCompanyWithItsOwnPasswordOnly() {
        String email = newEmail();
        Api before = owner(email);
        request(email);
        String token = postbox.token(email);
        Answer refused = complete(token, "not the right password");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.body()).isEqualTo(complete("unknown", PASSWORD).body());
        Api after = loggedIn(complete(token, PASSWORD));
        assertThat(userId(after)).isEqualTo(userId(before));
        assertThat(company(after)).isNotEqualTo(company(before));
        assertThat(company(loggedIn(anonymous.loginAnswer(email, PASSWORD)))).isEqualTo(company(before));
    }

    // The K is the sign for Kelvin. In lower case it is the letter, and the mailbox might be somebody else's.
    @Test
    void theMailGoesToTheAddressThatTheAccountWillHave() {
        String email = "k" + newEmail();
        String other = "\u212a" + email.substring(1);
        assertThat(request(other).status()).isEqualTo(202);
        assertThat(postbox.to(email)).hasSize(1);
        assertThat(postbox.to(other)).isEmpty();
    }

    @Test
    void usedExpiredAndUnknownTokensAreAnsweredAlike() {
        String used = newEmail();
        owner(used);
        Answer again = complete(postbox.token(used), PASSWORD);
        String late = newEmail();
        request(late);
        clock.forward(Duration.ofDays(2));
        Answer expired = complete(postbox.token(late), PASSWORD);
        Answer unknown = complete("unknown", PASSWORD);
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(again.status()).isEqualTo(401);
        assertThat(expired.status()).isEqualTo(401);
        assertThat(again.body()).isEqualTo(unknown.body());
        assertThat(expired.body()).isEqualTo(unknown.body());
    }

    @Test
    void aTokenIsGoodUntilItsLastMomentAndNotAtItsEnd() {
        String inTime = newEmail();
        String late = newEmail();
        clock.stop();
        request(inTime);
        request(late);
        clock.forward(Duration.ofDays(1).minusMillis(1));
        assertThat(complete(postbox.token(inTime), PASSWORD).status()).isEqualTo(200);
        clock.forward(Duration.ofMillis(1));
        assertThat(complete(postbox.token(late), PASSWORD).status()).isEqualTo(401);
    }

    @Test
    void ofTwoCompletionsAtTheSameTimeOneSucceeds() throws Exception {
        String email = newEmail();
        owner(email);
        request(email);
        String token = postbox.token(email);
        assertThat(atOnce(() -> complete(token, PASSWORD), () -> complete(token, PASSWORD)))
                .containsExactlyInAnyOrder(200, 401);
    }

    @Test
    void noTokenIsStored() {
        String email = newEmail();
        request(email);
        assertThat(jdbc.sql("select token_hash from registration where email = ?")
                        .param(email)
                        .query(String.class)
                        .single())
                .hasSize(64)
                .isNotEqualTo(postbox.token(email));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"email\":\"no address\",\"company\":\"Acme\"}",
                "{\"email\":\"a@b.test\",\"company\":\" \"}",
                "{\"email\":\"a@b.test\",\"company\":\"Acme\\nBcc: c@d.test\"}",
                "{\"email\":\"a@b.test\",\"company\":\"Acme\\u0000\"}",
                "{\"email\":\"a@b.test\\r\\nBcc: c@d.test\",\"company\":\"Acme\"}"
            })
    void aRequestThatIsNoneIsRefused(String body) {
        assertThat(anonymous.post("/api/auth/registrations", body).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"too short", "ééééééééééééééééééééééééééééééééééééééééééééé"})
    void aPasswordThatIsNotFitIsRefusedAndTheTokenStaysGood(String password) {
        String email = newEmail();
        request(email);
        assertThat(complete(postbox.token(email), password).status()).isEqualTo(400);
        assertThat(complete(postbox.token(email), PASSWORD).status()).isEqualTo(200);
    }

    private Answer request(String email) {
        return anonymous.post("/api/auth/registrations", Map.of("email", email, "company", "Fresh & Co"));
    }
}
