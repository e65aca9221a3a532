package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.auth0.jwt.JWT;
import com.auth0.jwt.interfaces.DecodedJWT;
import dev.tenancy.TenancySetupException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TokenIssuerTest {

    private final TokenKey key = TokenKey.hmac(RawToken.SECRET);
    private final TokenSettings settings =
            new TokenSettings("me", "api", "tenant_id", Duration.ofMinutes(15), Duration.ZERO);
    private final TokenIssuer issuer = new TokenIssuer(key, settings);

    @Test
    void itsTokensPassTheVerifierOfTheSameKey() {
        VerifiedToken token = new TokenVerifier(key, settings).verify(issuer.issue("alice", "acme"));
        assertThat(token.getName()).isEqualTo("alice");
        assertThat(token.tenant()).isEqualTo("acme");
    }

    @Test
    void itsTokensDoNotPassTheVerifierOfAnotherKeyIssuerAudienceOrClaim() {
        String token = issuer.issue("alice", "acme");
        refusedBy(new TokenVerifier(TokenKey.hmac(RawToken.SECRET + "x"), settings), token);
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
    void aTokenNeedsAUserAndATenant() {
        assertThatIllegalArgumentException().isThrownBy(() -> issuer.issue(" ", "acme"));
        assertThatIllegalArgumentException().isThrownBy(() -> issuer.issue("alice", ""));
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
        assertThat(key).hasToString("TokenKey[HS256]");
    }

    @Test
    void settingsOutOfTheirBoundsAreRefusedByName() {
        refusedSettings("issuer", () -> settings(" ", "api"));
        refusedSettings("audience", () -> settings("me", ""));
        refusedSettings(
                "lifetime", () -> new TokenSettings("me", "api", "tenant_id", Duration.ofDays(2), Duration.ZERO));
        refusedSettings(
                "leeway",
                () -> new TokenSettings("me", "api", "tenant_id", Duration.ofMinutes(1), Duration.ofHours(1)));
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
