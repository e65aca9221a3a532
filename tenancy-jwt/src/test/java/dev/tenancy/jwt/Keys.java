package dev.tenancy.jwt;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;

/** Fresh keys in PEM, and tokens that are signed with them. */
final class Keys {

    static final TokenSettings SETTINGS = new TokenSettings(
            "https://issuer.test", "timesheets", "tenant_id", Duration.ofMinutes(15), Duration.ofSeconds(30));

    private Keys() {}

    static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String privatePem(KeyPair pair) {
        return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    static String publicPem(KeyPair pair) {
        return pem("PUBLIC KEY", pair.getPublic().getEncoded());
    }

    static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END " + label + "-----\n";
    }

    /** A JWK Set as an issuer publishes it. */
    static String jwks(TokenKey... keys) {
        return TokenKeys.of(keys).publicKeys();
    }

    static String token(TokenKey key) {
        return token(key, Clock.systemUTC());
    }

    static String token(TokenKey key, Clock clock) {
        return new TokenIssuer(TokenKeys.of(key), SETTINGS, clock).issue("alice", "acme");
    }

    static boolean isGood(TokenVerifier verifier, String token) {
        try {
            verifier.verify(token);
            return true;
        } catch (InvalidTokenException refused) {
            return false;
        }
    }
}
