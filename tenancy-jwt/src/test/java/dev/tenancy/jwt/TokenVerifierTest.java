package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.TenantClaims;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenVerifierTest {

    private static final long NOW = 1_800_000_000;
    private static final TokenSettings SETTINGS = new TokenSettings(
            "https://issuer.test", "timesheets", "tenant_id", Duration.ofMinutes(15), Duration.ofSeconds(30));

    private final TokenVerifier verifier = verifierAt(NOW);

    private static TokenVerifier verifierAt(long seconds) {
        return at(Instant.ofEpochSecond(seconds), SETTINGS);
    }

    /** A good payload, with one member replaced by the given text, or left out where it is empty. */
    private static String payload(String member, String replacement) {
        StringBuilder json = new StringBuilder("{\"x\":1");
        String[][] members = {
            {"iss", "\"https://issuer.test\""},
            {"aud", "\"timesheets\""},
            {"sub", "\"alice\""},
            {"tenant_id", "\"acme\""},
            {"iat", "" + (NOW - 60)},
            {"nbf", "" + (NOW - 60)},
            {"exp", "" + (NOW + 600)},
        };
        for (String[] good : members) {
            String value = good[0].equals(member) ? replacement : good[1];
            if (!value.isEmpty()) {
                json.append(",\"").append(good[0]).append("\":").append(value);
            }
        }
        return json.append('}').toString();
    }

    private static String good() {
        return payload("", "");
    }

    private static String with(String member, String replacement) {
        return RawToken.sign(RawToken.HEADER, payload(member, replacement));
    }

    @Test
    void aGoodTokenTellsUserTenantAndEnd() {
        assertThat(verifier.verify(RawToken.sign(RawToken.HEADER, good())))
                .isEqualTo(new VerifiedToken(
                        "alice", List.of("acme"), Instant.ofEpochSecond(NOW - 60), Instant.ofEpochSecond(NOW + 600)));
    }

    static final String[][] GOOD_CLAIMS = {
        {"aud", "[\"other\",\"timesheets\"]"},
        {"aud", "[\"timesheets\",\"other\"]"},
        {"tenant_id", "\"018f3b1e-1111-7222-8333-444455556666\""},
        {"nbf", ""},
        {"nbf", "" + (NOW + 30)},
        {"iat", "" + (NOW + 30)},
        {"exp", "" + (NOW - 29)},
        {"exp", "" + (NOW - 60 + 86_400)},
        {"exp", (NOW + 600) + ".0"},
        {"exp", (NOW + 600) + ".5"},
        {"exp", "1.8e9"},
        {"exp", "18000006E2"},
        {"exp", (NOW - 30) + ".000000001"},
        {"nbf", "0.5"},
        {"nbf", (NOW + 30) + ".0"},
        {"iat", (NOW - 60) + ".000"},
        {"iat", (NOW + 29) + ".999999999"},
        {"sub", "\"auth0|ünïcode 漢字\""},
        {"sub", "\"\\ud83d\\ude00\""},
        {"sub", "\"\ufffd\""},
        {"sub", "\"" + "a".repeat(255) + "\""},
        {"tenant_id", "\"" + "a".repeat(255) + "\""},
        {"tenant_id", "9223372036854775807"},
        {"tenant_id", "-9223372036854775808"},
    };

    @ParameterizedTest
    @FieldSource("GOOD_CLAIMS")
    void claimsThatAreUnusualButGoodAreAccepted(String claim, String value) {
        assertThat(verifier.verify(with(claim, value)).userId()).isNotBlank();
    }

    @Test
    void aTenantMayBeMissingOrANumber() {
        assertThat(verifier.verify(with("tenant_id", "")).tenants()).isEmpty();
        assertThat(verifier.verify(with("tenant_id", "4294967297")).tenants()).containsExactly("4294967297");
        assertThat(verifier.verify(with("tenant_id", "-1")).tenants()).containsExactly("-1");
    }

    static final String[][] BAD_CLAIMS = {
        {"iss", ""},
        {"iss", "null"},
        {"iss", "\"https://issuer.test/\""},
        {"iss", "\"HTTPS://issuer.test\""},
        {"iss", "[\"https://issuer.test\"]"},
        {"iss", "7"},
        {"aud", ""},
        {"aud", "null"},
        {"aud", "\"other\""},
        {"aud", "\"timesheets \""},
        {"aud", "[]"},
        {"aud", "[\"other\"]"},
        {"aud", "[\"timesheets\",7]"},
        {"aud", "[[\"timesheets\"]]"},
        {"aud", "{\"timesheets\":true}"},
        {"aud", "true"},
        {"sub", ""},
        {"sub", "null"},
        {"sub", "\"\""},
        {"sub", "\" \\t\""},
        {"sub", "7"},
        {"sub", "[\"alice\"]"},
        {"sub", "{\"id\":\"alice\"}"},
        {"sub", "\"" + "a".repeat(256) + "\""},
        {"sub", "\"\\ud800\""},
        {"sub", "\"\\ude00\\ud83d\""},
        {"sub", "\"a\\ud83d\\ud83d\\ude00\""},
        {"sub", "\"alice\\u0000\""},
        {"sub", "\"alice\\n\""},
        {"sub", "\"alice\\u0085\""},
        {"tenant_id", "null"},
        {"tenant_id", "\"\""},
        {"tenant_id", "\"  \""},
        {"tenant_id", "true"},
        {"tenant_id", "1.0"},
        {"tenant_id", "1e3"},
        {"tenant_id", "9223372036854775808"},
        {"tenant_id", "-9223372036854775809"},
        {"tenant_id", "[\"acme\"]"},
        {"tenant_id", "{\"id\":\"acme\"}"},
        {"tenant_id", "\"" + "a".repeat(256) + "\""},
        {"tenant_id", "\"acme\\udfff\""},
        {"tenant_id", "\"acme\\u0000\""},
        {"tenant_id", "\"acme\\u007f\""},
        {"tenant_id", "-0.0"},
        {"exp", ""},
        {"exp", "null"},
        {"exp", "\"1800000600\""},
        {"exp", "" + (NOW - 60 + 86_400 + 1)},
        {"exp", (NOW - 60 + 86_400) + ".1"},
        {"exp", "" + (NOW + 10L * 365 * 86_400)},
        {"exp", "253402300799"},
        {"exp", (NOW - 30) + ".0"},
        {"exp", "" + (NOW - 61)},
        {"exp", "1800000600.0000000001"},
        {"exp", "1e-999999999"},
        {"exp", "1e999999999"},
        {"exp", "-0.1"},
        {"exp", "-1"},
        {"exp", "0"},
        {"exp", "true"},
        {"exp", "[1800000600]"},
        {"exp", "253402300800"},
        {"exp", "9223372036854775807"},
        {"exp", "9223372036854775808"},
        {"exp", "18446744075509552216"},
        {"exp", "1" + "0".repeat(90)},
        {"exp", "" + (NOW - 30)},
        {"exp", "" + (NOW - 31)},
        {"nbf", "null"},
        {"nbf", "\"0\""},
        {"nbf", (NOW + 30) + ".1"},
        {"nbf", "" + (NOW + 31)},
        {"nbf", "9223372036854775807"},
        {"nbf", "-1"},
        {"iat", ""},
        {"iat", "null"},
        {"iat", "" + (NOW - 90_000)},
        {"iat", (NOW + 30) + ".5"},
        {"iat", "\"0\""},
        {"iat", "{}"},
        {"iat", "" + (NOW + 31)},
        {"iat", "99999999999999999999"},
    };

    @ParameterizedTest
    @FieldSource("BAD_CLAIMS")
    void aClaimThatIsMissingWrongOrOfAnotherTypeIsRefusedByName(String claim, String value) {
        refused(with(claim, value), claim.equals("tenant_id") ? "tenant claim" : claim);
    }

    static final String[] BAD_HEADERS = {
        "{}",
        "null",
        "[]",
        "\"alg\"",
        "7",
        "",
        "{\"alg\":null}",
        "{\"alg\":\"\"}",
        "{\"alg\":\"none\"}",
        "{\"alg\":\"None\"}",
        "{\"alg\":\"hs256\"}",
        "{\"alg\":\"HS384\"}",
        "{\"alg\":\"HS512\"}",
        "{\"alg\":\"RS256\"}",
        "{\"alg\":\"ES256\"}",
        "{\"alg\":[\"HS256\"]}",
        "{\"alg\":\"HS256\",\"alg\":\"HS256\"}",
        "{\"alg\":\"none\",\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"crit\":[]}",
        "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}",
        "{\"alg\":\"HS256\",\"crit\":null}",
        "{\"alg\":\"HS256\",\"b64\":true}",
        "{\"alg\":\"HS256\",\"b64\":false}",
        "{\"alg\":\"HS256\",\"zip\":\"DEF\"}",
        "{\"alg\":\"HS256\",\"jku\":\"https://issuer.test/jwks\"}",
        "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}",
        "{\"alg\":\"HS256\",\"x5u\":\"https://issuer.test/x\"}",
        "{\"alg\":\"HS256\",\"x5c\":[]}",
        "{\"alg\":\"HS256\",\"kid\":null}",
        "{\"alg\":\"HS256\",\"kid\":7}",
        "{\"alg\":\"HS256\",\"kid\":[\"1\"]}",
        "{\"alg\":\"HS256\",\"kid\":\"\"}",
        "{\"alg\":\"HS256\",\"kid\":\"a\\u0000b\"}",
        "{\"alg\":\"HS256\",\"kid\":\"a\\nb\"}",
        "{\"alg\":\"HS256\",\"kid\":\"" + "a".repeat(256) + "\"}",
        "{\"alg\":\"HS256\",\"typ\":null}",
        "{\"alg\":\"HS256\",\"typ\":7}",
        "{\"alg\":\"HS256\",\"typ\":\"\"}",
        "{\"alg\":\"HS256\",\"typ\":\"id+jwt\"}",
        "{\"alg\":\"HS256\",\"typ\":\"logout+jwt\"}",
        "{\"alg\":\"HS256\",\"typ\":[\"JWT\"]}",
        "{\"alg\":\"HS256\"}{}",
        "{\"alg\":\"HS256\"} x",
        "{\"alg\":\"HS256\",}",
        "{'alg':'HS256'}",
        "{alg:\"HS256\"}",
        "{\"alg\":\"HS256\"/**/}",
        "\ufeff{\"alg\":\"HS256\"}",
    };

    @ParameterizedTest
    @FieldSource("BAD_HEADERS")
    void aHeaderThatIsMalformedOrNamesAnotherAlgorithmIsRefused(String header) {
        refused(RawToken.sign(header, good()), "its header", "not signed with a key", "its type");
    }

    @Test
    void aTokenThatIsReallySignedWithAnotherAlgorithmOfTheSameKeyIsRefused() {
        for (String algorithm : new String[] {"384", "512"}) {
            String header = RawToken.encode("{\"alg\":\"HS" + algorithm + "\"}");
            String token = RawToken.signParts(header, RawToken.encode(good()), "HmacSHA" + algorithm, RawToken.SECRET);
            refused(token, "not signed with a key");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"HS256\"}",
                "{\"alg\":\"HS256\",\"typ\":\"jwt\"}",
                "{\"typ\":\"at+jwt\",\"alg\":\"HS256\"}",
                "{\"alg\":\"HS256\",\"typ\":\"AT+JWT\"}",
                "{\"alg\":\"HS256\",\"typ\":\"application/at+jwt\",\"kid\":\"1\"}",
                " { \"alg\" : \"HS256\" } ",
                "{\"alg\":\"HS256\",\"x5t\":\"hint\",\"cty\":\"json\",\"other\":{}}",
            })
    void aHeaderThatIsUnusualButGoodIsAccepted(String header) {
        assertThat(verifier.verify(RawToken.sign(header, good())).userId()).isEqualTo("alice");
    }

    static Stream<String> badPayloads() {
        String good = good();
        return Stream.of(
                "",
                "null",
                "[]",
                "[" + good + "]",
                "\"alice\"",
                "true",
                good + good,
                good + "x",
                good + "\0",
                good.substring(0, good.length() - 1),
                good.replace("{\"x\":1", "{\"x\":"),
                good.replace("{\"x\":1", "{\"x\":01"),
                good.replace("{\"x\":1", "{\"x\":NaN"),
                good.replace("{\"x\":1", "{\"sub\":\"mallory\""),
                good.replace("{\"x\":1", "{\"tenant_id\":\"globex\""),
                good.replace("{\"x\":1", "{\"tenant\\u005fid\":\"globex\""),
                good.replace("{\"x\":1", "{\"exp\":9999999999"),
                good.replace("{\"x\":1", "{\"x\":{\"y\":1,\"y\":2}"),
                good.replace("{\"x\":1", "{\"x\":" + "[".repeat(100) + "]".repeat(100)),
                good.replace("{\"x\":1", "{\"x\":" + "9".repeat(2000)),
                good.replace("{\"x\":1", "{\"x\":\"a\nb\""),
                good.replace("\"", "'"));
    }

    @ParameterizedTest
    @MethodSource("badPayloads")
    void aPayloadThatIsNotStrictlyOneJsonObjectIsRefused(String payload) {
        refused(RawToken.sign(RawToken.HEADER, payload), "its payload");
    }

    @Test
    void aPayloadThatIsNotUtf8IsRefused() {
        byte[] latin1 = good().replace("alice", "ali\u00e7e").getBytes(StandardCharsets.ISO_8859_1);
        refused(
                RawToken.signParts(
                        RawToken.encode(RawToken.HEADER), RawToken.encode(latin1), "HmacSHA256", RawToken.SECRET),
                "its payload");
    }

    static Stream<String> badForms() {
        String token = RawToken.sign(RawToken.HEADER, good());
        String[] parts = token.split("\\.");
        return Stream.of(
                "",
                ".",
                "..",
                "...",
                "x",
                token + ".",
                "." + token,
                token + ".x",
                parts[0] + "." + parts[1],
                parts[0] + "." + parts[1] + ".",
                "." + parts[1] + "." + parts[2],
                parts[0] + ".." + parts[2],
                " " + token,
                token + " ",
                token + "\n",
                token.replaceFirst("\\.", " ."),
                token + "=",
                token.replaceFirst("\\.", "=."),
                token.replace('.', ','),
                parts[0] + "." + parts[1] + "." + withStrayBits(parts[2]),
                RawToken.signParts(
                        RawToken.encode(" {\"alg\":\"HS256\"}") + "==", parts[1], "HmacSHA256", RawToken.SECRET),
                RawToken.signParts(parts[0], parts[1] + "=", "HmacSHA256", RawToken.SECRET),
                RawToken.signParts(parts[0], parts[1] + "\n", "HmacSHA256", RawToken.SECRET),
                parts[0] + "." + parts[1] + ".!!!!",
                "Bearer " + token);
    }

    @ParameterizedTest
    @NullSource
    @MethodSource("badForms")
    void aTokenThatIsNotInCompactFormIsRefused(String token) {
        refused(token, "there is none", "three parts", "base64url");
    }

    @Test
    void aTokenOfEightKibibytesIsReadAndALongerOneIsNot() {
        assertThat(verifier.verify(ofLength(8192)).userId()).isEqualTo("alice");
        refused(ofLength(8193), "longer than 8192");
    }

    private static String ofLength(int length) {
        return IntStream.range(0, length)
                .mapToObj(padding -> good().replace("{\"x\":1", "{\"x\":\"" + "a".repeat(padding) + "\""))
                .map(payload -> RawToken.sign(RawToken.HEADER, payload))
                .dropWhile(token -> token.length() < length)
                .findFirst()
                .orElseThrow();
    }

    static Stream<String> badSignatures() {
        String[] parts = RawToken.sign(RawToken.HEADER, good()).split("\\.");
        String signed = parts[0] + "." + parts[1] + ".";
        return Stream.of(
                signed + flipped(parts[2], 0),
                signed + "A".repeat(43),
                signed + "AA",
                signed + parts[2].substring(0, 40),
                signed + RawToken.encode(new byte[33]),
                parts[0] + "." + RawToken.encode(good().replace("acme", "globex")) + "." + parts[2],
                RawToken.encode("{\"alg\":\"HS256\"}") + "." + parts[1] + "." + parts[2],
                RawToken.signParts(parts[0], parts[1], "HmacSHA256", RawToken.SECRET + "x"),
                RawToken.signParts(parts[0], parts[1], "HmacSHA256", RawToken.SECRET.toUpperCase(Locale.ROOT)),
                RawToken.signParts(parts[0], parts[1], "HmacSHA384", RawToken.SECRET),
                RawToken.signParts(parts[0], parts[1], "HmacSHA512", RawToken.SECRET));
    }

    @ParameterizedTest
    @MethodSource("badSignatures")
    void aTokenThatWasChangedOrSignedWithAnotherKeyIsRefused(String token) {
        refused(token, "its signature does not match");
    }

    // The last character of 32 bytes in base64url has two bits to spare.
    private static String withStrayBits(String signature) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int last = alphabet.indexOf(signature.charAt(signature.length() - 1));
        return signature.substring(0, signature.length() - 1) + alphabet.charAt(last | 1);
    }

    private static String flipped(String part, int at) {
        return part.substring(0, at) + (part.charAt(at) == 'A' ? 'B' : 'A') + part.substring(at + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"nonce\":\"n\"",
                "\"at_hash\":\"h\"",
                "\"c_hash\":\"h\"",
                "\"events\":{}",
                "\"typ\":\"ID\"",
                "\"typ\":\"Refresh\"",
            })
    void anotherTokenOfTheSameIssuerIsNoAccessToken(String claim) {
        String payload = good().replace("{\"x\":1", "{" + claim);
        refused(RawToken.sign(RawToken.HEADER, payload), "its type");
        refused(RawToken.sign("{\"alg\":\"HS256\"}", payload), "its type");
    }

    @Test
    void aTokenThatSaysItIsAnAccessTokenMayCarryAnyOfTheirClaims() {
        String payload = good().replace("{\"x\":1", "{\"nonce\":\"n\",\"typ\":\"Bearer\"");
        assertThat(verifier.verify(RawToken.sign("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", payload))
                        .userId())
                .isEqualTo("alice");
    }

    @Test
    void aTokenThatIsBoundToAKeyOfItsSenderIsRefused() {
        refused(RawToken.sign(RawToken.HEADER, good().replace("{\"x\":1", "{\"cnf\":{\"jkt\":\"x\"}")), "(cnf)");
    }

    @Test
    void noClaimIsReadBeforeTheSignature() {
        String[] parts = RawToken.sign(RawToken.HEADER, "no JSON").split("\\.");
        refused(parts[0] + "." + parts[1] + "." + flipped(parts[2], 0), "its signature does not match");
    }

    @Test
    void withPartiesATokenNeedsOneOfThemAndNoAudience() {
        TokenVerifier clerk = at(
                Instant.ofEpochSecond(NOW),
                SETTINGS.withAudience(Audience.parties("https://a.test", "https://b.test")));
        String payload = payload("aud", "");
        accepted(clerk, payload.replace("{\"x\":1", "{\"azp\":\"https://b.test\""));
        refusedBy(clerk, payload, "(azp)");
        for (String azp : new String[] {"\"https://c.test\"", "null", "\"null\"", "[\"https://a.test\"]", "7"}) {
            refusedBy(clerk, payload.replace("{\"x\":1", "{\"azp\":" + azp), "(azp)");
        }
        refusedBy(clerk, good().replace("{\"x\":1", "{\"azp\":\"https://a.test\""), "(aud)");
    }

    @Test
    void withAnIssuerOfOurOwnATokenNeedsNoAudienceAndMustNotHaveOne() {
        TokenVerifier workos = at(Instant.ofEpochSecond(NOW), SETTINGS.withAudience(Audience.issuerServesUsAlone()));
        accepted(workos, payload("aud", ""));
        refusedBy(workos, good(), "(aud)");
        refusedBy(workos, payload("aud", "null"), "(aud)");
    }

    @Test
    void severalTenantsOfAProviderAreAllTold() {
        TokenVerifier keycloak = at(Instant.ofEpochSecond(NOW), SETTINGS.withTenants(TenantClaims.keycloak()));
        assertThat(keycloak.verify(RawToken.sign(
                                RawToken.HEADER, good().replace("{\"x\":1", "{\"organization\":[\"acme\",\"globex\"]")))
                        .tenants())
                .containsExactly("acme", "globex");
        refusedBy(keycloak, good().replace("{\"x\":1", "{\"organization\":[\"acme\",null]"), "tenant claim");
        refusedBy(keycloak, good().replace("{\"x\":1", "{\"organization\":{\"acme\":null}"), "tenant claim");
    }

    private static void accepted(TokenVerifier verifier, String payload) {
        assertThat(verifier.verify(RawToken.sign(RawToken.HEADER, payload)).userId())
                .isEqualTo("alice");
    }

    private static void refusedBy(TokenVerifier verifier, String payload, String rule) {
        assertThatExceptionOfType(InvalidTokenException.class)
                .isThrownBy(() -> verifier.verify(RawToken.sign(RawToken.HEADER, payload)))
                .withMessageContaining(rule);
    }

    @Test
    void aTokenEndsWithTheLeewayAndNotASecondLater() {
        String token = RawToken.sign(RawToken.HEADER, good());
        assertThat(verifierAt(NOW + 629).verify(token).userId()).isEqualTo("alice");
        assertThatExceptionOfType(InvalidTokenException.class)
                .isThrownBy(() -> verifierAt(NOW + 630).verify(token))
                .withMessageContaining("expired");
    }

    @Test
    void fractionsOfASecondCountInClockAndLeeway() {
        TokenSettings settings = new TokenSettings(
                "https://issuer.test", "timesheets", "tenant_id", Duration.ofMinutes(15), Duration.ofMillis(1500));
        String token = RawToken.sign(RawToken.HEADER, good());
        Instant end = Instant.ofEpochSecond(NOW + 600).plusMillis(1500);
        assertThat(at(end.minusNanos(1), settings).verify(token).userId()).isEqualTo("alice");
        assertThatExceptionOfType(InvalidTokenException.class)
                .isThrownBy(() -> at(end, settings).verify(token));
    }

    private static TokenVerifier at(Instant now, TokenSettings settings) {
        return new TokenVerifier(
                TokenKeys.of(TokenKey.hmac(RawToken.SECRET)), settings, Clock.fixed(now, ZoneOffset.UTC));
    }

    @Test
    void aTokenMayBeGoodForAsLongAsIsSetAndNotLonger() {
        TokenVerifier patient = at(Instant.ofEpochSecond(NOW), SETTINGS.withMaxLifetime(Duration.ofDays(2)));
        accepted(patient, payload("exp", "" + (NOW - 60 + 2 * 86_400)));
        refusedBy(patient, payload("exp", "" + (NOW - 60 + 2 * 86_400 + 1)), "longer than PT48H");
    }

    @Test
    void nestingIsReadToSixteenLevelsAndNoDeeper() {
        assertThat(verifier.verify(nested(15)).userId()).isEqualTo("alice");
        refused(nested(16), "its payload");
    }

    private static String nested(int arrays) {
        return RawToken.sign(
                RawToken.HEADER, good().replace("{\"x\":1", "{\"x\":" + "[".repeat(arrays) + "]".repeat(arrays)));
    }

    /** Refused by one of the rules given, so that no other hides that it fails; and telling nothing of the token. */
    private void refused(String token, CharSequence... rules) {
        assertThatExceptionOfType(InvalidTokenException.class)
                .isThrownBy(() -> verifier.verify(token))
                .satisfies(refusal -> {
                    assertThat(refusal).hasNoCause();
                    assertThat(refusal.getMessage()).containsAnyOf(rules);
                    assertThat(Arrays.asList(refusal.getMessage().split("[^a-zA-Z0-9_]+")))
                            .doesNotContain("alice", "acme", "mallory", "globex");
                });
    }
}
