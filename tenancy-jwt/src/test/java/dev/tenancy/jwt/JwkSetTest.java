package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwkSetTest {

    private static final KeyPair PAIR = Keys.rsa(2048);
    private static final String RSA = member(Keys.jwks(TokenKey.pem("r", Keys.publicPem(PAIR))));
    private static final String EC = member(Keys.jwks(TokenKey.pem("e", Keys.publicPem(Keys.ec("secp256r1")))));

    private static String member(String set) {
        return set.substring("{\"keys\":[".length(), set.length() - 2);
    }

    private static JwkSet read(String... keys) throws UnfitKeyException {
        return JwkSet.read(("{\"keys\":[" + String.join(",", keys) + "]}").getBytes(StandardCharsets.UTF_8));
    }

    private static void skipped(String key, String words) throws UnfitKeyException {
        JwkSet set = read(key, EC.replace("\"e\"", "\"good\""));
        assertThat(set.keys()).extracting(TokenKey::id).containsExactly("good");
        assertThat(set.faults()).singleElement().asString().contains(words);
    }

    @Test
    void theAlgorithmFollowsFromTheTypeWhereItIsNotNamed() throws Exception {
        JwkSet set = read(RSA.replace(",\"alg\":\"RS256\"", ""), EC.replace(",\"alg\":\"ES256\"", ""));
        assertThat(set.keys()).hasToString("[TokenKey[r RS256], TokenKey[e ES256]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"use\":\"sig\"|\"use\":\"enc\"|use is not sig",
                "\"use\":\"sig\"|\"use\":7|use is not sig",
                "\"use\":\"sig\"|\"key_ops\":[\"sign\"]|do not include verify",
                "\"use\":\"sig\"|\"key_ops\":\"verify\"|not a list",
                "\"use\":\"sig\"|\"d\":\"AQAB\"|private members",
                "\"use\":\"sig\"|\"k\":\"AQAB\"|private members",
                "\"use\":\"sig\"|\"p\":\"AQAB\"|private members",
                "\"alg\":\"RS256\"|\"alg\":\"ES256\"|another type",
                "\"alg\":\"RS256\"|\"alg\":\"HS256\"|another type",
                "\"alg\":\"RS256\"|\"alg\":\"RSA-OAEP\"|HS, RS, PS or ES",
                "\"alg\":\"RS256\"|\"alg\":null|missing or no text",
                "\"kid\":\"r\"|\"kid\":7|missing or no text",
                "\"kid\":\"r\"|\"kid\":\"\"|its id is",
                "\"kty\":\"RSA\"|\"kty\":\"EC\"|missing or no text",
                "\"kty\":\"RSA\"|\"kty\":\"OKP\"|neither RSA nor EC",
                "\"kty\":\"RSA\"|\"x\":1|missing or no text",
                "\"e\":\"AQAB\"|\"e\":\"AQ\"|no RSA key",
                "\"e\":\"AQAB\"|\"e\":\"AQAA\"|exponent",
                "\"e\":\"AQAB\"|\"e\":\"AAEAAQ\"|zero byte",
                "\"e\":\"AQAB\"|\"e\":\"AQAB=\"|base64url",
                "\"e\":\"AQAB\"|\"e\":\"\"|base64url",
            })
    void aKeyThatWillNotDoIsLeftOutAndTheOthersStay(String good, String bad, String words) throws Exception {
        skipped(RSA.replace(good, bad), words);
    }

    @ParameterizedTest
    @CsvSource({"P-256, P-384, length", "P-256, secp256k1, curve", "P-256, Ed25519, curve"})
    void aCurveThatIsAnotherIsLeftOut(String good, String bad, String words) throws Exception {
        skipped(EC.replace(good, bad), words);
    }

    @Test
    void aPointBesideItsCurveIsLeftOut() throws Exception {
        skipped(EC.replaceAll("\"x\":\"[^\"]{43}", "\"x\":\"" + "A".repeat(43)), "not on its curve");
        skipped(EC.replaceAll("\"y\":\"[^\"]{43}", "\"y\":\"" + "_".repeat(42) + "8"), "not on its curve");
    }

    @Test
    void aWeakKeyIsLeftOut() throws Exception {
        BigInteger modulus = ((RSAPublicKey) PAIR.getPublic()).getModulus();
        String shorter = RawToken.encode(unsigned(modulus.shiftRight(8).setBit(0)));
        skipped(RSA.replaceAll("\"n\":\"[^\"]*", "\"n\":\"" + shorter), "2040 bits");
    }

    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    @Test
    void keysThatATokenCouldNotTellApartAreLeftOut() throws Exception {
        String other = member(Keys.jwks(TokenKey.pem("r", Keys.publicPem(Keys.rsa(2048)))));
        JwkSet set = read(RSA, other, EC);
        assertThat(set.keys()).extracting(TokenKey::id).containsExactly("e");
        assertThat(set.faults()).singleElement().asString().contains("tell them apart");
        assertThat(read(RSA, RSA).keys()).hasSize(1);
    }

    @Test
    void aSecretThatIsPublishedIsLeftOut() throws Exception {
        skipped("{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"" + "A".repeat(43) + "\"}", "private members");
        skipped("{\"kty\":\"oct\",\"alg\":\"HS256\"}", "neither RSA nor EC");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"keys\":{}}",
                "{\"keys\":null}",
                "{\"keys\":[],\"keys\":[]}",
                "{\"keys\":[]}x",
                "<html>",
            })
    void whatIsNoSetIsRefused(String json) {
        assertThatExceptionOfType(UnfitKeyException.class)
                .isThrownBy(() -> JwkSet.read(json.getBytes(StandardCharsets.UTF_8)))
                .withMessageContaining("not a JWK Set");
    }

    @Test
    void anEmptySetIsASetAndOneOfAHundredAndOneKeysIsNot() throws Exception {
        assertThat(read().keys()).isEmpty();
        assertThatExceptionOfType(UnfitKeyException.class)
                .isThrownBy(() -> read(Collections.nCopies(101, "{}").toArray(String[]::new)))
                .withMessageContaining("more than 100");
    }

    @Test
    void whatIsNoKeyIsLeftOut() throws Exception {
        for (String one : new String[] {"null", "7", "[]", "{}", "\"x\""}) {
            skipped(one, "missing or no text");
        }
    }
}
