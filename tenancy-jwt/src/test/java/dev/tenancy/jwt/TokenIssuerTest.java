package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.auth0.jwt.JWT;
import com.auth0.jwt.interfaces.DecodedJWT;
import dev.tenancy.TenancySetupException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class TokenIssuerTest {

    private final TokenKeys key = TokenKeys.of(TokenKey.hmac(RawToken.SECRET));
    private final TokenSettings settings =
            new TokenSettings("me", "api", "tenant_id", Duration.ofMinutes(15), Duration.ZERO);
    private final TokenIssuer issuer = new TokenIssuer(key, settings);

    @Test
    void itsTokensPassTheVerifierOfTheSameKey() {
        VerifiedToken token = new TokenVerifier(key, settings).verify(issuer.issue("alice", "acme"));
        assertThat(token.getName()).isEqualTo("alice");
        assertThat(token.tenants()).containsExactly("acme");
    }

    @Test
    void itsTokensDoNotPassTheVerifierOfAnotherKeyIssuerAudienceOrClaim() {
        String token = issuer.issue("alice", "acme");
        refusedBy(new TokenVerifier(TokenKeys.of(TokenKey.hmac(RawToken.SECRET + "x")), settings), token);
        refusedBy(new TokenVerifier(key, settings("you", "api")), token);
        refusedBy(new TokenVerifier(key, settings("me", "web")), token);
    }

    @Test
    void itsTokensSayWhatTheyAreAndAreNeverTheSame() {
        DecodedJWT token = JWT.decode(issuer.issue("alice", "acme"));
        assertThat(token.getType()).isEqualTo("at+jwt");
        assertThat(Duration.between(token.getIssuedAtAsInstant(), token.getExpiresAtAsInstant()))
                .isEqualTo(issuer.lifetime());
        assertThat(token.getId())
                .isNotEqualTo(JWT.decode(issuer.issue("alice", "acme")).getId());
    }

    @Test
    void aTokenTellsTheMillisecondInWhichItWasIssued() {
        Instant now = Instant.parse("2026-11-25T12:00:00.123456Z");
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        VerifiedToken token = new TokenVerifier(key, settings, clock)
                .verify(new TokenIssuer(key, settings, clock).issue("alice", "acme"));
        assertThat(token.issuedAt()).isEqualTo(now.truncatedTo(ChronoUnit.MILLIS));
    }

    @Test
    void timesAreWholeNumbersWithoutAnExponent() {
        String payload = new String(
                Base64.getUrlDecoder()
                        .decode(JWT.decode(issuer.issue("alice", "acme")).getPayload()),
                StandardCharsets.UTF_8);
        assertThat(payload).containsPattern("\"iat\":\\d{10}[,}]").containsPattern("\"exp\":\\d{10}[,}]");
    }

    @Test
    void aMillisecondOfAnotherSecondIsNotBelieved() {
        long now = Instant.now().getEpochSecond();
        for (String millis : new String[] {(now + 1) + "000", now + "", "\"" + now + "123\"", "1e400", "null"}) {
            String token = RawToken.sign(
                    "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}",
                    "{\"iss\":\"me\",\"aud\":\"api\",\"sub\":\"alice\",\"tenant_id\":\"acme\",\"iat\":" + now
                            + ",\"iat_ms\":" + millis + ",\"exp\":" + (now + 60) + "}");
            assertThat(new TokenVerifier(key, settings).verify(token).issuedAt())
                    .as(millis)
                    .isEqualTo(Instant.ofEpochSecond(now));
        }
    }

    @Test
    void tokensThatNoVerifierOfTheSameSettingsWouldAcceptAreNotIssued() {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> new TokenIssuer(key, settings.withMaxLifetime(Duration.ofMinutes(14))))
                .withMessageContaining("PT15M")
                .withMessageContaining("PT14M");
    }

    @Test
    void aTokenNamesTheKeyThatSignedIt() {
        TokenKey named = TokenKey.hmac("2026-01", "HS512", new byte[64]);
        assertThat(JWT.decode(Keys.token(named)).getKeyId()).isEqualTo("2026-01");
        assertThat(JWT.decode(issuer.issue("alice", "acme")).getKeyId()).isNull();
    }

    @Test
    void tokensOfOurOwnHaveAnAudience() {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> new TokenIssuer(key, settings.withAudience(Audience.issuerServesUsAlone())))
                .withMessageContaining("without an audience");
        assertThatExceptionOfType(TenancySetupException.class).isThrownBy(Audience::parties);
        assertThatExceptionOfType(TenancySetupException.class).isThrownBy(() -> Audience.parties("a", " "));
    }

    @Test
    void aTokenNeedsAUserAndATenant() {
        assertThatIllegalArgumentException().isThrownBy(() -> issuer.issue(" ", "acme"));
        assertThatIllegalArgumentException().isThrownBy(() -> issuer.issue("alice", ""));
    }

    @Test
    void anIdThatNoVerifierWouldAcceptIsNotIssued() {
        VerifiedToken longest = new TokenVerifier(key, settings).verify(issuer.issue("a".repeat(255), "b".repeat(255)));
        assertThat(longest.tenants().get(0)).hasSize(255);
        assertThatIllegalArgumentException().isThrownBy(() -> issuer.issue("a".repeat(256), "acme"));
        assertThatIllegalArgumentException().isThrownBy(() -> issuer.issue("alice", "b".repeat(256)));
        assertThatIllegalArgumentException().isThrownBy(() -> issuer.issue("\ud800", "acme"));
        assertThatIllegalArgumentException().isThrownBy(() -> issuer.issue("alice\0", "acme"));
        assertThatIllegalArgumentException().isThrownBy(() -> issuer.issue("alice", "acme\n"));
    }

    @Test
    void aTokenNeverNamesItsTenantWhereTheUserBelongs() {
        for (String registered : new String[] {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "iat_ms"}) {
            refusedSettings(
                    "tenant claim",
                    () -> new TokenSettings("me", "api", registered, Duration.ofMinutes(15), Duration.ZERO));
        }
    }

    @Test
    void aShortSecretIsRefusedWithTheCommandThatMakesAGoodOne() {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> TokenKey.hmac(RawToken.SECRET.substring(1)))
                .withMessageContaining("31 bytes")
                .withMessageContaining("openssl rand -base64 48");
    }

    @Test
    void aKeyDoesNotShowItself() {
        assertThat(TokenKey.hmac(RawToken.SECRET)).hasToString("TokenKey[HS256]");
    }

    @Test
    void settingsOutOfTheirBoundsAreRefusedByName() {
        refusedSettings("issuer", () -> settings(" ", "api"));
        refusedSettings("audience", () -> settings("me", ""));
        refusedSettings(
                "tenant claim", () -> new TokenSettings("me", "api", " ", Duration.ofMinutes(15), Duration.ZERO));
        refusedSettings("lifetime", () -> lasting(Duration.ofMillis(999), Duration.ZERO));
        refusedSettings("lifetime", () -> lasting(Duration.ofDays(1).plusNanos(1), Duration.ZERO));
        refusedSettings("maximum lifetime", () -> settings.withMaxLifetime(Duration.ZERO));
        refusedSettings("maximum lifetime", () -> settings.withMaxLifetime(Duration.ofDays(40_000)));
        refusedSettings("leeway", () -> lasting(Duration.ofMinutes(1), Duration.ofNanos(-1)));
        refusedSettings(
                "leeway",
                () -> lasting(Duration.ofMinutes(1), Duration.ofMinutes(5).plusNanos(1)));
    }

    @Test
    void settingsAtTheirBoundsAreAccepted() {
        assertThat(lasting(Duration.ofSeconds(1), Duration.ZERO).lifetime()).hasSeconds(1);
        assertThat(lasting(Duration.ofDays(1), Duration.ofMinutes(5)).leeway()).hasMinutes(5);
    }

    private static TokenSettings lasting(Duration lifetime, Duration leeway) {
        return new TokenSettings("me", "api", "tenant_id", lifetime, leeway);
    }

    private static TokenSettings settings(String issuer, String audience) {
        return new TokenSettings(issuer, audience, "tenant_id", Duration.ofMinutes(15), Duration.ZERO);
    }

    private static void refusedSettings(String name, Runnable settings) {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(settings::run)
                .withMessageContaining("The " + name);
    }

    private static void refusedBy(TokenVerifier verifier, String token) {
        assertThatExceptionOfType(InvalidTokenException.class).isThrownBy(() -> verifier.verify(token));
    }
}
