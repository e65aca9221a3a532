package dev.tenancy.spring;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs any text as header and payload with the secret of {@link TestApplication}, so that nothing but its oddity is wrong. */
final class RawToken {

    static final String SECRET = "0123456789abcdef0123456789abcdef";
    static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

    private RawToken() {}

    /** A good payload of alice in acme, in which claims are replaced by the JSON given, or left out where it is empty. */
    static String payload(String... replacements) {
        long now = Instant.now().getEpochSecond();
        Map<String, String> claims = new LinkedHashMap<>();
        claims.put("iss", "\"test\"");
        claims.put("aud", "\"test\"");
        claims.put("sub", "\"alice\"");
        claims.put("tenant_id", "\"acme\"");
        claims.put("iat", "" + now);
        claims.put("exp", "" + (now + 600));
        for (int i = 0; i < replacements.length; i += 2) {
            claims.put(replacements[i], replacements[i + 1]);
        }
        return claims.entrySet().stream()
                .filter(claim -> !claim.getValue().isEmpty())
                .map(claim -> "\"" + claim.getKey() + "\":" + claim.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    static String sign(String header, String payload) {
        return signParts(encode(header), encode(payload), "HmacSHA256", SECRET);
    }

    static String signParts(String header, String payload, String algorithm, String secret) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
            byte[] signature = mac.doFinal((header + "." + payload).getBytes(StandardCharsets.US_ASCII));
            return header + "." + payload + "." + encode(signature);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
