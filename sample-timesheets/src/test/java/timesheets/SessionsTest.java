package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import timesheets.Api.Answer;

class SessionsTest extends TimesheetsTest {

    @Test
    void loginGivesAPairOfTokens() {
        Answer pair = login();
        assertThat(pair.status()).isEqualTo(200);
        assertThat(pair.text("tokenType")).isEqualTo("Bearer");
        assertThat(pair.json().get("expiresIn").asInt()).isPositive();
        assertThat(acme.withToken(pair.text("accessToken")).get(CUSTOMERS).status())
                .isEqualTo(200);
    }

    @Test
    void anUnknownUserAndAWrongPasswordAreAnsweredAlike() {
        Answer wrong = anonymous.loginAnswer("staff@acme.test", "wrong");
        Answer unknown = anonymous.loginAnswer("nobody@acme.test", "wrong");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(wrong.body()).isEqualTo(unknown.body());
    }

    @Test
    void theEmailIsFoundInAnyCase() {
        assertThat(anonymous.loginAnswer(" Staff@ACME.test", "demo-password").status())
                .isEqualTo(200);
    }

    @Test
    void aRefreshTokenIsGoodOnceAndItsReuseEndsTheSession() {
        String first = login().text("refreshToken");
        Answer next = refresh(first);
        assertThat(next.status()).isEqualTo(200);
        assertThat(refresh(first).status()).isEqualTo(401);
        assertThat(refresh(next.text("refreshToken")).status()).isEqualTo(401);
    }

    @Test
    void ofTwoRenewalsAtTheSameTimeOneSucceeds() {
        String token = login().text("refreshToken");
        List<Integer> answers = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> refresh(token).status())
                .toList();
        assertThat(answers).filteredOn(status -> status == 200).hasSizeLessThanOrEqualTo(1);
        assertThat(answers).allMatch(status -> status == 200 || status == 401);
    }

    @Test
    void logoutEndsTheSession() {
        String token = login().text("refreshToken");
        assertThat(anonymous
                        .post("/api/auth/logout", Map.of("refreshToken", token))
                        .status())
                .isEqualTo(204);
        assertThat(refresh(token).status()).isEqualTo(401);
        assertThat(anonymous
                        .post("/api/auth/logout", Map.of("refreshToken", "unknown"))
                        .status())
                .isEqualTo(204);
    }

    @Test
    void anAccessTokenIsNoRefreshTokenAndTheOtherWayRound() {
        Answer pair = login();
        assertThat(refresh(pair.text("accessToken").substring(0, 200)).status()).isEqualTo(401);
        assertThat(acme.withToken(pair.text("refreshToken")).get(CUSTOMERS).status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "a.b.c", "..", "null", "eyJhbGciOiJub25lIn0.e30."})
    void aBadTokenIsRefusedLikeNone(String token) {
        Answer none = anonymous.get(CUSTOMERS);
        Answer bad = anonymous.withToken(token).get(CUSTOMERS);
        assertThat(none.status()).isEqualTo(401);
        assertThat(bad.status()).isEqualTo(401);
        assertThat(bad.body()).isEqualTo(none.body());
        assertThat(bad.header("WWW-Authenticate")).isEqualTo("Bearer");
    }

    @Test
    void aTokenWithAnotherCompanyWrittenInIsRefused() {
        String[] parts = acme.token().split("\\.");
        String payload = new String(Base64.getUrlDecoder().decode(parts[1]))
                .replace(
                        acme.get("/api/me").json().at("/tenant/id").asString(),
                        globex.get("/api/me").json().at("/tenant/id").asString());
        String forged = parts[0] + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(payload.getBytes())
                + "." + parts[2];
        assertThat(forged).isNotEqualTo(acme.token());
        assertThat(acme.withToken(forged).get(CUSTOMERS).status()).isEqualTo(401);
    }

    @Test
    void healthAndThePageThatSaysWhatThisIsAreOpenAndNothingElse() {
        assertThat(anonymous.get("/actuator/health").status()).isEqualTo(200);
        assertThat(anonymous.get("/").status()).isEqualTo(200);
        for (String path : List.of("/actuator", "/actuator/info", "/api/me", CUSTOMERS, "/error", "/nothing")) {
            assertThat(anonymous.get(path).status()).as(path).isEqualTo(401);
        }
        assertThat(acme.get("/actuator/env").status()).isEqualTo(404);
    }

    private Answer login() {
        return anonymous.loginAnswer("staff@acme.test", "demo-password");
    }

    private Answer refresh(String token) {
        return anonymous.post("/api/auth/refresh", Map.of("refreshToken", token));
    }
}
