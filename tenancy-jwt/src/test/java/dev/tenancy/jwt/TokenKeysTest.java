package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tenancy.TenancySetupException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenKeysTest {

    private static final TokenKey OLD = TokenKey.pem("old", Keys.privatePem(Keys.ec("secp256r1")));
    private static final TokenKey NEW = TokenKey.pem("new", Keys.privatePem(Keys.ec("secp256r1")));
    private static final TokenKey LONE = TokenKey.hmac(RawToken.SECRET);

    @Test
    void anIdIsFoundWithExactlyItsAlgorithm() {
        TokenKeys keys = TokenKeys.of(OLD, NEW, LONE);
        assertThat(keys.find("old", "ES256")).isSameAs(OLD);
        assertThat(keys.find("new", "ES256")).isSameAs(NEW);
        assertThat(keys.find("old", "ES384")).isNull();
        assertThat(keys.find("other", "ES256")).isNull();
        assertThat(keys.find("OLD", "ES256")).isNull();
    }

    @Test
    void withoutAnIdOnlyTheLoneKeyOfAnAlgorithmIsFound() {
        assertThat(TokenKeys.of(OLD, NEW).find(null, "ES256")).isNull();
        assertThat(TokenKeys.of(OLD, LONE).find(null, "ES256")).isSameAs(OLD);
    }

    @Test
    void aLoneKeyWithoutAnIdFitsAnyIdOfItsAlgorithm() {
        TokenKeys keys = TokenKeys.of(OLD, LONE);
        assertThat(keys.find("anything", "HS256")).isSameAs(LONE);
        assertThat(keys.find(null, "HS256")).isSameAs(LONE);
        assertThat(keys.find("old", "HS384")).isNull();
    }

    @Test
    void keysThatATokenCouldNotTellApartAreRefused() {
        refused("have the id \"old\"", OLD, OLD);
        refused("have the id \"old\"", OLD, TokenKey.hmac("old", "HS256", new byte[32]));
        refused("has no id", LONE, TokenKey.hmac("1", "HS256", new byte[32]));
        refused("has no id", LONE, LONE);
        refused("There is no key");
    }

    private static void refused(String words, TokenKey... keys) {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> TokenKeys.of(keys))
                .withMessageContaining(words);
    }

    @Test
    void theFirstKeyThatCanSignSigns() {
        TokenKey publicHalf = TokenKey.pem("public", Keys.publicPem(Keys.ec("secp256r1")));
        assertThat(TokenKeys.of(publicHalf, NEW, OLD).signing()).isSameAs(NEW);
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> TokenKeys.of(publicHalf).signing())
                .withMessageContaining("None of the 1 key(s)");
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> new TokenIssuer(TokenKeys.of(publicHalf), Keys.SETTINGS));
    }

    @Test
    void publicHalvesArePublishedAndNothingPrivate() throws Exception {
        TokenKey rsa = TokenKey.pem("r", "PS384", Keys.privatePem(Keys.rsa(2048)));
        JsonNode keys = new ObjectMapper()
                .readTree(TokenKeys.of(OLD, rsa, LONE).publicKeys())
                .path("keys");
        assertThat(keys).hasSize(2);
        List<String> members = new ArrayList<>();
        keys.forEach(key -> key.fieldNames().forEachRemaining(members::add));
        assertThat(members)
                .containsExactly("kty", "kid", "use", "alg", "crv", "x", "y", "kty", "kid", "use", "alg", "n", "e");
        assertThat(keys.path(0).path("kid").textValue()).isEqualTo("old");
        assertThat(keys.path(1).path("alg").textValue()).isEqualTo("PS384");
    }

    @Test
    void whatIsPublishedVerifiesWhatWasSigned() throws Exception {
        for (int i = 0; i < 20; i++) {
            TokenKey p521 = TokenKey.pem("e", Keys.privatePem(Keys.ec("secp521r1")));
            JwkSet read = JwkSet.read(TokenKeys.of(p521).publicKeys().getBytes(StandardCharsets.UTF_8));
            assertThat(read.faults()).isEmpty();
            TokenKeys published = TokenKeys.of(read.keys().toArray(TokenKey[]::new));
            assertThat(Keys.isGood(new TokenVerifier(published, Keys.SETTINGS), Keys.token(p521)))
                    .isTrue();
        }
    }
}
