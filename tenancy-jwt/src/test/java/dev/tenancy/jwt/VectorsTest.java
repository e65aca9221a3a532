package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tenancy.TenancySetupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Signatures and keys of Wycheproof (C2SP, Apache-2.0), which lie beside the project in {@code ../shared/vectors}, or where the
 * system property {@code tenancy.vectors} says. Skipped where they are absent.
 */
class VectorsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everySignatureAndKeyOfWycheproofIsJudgedRight() throws IOException {
        int counted = 0;
        List<String> wrong = new ArrayList<>();
        for (JsonNode vector : read("anchor_jws.json").path("vectors")) {
            String expected = vector.path("expect").textValue();
            if (expected.equals("drop")) {
                continue;
            }
            counted++;
            String judged = isSigned(vector.path("key"), vector.path("token").textValue()) ? "accept" : "reject";
            if (!judged.equals(expected)) {
                wrong.add(vector.path("group").textValue() + " " + vector.path("tcId") + " "
                        + vector.path("comment").textValue());
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(counted).isEqualTo(464);
    }

    /** Secrets come from an application's settings, all other keys from an issuer's set. */
    private static boolean isSigned(JsonNode key, String token) {
        ArrayNode all = key.path("keys") instanceof ArrayNode several
                ? several
                : JSON.createArrayNode().add(key);
        try {
            boolean secrets = all.valueStream()
                    .allMatch(one -> "oct".equals(one.path("kty").textValue()));
            TokenKeys keys = secrets
                    ? TokenKeys.of(all.valueStream().map(VectorsTest::secret).toArray(TokenKey[]::new))
                    : new FixedKeys(JwkSet.read(JSON.createObjectNode()
                                    .set("keys", all)
                                    .toString()
                                    .getBytes(StandardCharsets.UTF_8))
                            .keys());
            TokenVerifier.signer(CompactToken.parse(token), keys);
            return true;
        } catch (InvalidTokenException | UnfitKeyException | TenancySetupException refused) {
            return false;
        }
    }

    private static TokenKey secret(JsonNode key) {
        byte[] secret = StrictJson.base64url(key.path("k").textValue());
        return TokenKey.hmac(
                key.path("kid").textValue(), key.path("alg").textValue(), secret == null ? new byte[0] : secret);
    }

    @Test
    void everyTokenMadeFromWycheproofIsJudgedRight() throws IOException {
        // Made in 2023, good until 2100.
        TokenSettings settings = new TokenSettings(
                        "https://issuer.test", "timesheets-api", "tenant", Duration.ofMinutes(15), Duration.ZERO)
                .withMaxLifetime(Duration.ofDays(30_000));
        int counted = 0;
        List<String> wrong = new ArrayList<>();
        for (JsonNode vector : read("wycheproof_derived_jwt.json")) {
            counted++;
            boolean accepted = isGood(vector, settings);
            if (accepted != vector.path("expect").textValue().equals("accept")) {
                wrong.add(
                        vector.path("id").textValue() + " " + vector.path("why").textValue());
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(counted).isEqualTo(256);
    }

    private static boolean isGood(JsonNode vector, TokenSettings settings) {
        try {
            TokenKeys keys = new FixedKeys(
                    JwkSet.read(("{\"keys\":[" + vector.path("publicKey") + "]}").getBytes(StandardCharsets.UTF_8))
                            .keys());
            VerifiedToken token = new TokenVerifier(keys, settings)
                    .verify(vector.path("token").textValue());
            return token.userId().equals("alice") && token.tenants().equals(List.of("acme"));
        } catch (InvalidTokenException | UnfitKeyException refused) {
            return false;
        }
    }

    private static JsonNode read(String name) throws IOException {
        Path file = folder().resolve(name);
        assumeTrue(Files.isRegularFile(file), "The vectors are not there.");
        return JSON.readTree(file.toFile());
    }

    private static Path folder() {
        String given = System.getProperty("tenancy.vectors");
        if (given != null) {
            return Path.of(given);
        }
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            Path candidate = up.resolve("../shared/vectors").normalize();
            if (Files.isRegularFile(up.resolve("pom.xml")) && Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        return Path.of("absent");
    }
}
