package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.jwt.TokenIssuer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;

/** Bad tokens over real HTTP: each is answered as if there were none, to the byte. */
class BadTokenTest {

    private static ConfigurableApplicationContext application;
    private static RawHttp.Response without;

    @BeforeAll
    static void start() throws IOException {
        // Tomcat refuses headers of more than 8 KiB by itself, with 400.
        application = TestApplication.start(RequestTest.Handlers.class, "server.max-http-request-header-size=64KB");
        without = get();
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void withoutATokenOneIsTold401AndWhichSchemeIsExpected() {
        assertThat(without.status()).isEqualTo(401);
        assertThat(without.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(without.body()).contains("\"status\":401");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void aBadTokenIsAnsweredLikeNone(String what, List<String> headers) throws IOException {
        assertThat(get(headers.toArray(String[]::new))).isEqualTo(without);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("good")
    void aGoodTokenBesideItIsAccepted(String what, String header) throws IOException {
        assertThat(get(header).status()).isEqualTo(200);
    }

    @Test
    void theCorpusHoldsAHundredAndFiftyDifferentTokensAndMore() {
        assertThat(bad().map(one -> one.get()[1]).distinct().count()).isGreaterThanOrEqualTo(150);
    }

    private static RawHttp.Response get(String... headers) throws IOException {
        return RawHttp.to(application).get("/who", headers);
    }

    static Stream<Arguments> good() {
        long now = Instant.now().getEpochSecond();
        Corpus corpus = new Corpus();
        corpus.token(
                "issued by the application",
                application.getBean(TokenIssuer.class).issue("alice", "acme"));
        corpus.token("signed by the test", RawToken.sign(RawToken.HEADER, RawToken.payload()));
        corpus.header("scheme in small letters", "Authorization: bearer " + good("x", "1"));
        corpus.header("scheme in capitals", "AUTHORIZATION: BEARER " + good("x", "1"));
        for (String header : new String[] {
            "{\"alg\":\"HS256\"}", "{\"typ\":\"at+jwt\",\"alg\":\"HS256\"}", "{\"alg\":\"HS256\",\"typ\":\"AT+JWT\"}",
        }) {
            corpus.token("header " + header, RawToken.sign(header, RawToken.payload()));
        }
        corpus.claim("aud", "[\"other\",\"test\"]");
        corpus.claim("iat", now + ".0");
        corpus.claim("nbf", "" + now);
        corpus.claim("nbf", "" + (now + 20));
        corpus.claim("exp", (now + 600) + ".0");
        corpus.claim("exp", (now + 600) + ".5");
        corpus.claim("exp", "" + (now + 86_000));
        corpus.claim("x", "{\"y\":[1,{\"z\":null}]}");
        corpus.claim("x", "\"" + "a".repeat(5000) + "\"");
        corpus.claim("x", "\"\\ud83d\\ude00\"");
        return corpus.cases.stream().map(one -> Arguments.of(one.get()[0], ((List<?>) one.get()[1]).get(0)));
    }

    private static String good(String claim, String value) {
        return RawToken.sign(RawToken.HEADER, RawToken.payload(claim, value));
    }

    static Stream<Arguments> bad() {
        Corpus corpus = new Corpus();
        schemes(corpus);
        shapes(corpus);
        headers(corpus);
        payloads(corpus);
        claims(corpus);
        signatures(corpus);
        return corpus.cases.stream();
    }

    private static void schemes(Corpus corpus) {
        String token = good("x", "1");
        corpus.header("no scheme", "Authorization: " + token);
        corpus.header("scheme alone", "Authorization: Bearer");
        corpus.header("scheme and a space", "Authorization: Bearer ");
        corpus.header("two spaces", "Authorization: Bearer  " + token);
        corpus.header("a tab", "Authorization: Bearer\t" + token);
        corpus.header("a space and a tab", "Authorization: Bearer \t" + token);
        corpus.header("no space", "Authorization: Bearer" + token);
        corpus.header("a colon", "Authorization: Bearer: " + token);
        corpus.header("an equals sign", "Authorization: Bearer=" + token);
        corpus.header("quoted", "Authorization: Bearer \"" + token + "\"");
        corpus.header("as a parameter", "Authorization: Bearer token=" + token);
        corpus.header("the scheme twice", "Authorization: Bearer Bearer " + token);
        corpus.header("two tokens with a comma", "Authorization: Bearer " + token + ", Bearer " + token);
        corpus.header("two tokens with a space", "Authorization: Bearer " + token + " " + token);
        corpus.header("a comment behind it", "Authorization: Bearer " + token + " (mine)");
        corpus.header("scheme Token", "Authorization: Token " + token);
        corpus.header("scheme JWT", "Authorization: JWT " + token);
        corpus.header("scheme DPoP", "Authorization: DPoP " + token);
        corpus.header("scheme Basic", "Authorization: Basic " + token);
        corpus.header("scheme Negotiate", "Authorization: Negotiate " + token);
        corpus.header("scheme in Cyrillic letters", "Authorization: B\u0435arer " + token);
        corpus.header("empty", "Authorization:");
        corpus.header("another header", "X-Authorization: Bearer " + token);
        corpus.header("the proxy's header", "Proxy-Authorization: Bearer " + token);
        corpus.header("a cookie", "Cookie: access_token=" + token);
        corpus.header("twice the same", "Authorization: Bearer " + token, "Authorization: Bearer " + token);
        corpus.header("twice, the first is bad", "Authorization: Bearer x", "Authorization: Bearer " + token);
        corpus.header("twice, the second is bad", "Authorization: Bearer " + token, "Authorization: Bearer x");
        corpus.header("twice, the first is Basic", "Authorization: Basic YTpi", "Authorization: Bearer " + token);
        corpus.header("twice, the second is Basic", "Authorization: Bearer " + token, "Authorization: Basic YTpi");
        corpus.header("twice, the first is empty", "Authorization:", "Authorization: Bearer " + token);
    }

    // Characters whose UTF-8 has bytes from 0x80 to 0x9F are left out: these are control characters in a header, for
    // which Spring Security's firewall refuses the whole request with 400.
    private static void shapes(Corpus corpus) {
        String token = good("x", "1");
        String[] parts = token.split("\\.");
        for (String shape : new String[] {
            ".",
            "..",
            "...",
            "x",
            "null",
            "undefined",
            token + ".",
            "." + token,
            token + ".x",
            token + "." + token,
            parts[0] + "." + parts[1],
            parts[0] + "." + parts[1] + ".",
            "." + parts[1] + "." + parts[2],
            parts[0] + ".." + parts[2],
            parts[0],
            parts[1] + "." + parts[0] + "." + parts[2],
            token + "=",
            token + "%00",
            token + "#",
            token + "\u00a0",
            token + "\u00ad",
            "\ufeff" + token,
            token.replaceFirst("\\.", "=."),
            token.replaceFirst("\\.", " ."),
            token.replace('.', ','),
            token.replace(".", "%2e"),
            token.replaceFirst("\\.", "\u00b7"),
            token.replaceFirst("e", "\u0435"),
            token.toUpperCase(Locale.ROOT),
            token.toLowerCase(Locale.ROOT),
            new StringBuilder(token).reverse().toString(),
            "+" + token.substring(1),
            parts[0] + "." + parts[1] + ".!!!!",
            parts[0] + "." + parts[1] + "." + withStrayBits(parts[2]),
            parts[0] + ".x." + parts[2] + ".y." + parts[1],
            "urn:jwt:" + token,
            "A".repeat(8193),
            ("a".repeat(2000) + ".").repeat(3),
            ".".repeat(8000),
        }) {
            corpus.token("shape " + abbreviated(shape), shape);
        }
        corpus.token("padded header", padded(" {\"alg\":\"HS256\"}", RawToken.payload()));
        corpus.token(
                "padded payload",
                RawToken.signParts(parts[0], RawToken.encode(RawToken.payload()) + "=", "HmacSHA256", RawToken.SECRET));
        corpus.token("too long by its payload", good("x", "\"" + "a".repeat(9000) + "\""));
        corpus.token(
                "too long by its header",
                RawToken.sign("{\"alg\":\"HS256\",\"x\":\"" + "a".repeat(9000) + "\"}", RawToken.payload()));
    }

    private static String padded(String header, String payload) {
        return RawToken.signParts(
                RawToken.encode(header) + "==", RawToken.encode(payload), "HmacSHA256", RawToken.SECRET);
    }

    private static void headers(Corpus corpus) {
        for (String header : new String[] {
            "{}",
            "null",
            "[]",
            "\"alg\"",
            "7",
            "{\"alg\":null}",
            "{\"alg\":\"\"}",
            "{\"alg\":\"none\"}",
            "{\"alg\":\"None\"}",
            "{\"alg\":\"nOnE\"}",
            "{\"alg\":\"hs256\"}",
            "{\"alg\":\"HS256 \"}",
            "{\"alg\":\"HS384\"}",
            "{\"alg\":\"HS512\"}",
            "{\"alg\":\"RS256\"}",
            "{\"alg\":\"PS256\"}",
            "{\"alg\":\"ES256\"}",
            "{\"alg\":\"EdDSA\"}",
            "{\"alg\":[\"HS256\"]}",
            "{\"alg\":{\"HS256\":1}}",
            "{\"ALG\":\"HS256\"}",
            "{\"alg\":\"HS256\",\"alg\":\"HS256\"}",
            "{\"alg\":\"none\",\"alg\":\"HS256\"}",
            "{\"alg\":\"HS256\",\"crit\":[]}",
            "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}",
            "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
            "{\"alg\":\"HS256\",\"crit\":null}",
            "{\"alg\":\"HS256\",\"typ\":null}",
            "{\"alg\":\"HS256\",\"typ\":7}",
            "{\"alg\":\"HS256\",\"typ\":\"\"}",
            "{\"alg\":\"HS256\",\"typ\":\"id+jwt\"}",
            "{\"alg\":\"HS256\",\"typ\":\"logout+jwt\"}",
            "{\"alg\":\"HS256\",\"typ\":\"JOSE\"}",
            "{\"alg\":\"HS256\",\"typ\":[\"JWT\"]}",
            "{\"alg\":\"HS256\"}{}",
            "{\"alg\":\"HS256\"} x",
            "{\"alg\":\"HS256\",}",
            "{'alg':'HS256'}",
            "{alg:\"HS256\"}",
            "{\"alg\":\"HS256\"/**/}",
            "\ufeff{\"alg\":\"HS256\"}",
            "{\"alg\":\"HS256\"",
        }) {
            corpus.token("header " + header, RawToken.sign(header, RawToken.payload()));
        }
    }

    private static void payloads(Corpus corpus) {
        String good = RawToken.payload();
        String opened = "{\"x\":";
        String rest = "," + good.substring(1);
        for (String payload : new String[] {
            "{}",
            "null",
            "[]",
            "[" + good + "]",
            "\"alice\"",
            "true",
            good + good,
            good + "x",
            good + "\0",
            good.substring(0, good.length() - 1),
            opened + rest,
            opened + "01" + rest,
            opened + "NaN" + rest,
            opened + "Infinity" + rest,
            opened + "0x10" + rest,
            opened + "'a'" + rest,
            opened + "\"a\nb\"" + rest,
            opened + "\"\\x41\"" + rest,
            opened + "{\"y\":1,\"y\":2}" + rest,
            opened + "[".repeat(100) + "]".repeat(100) + rest,
            opened + "9".repeat(2000) + rest,
            "{\"sub\":\"mallory\"" + rest,
            "{\"tenant_id\":\"globex\"" + rest,
            "{\"tenant\\u005fid\":\"globex\"" + rest,
            "{\"exp\":9999999999" + rest,
            good.replace("\"", "'"),
            good.replace(":", "="),
            "<jwt>" + good + "</jwt>",
        }) {
            corpus.token("payload " + abbreviated(payload), RawToken.sign(RawToken.HEADER, payload));
        }
        byte[] latin1 = RawToken.payload("sub", "\"ali\u00e7e\"").getBytes(StandardCharsets.ISO_8859_1);
        byte[] utf16 = good.getBytes(StandardCharsets.UTF_16);
        for (byte[] bytes : new byte[][] {latin1, utf16, {0}, {(byte) 0xc0, (byte) 0x80}}) {
            corpus.token(
                    "payload that is not UTF-8, of " + bytes.length + " bytes",
                    RawToken.signParts(
                            RawToken.encode(RawToken.HEADER), RawToken.encode(bytes), "HmacSHA256", RawToken.SECRET));
        }
    }

    private static void claims(Corpus corpus) {
        long now = Instant.now().getEpochSecond();
        String[][] claims = {
            {"iss", "", "null", "\"test/\"", "\"TEST\"", "[\"test\"]", "7", "\" test\""},
            {"aud", "", "null", "\"other\"", "\"test \"", "[]", "[\"other\"]", "[\"test\",7]", "[[\"test\"]]", "true"},
            {"sub", "", "null", "\"\"", "\" \\t\"", "7", "[\"alice\"]", "{\"id\":\"alice\"}", "\"\\ud800\""},
            {"sub", "\"" + "a".repeat(256) + "\""},
            {"tenant_id", "null", "\"\"", "\"  \"", "true", "1.0", "1e3", "9223372036854775808", "[\"acme\"]"},
            {"tenant_id", "{\"id\":\"acme\"}", "\"" + "a".repeat(256) + "\"", "\"acme\\udfff\""},
            {"exp", "", "null", "\"" + (now + 600) + "\"", "253402300799", "1.8e10", "-1", "0", "true"},
            {"exp", "[" + (now + 600) + "]", "253402300800", "9223372036854775808", "1" + "0".repeat(90)},
            {"exp", "" + (now - 40), "" + (now - 86_400), "" + (now + 600) * 1000, "" + (now - 10)},
            {"exp", "" + (now + 90_000), "" + (now + 315_360_000), (now + 600) + ".00000000001"},
            {"nbf", "null", "\"0\"", "-0.5", "" + (now + 90), "9223372036854775807", "-1"},
            {"iat", "", "" + (now - 90_000), "null", "\"0\"", "{}", "" + (now + 90), "99999999999999999999"},
        };
        for (String[] claim : claims) {
            for (int i = 1; i < claim.length; i++) {
                corpus.claim(claim[0], claim[i]);
            }
        }
    }

    private static void signatures(Corpus corpus) {
        String[] parts = good("x", "1").split("\\.");
        String signed = parts[0] + "." + parts[1] + ".";
        corpus.token("first bit of the signature", signed + flipped(parts[2]));
        corpus.token("signature of noughts", signed + "A".repeat(43));
        corpus.token("signature of two characters", signed + "AA");
        corpus.token("signature cut short", signed + parts[2].substring(0, 40));
        corpus.token("signature of 33 bytes", signed + RawToken.encode(new byte[33]));
        corpus.token("signature of another token", signed + good("x", "2").split("\\.")[2]);
        corpus.token(
                "another tenant under the same signature",
                parts[0] + "." + RawToken.encode(RawToken.payload("tenant_id", "\"globex\"")) + "." + parts[2]);
        corpus.token(
                "another header under the same signature",
                RawToken.encode("{\"alg\":\"HS256\"}") + "." + parts[1] + "." + parts[2]);
        for (String secret : new String[] {
            RawToken.SECRET + "x", "x" + RawToken.SECRET, RawToken.SECRET.toUpperCase(Locale.ROOT), "test", "\0"
        }) {
            corpus.token(
                    "signed with " + abbreviated(secret), RawToken.signParts(parts[0], parts[1], "HmacSHA256", secret));
        }
        corpus.token(
                "HS384 under the name of HS256", RawToken.signParts(parts[0], parts[1], "HmacSHA384", RawToken.SECRET));
        for (String bits : new String[] {"384", "512"}) {
            String header = RawToken.encode("{\"alg\":\"HS" + bits + "\"}");
            corpus.token(
                    "really signed with HS" + bits,
                    RawToken.signParts(header, parts[1], "HmacSHA" + bits, RawToken.SECRET));
        }
    }

    // The last character of 32 bytes in base64url has two bits to spare.
    private static String withStrayBits(String signature) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int last = alphabet.indexOf(signature.charAt(signature.length() - 1));
        return signature.substring(0, signature.length() - 1) + alphabet.charAt(last | 1);
    }

    private static String flipped(String part) {
        return (part.charAt(0) == 'A' ? 'B' : 'A') + part.substring(1);
    }

    private static String abbreviated(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    private static final class Corpus {

        private final List<Arguments> cases = new ArrayList<>();

        void header(String what, String... lines) {
            cases.add(Arguments.of(what, List.of(lines)));
        }

        void token(String what, String token) {
            header(what, "Authorization: Bearer " + token);
        }

        void claim(String claim, String value) {
            token("claim " + claim + " " + abbreviated(value), good(claim, value));
        }
    }
}
