package dev.tenancy.jwt;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs any text as header and payload, however odd, so that nothing but the oddity is wrong with a token. */
final class RawToken {

    static final String SECRET = "0123456789abcdef0123456789abcdef";
    static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

    private RawToken() {}

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
