package timesheets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import timesheets.Api.Answer;

class PasswordsTest extends AccessTest {

    private static final String NEXT = "another horse battery";

    @Autowired
    private CountedPasswords passwords;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private PlatformTransactionManager transactions;

    @Test
    void aNewPasswordEndsAllSessionsButTheOneThatIsNamed() {
        String email = newEmail();
        owner(email);
        Answer here = anonymous.loginAnswer(email, PASSWORD);
        Answer there = anonymous.loginAnswer(email, PASSWORD);
        String token = here.text("refreshToken");
        assertThat(change(loggedIn(here), Map.of("current", PASSWORD, "next", NEXT, "refreshToken", token))
                        .status())
                .isEqualTo(204);
        assertThat(refresh(there.text("refreshToken")).status()).isEqualTo(401);
        assertThat(refresh(token).status()).isEqualTo(200);
        assertThat(anonymous.loginAnswer(email, PASSWORD).status()).isEqualTo(401);
        assertThat(anonymous.loginAnswer(email, NEXT).status()).isEqualTo(200);
    }

    @Test
    void aNewPasswordEndsAllSessionsIfNoneIsNamed() {
        String email = newEmail();
        owner(email);
        Answer here = anonymous.loginAnswer(email, PASSWORD);
        change(loggedIn(here), Map.of("current", PASSWORD, "next", NEXT));
        assertThat(refresh(here.text("refreshToken")).status()).isEqualTo(401);
    }

    @Test
    void anothersRefreshTokenKeepsNoSessionOpen() {
        String email = newEmail();
        owner(email);
        Answer here = anonymous.loginAnswer(email, PASSWORD);
        String anothers =
                anonymous.loginAnswer("staff@acme.test", "demo-password").text("refreshToken");
        change(loggedIn(here), Map.of("current", PASSWORD, "next", NEXT, "refreshToken", anothers));
        assertThat(refresh(here.text("refreshToken")).status()).isEqualTo(401);
        assertThat(refresh(anothers).status()).isEqualTo(200);
    }

    @Test
    void anAccessTokenOfASessionThatEndedOpensNoOther() {
        String email = newEmail();
        Api before = owner(email);
        String company = company(before);
        Answer pair = anonymous.loginAnswer(email, PASSWORD);
        assertThat(before.post("/api/auth/switch", Map.of("tenant", company)).status())
                .isEqualTo(200);
        change(before, Map.of("current", PASSWORD, "next", NEXT, "refreshToken", pair.text("refreshToken")));
        assertThat(before.post("/api/auth/switch", Map.of("tenant", company)).status())
                .isEqualTo(401);
        clock.forward(Duration.ofMillis(2));
        Api after = loggedIn(refresh(pair.text("refreshToken")));
        assertThat(after.post("/api/auth/switch", Map.of("tenant", company)).status())
                .isEqualTo(200);
        after.send("POST", "/api/auth/logout-all", null);
        assertThat(after.post("/api/auth/switch", Map.of("tenant", company)).status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({"login, 401", "refresh, 401", "switch, 401", "complete, 401", "accept, 401", "change, 403"})
    void noSessionBeginsWhileThePasswordIsChanged(String way, int status) {
        String email = newEmail();
        Api user = owner(email);
        String company = company(user);
        String refreshToken = anonymous.loginAnswer(email, PASSWORD).text("refreshToken");
        anonymous.post("/api/auth/registrations", Map.of("email", email, "company", "Second"));
        String registration = postbox.token(email);
        String invitation = invite(owner(), email, "STAFF");
        Supplier<Answer> call = switch (way) {
            case "login" -> () -> anonymous.loginAnswer(email, PASSWORD);
            case "refresh" -> () -> refresh(refreshToken);
            case "switch" -> () -> user.post("/api/auth/switch", Map.of("tenant", company));
            case "complete" -> () -> complete(registration, PASSWORD);
            case "accept" -> () -> accept(invitation, PASSWORD);
            default -> () -> change(user, Map.of("current", PASSWORD, "next", NEXT));
        };
        assertThat(duringAChange(email, call).status()).isEqualTo(status);
    }

    /** Changes a password as the application does, but slowly, and calls in the middle of it. */
    private Answer duringAChange(String email, Supplier<Answer> call) {
        return new TransactionTemplate(transactions)
                .execute(transaction -> {
                    jdbc.sql("update app_user set password_hash = 'another', sessions_ended_at = current_timestamp"
                                    + " where email = ?")
                            .param(email)
                            .update();
                    CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(call);
                    assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> answer.get(1, TimeUnit.SECONDS));
                    jdbc.sql("update refresh_token set used = true"
                                    + " where user_id = (select id from app_user where email = ?)")
                            .param(email)
                            .update();
                    return answer;
                })
                .join();
    }

    @Test
    void aWrongOrUnfitPasswordChangesNothing() {
        String email = newEmail();
        Api user = owner(email);
        assertThat(change(user, Map.of("current", "wrong", "next", NEXT)).status())
                .isEqualTo(403);
        assertThat(change(user, Map.of("current", PASSWORD, "next", "short")).status())
                .isEqualTo(400);
        assertThat(anonymous.loginAnswer(email, PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void logoutAllEndsEverySession() {
        String email = newEmail();
        Api user = owner(email);
        Answer here = anonymous.loginAnswer(email, PASSWORD);
        Answer there = anonymous.loginAnswer(email, PASSWORD);
        assertThat(user.send("POST", "/api/auth/logout-all", null).status()).isEqualTo(204);
        assertThat(refresh(here.text("refreshToken")).status()).isEqualTo(401);
        assertThat(refresh(there.text("refreshToken")).status()).isEqualTo(401);
        assertThat(anonymous.send("POST", "/api/auth/logout-all", null).status())
                .isEqualTo(401);
    }

    // On PostgreSQL its time counts, which no test sets: SharedAttemptsTest has that.
    @Test
    @DisabledIfSystemProperty(named = "timesheets.database", matches = "postgres")
    void afterTooManyWrongPasswordsAnAccountWaitsWhetherItExistsOrNot() {
        String known = newEmail();
        owner(known);
        String unknown = newEmail();
        clock.stop();
        for (int i = 0; i < 10; i++) {
            assertThat(anonymous.loginAnswer(known, "wrong").status()).isEqualTo(401);
            assertThat(anonymous.loginAnswer(unknown, "wrong").status()).isEqualTo(401);
        }
        Answer refused = anonymous.loginAnswer(known.toUpperCase(), PASSWORD);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Content-Type")).startsWith("application/problem+json");
        assertThat(refused.header("Retry-After")).isEqualTo("90");
        Answer other = anonymous.loginAnswer(unknown, PASSWORD);
        assertThat(other.status()).isEqualTo(429);
        assertThat(other.body()).isEqualTo(refused.body());
        assertThat(other.header("Retry-After")).isEqualTo("90");
        clock.forward(Duration.ofSeconds(89));
        assertThat(anonymous.loginAnswer(known, PASSWORD).status()).isEqualTo(429);
        clock.forward(Duration.ofSeconds(1));
        assertThat(anonymous.loginAnswer(known, PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void whileAnAccountWaitsNoPasswordIsLookedAt() {
        String email = newEmail();
        fail(email, 10);
        assertThat(passwords.during(() -> fail(email, 5))).isZero();
    }

    @Test
    void manyAttemptsAtTheSameTimeAreNoWayAround() {
        String email = newEmail();
        assertThat(passwords.during(
                        () -> IntStream.range(0, 40).parallel().forEach(i -> anonymous.loginAnswer(email, "wrong"))))
                .isEqualTo(10);
    }

    @Test
    void aRightPasswordNeitherCountsNorForgivesTheWrongOnes() {
        String email = newEmail();
        owner(email);
        clock.stop();
        for (int i = 0; i < 12; i++) {
            assertThat(anonymous.loginAnswer(email, PASSWORD).status()).isEqualTo(200);
        }
        fail(email, 9);
        assertThat(anonymous.loginAnswer(email, PASSWORD).status()).isEqualTo(200);
        fail(email, 1);
        assertThat(anonymous.loginAnswer(email, PASSWORD).status()).isEqualTo(429);
    }

    @Test
    void registrationAcceptanceAndPasswordChangeGuessAtTheSameAccount() {
        String email = newEmail();
        Api user = owner(email);
        anonymous.post("/api/auth/registrations", Map.of("email", email, "company", "Second"));
        String registration = postbox.token(email);
        String invitation = invite(owner(), email, "STAFF");
        clock.stop();
        fail(email, 7);
        assertThat(complete(registration, "wrong").status()).isEqualTo(401);
        assertThat(accept(invitation, "wrong").status()).isEqualTo(401);
        assertThat(change(user, Map.of("current", "wrong", "next", NEXT)).status())
                .isEqualTo(403);
        assertThat(complete(registration, PASSWORD).status()).isEqualTo(429);
        assertThat(accept(invitation, PASSWORD).status()).isEqualTo(429);
        assertThat(change(user, Map.of("current", PASSWORD, "next", NEXT)).status())
                .isEqualTo(429);
        assertThat(anonymous.loginAnswer(email, PASSWORD).status()).isEqualTo(429);
    }

    @Test
    void nobodyIsSentMailsWithoutEnd() {
        String email = newEmail();
        Map<String, String> request = Map.of("email", email, "company", "Fresh & Co");
        for (int i = 0; i < 5; i++) {
            assertThat(anonymous.post("/api/auth/registrations", request).status())
                    .isEqualTo(202);
        }
        assertThat(anonymous.post("/api/auth/registrations", request).status()).isEqualTo(429);
        assertThat(owner().post("/api/invitations", Map.of("email", email, "role", "STAFF"))
                        .status())
                .isEqualTo(429);
        assertThat(postbox.to(email)).hasSize(5);
    }

    @Test
    void everyLoginCostsTheWorkOfOnePassword() {
        String lonely = newEmail();
        Api user = owner();
        Api leaving = join(user, lonely, "STAFF");
        leaving.delete(member(leaving));
        assertThat(passwords.during(() -> fail("staff@acme.test", 1))).isEqualTo(1);
        assertThat(passwords.during(() -> fail(newEmail(), 1))).isEqualTo(1);
        assertThat(passwords.during(() -> anonymous.loginAnswer(lonely, PASSWORD)))
                .isEqualTo(1);
        assertThat(passwords.during(() -> anonymous.loginAnswer("staff@acme.test", "demo-password")))
                .isEqualTo(1);
    }

    @Test
    void everyTokenFromAMailCostsTheWorkOfOnePassword() {
        String known = newEmail();
        String stranger = newEmail();
        Api owner = owner(known);
        Api other = owner();
        String ofKnown = invite(other, known, "STAFF");
        String ofStranger = invite(other, stranger, "STAFF");
        assertThat(passwords.during(() -> accept("unknown", PASSWORD))).isEqualTo(1);
        assertThat(passwords.during(() -> accept(company(owner) + ".unknown", PASSWORD)))
                .isEqualTo(1);
        assertThat(passwords.during(() -> accept(ofKnown, "wrong"))).isEqualTo(1);
        assertThat(passwords.during(() -> accept(ofKnown, PASSWORD))).isEqualTo(1);
        assertThat(passwords.during(() -> accept(ofStranger, PASSWORD))).isEqualTo(1);
        assertThat(passwords.during(() -> complete("unknown", PASSWORD))).isEqualTo(1);
    }

    @Test
    void askingForARegistrationHashesNoPasswordWhoeverAsks() {
        String known = newEmail();
        owner(known);
        for (String email : new String[] {known, newEmail()}) {
            assertThat(passwords.during(() ->
                            anonymous.post("/api/auth/registrations", Map.of("email", email, "company", "Fresh"))))
                    .isZero();
        }
    }

    private void fail(String email, int times) {
        for (int i = 0; i < times; i++) {
            anonymous.loginAnswer(email, "wrong");
        }
    }

    private static Answer change(Api user, Map<String, String> body) {
        return user.post("/api/auth/password", body);
    }
}
