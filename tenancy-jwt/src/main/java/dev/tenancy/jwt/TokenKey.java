package dev.tenancy.jwt;

import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.JWTVerificationException;
import com.auth0.jwt.exceptions.SignatureGenerationException;
import dev.tenancy.TenancySetupException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A key, and the one algorithm that it is used with: a token that names another is refused, so that no key can be made to serve
 * an algorithm it was not made for (RFC 8725, section 3.1). Immutable. Two are equal if they verify the same tokens and can sign
 * alike.
 */
public final class TokenKey {

    private final @Nullable String id;
    private final JwsAlgorithm name;
    private final Algorithm algorithm;
    private final byte[] verifying;
    private final @Nullable PublicKey publicHalf;
    private final boolean signs;

    private TokenKey(
            @Nullable String id,
            JwsAlgorithm name,
            Algorithm algorithm,
            byte[] verifying,
            @Nullable PublicKey publicHalf,
            boolean signs)
            throws UnfitKeyException {
        if (id != null && !Names.isName(id)) {
            throw new UnfitKeyException("its id is blank, longer than " + Names.LONGEST
                    + " characters, not Unicode or has control characters");
        }
        this.id = id;
        this.name = name;
        this.algorithm = algorithm;
        this.verifying = verifying;
        this.publicHalf = publicHalf;
        this.signs = signs;
    }

    /**
     * A secret without an id that signs and verifies with HS256.
     *
     * @param secret at least 32 bytes in UTF-8, as many as the hash has (RFC 7518, section 3.2)
     * @throws TenancySetupException if it has fewer
     */
    public static TokenKey hmac(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < JwsAlgorithm.HS256.bytes) {
            throw new TenancySetupException(
                    "The secret that signs tokens (tenancy.jwt.secret) has " + bytes.length + " bytes, but HS256 needs "
                            + JwsAlgorithm.HS256.bytes + " or more.",
                    "Make a good one with: openssl rand -base64 48");
        }
        return hmac(null, "HS256", bytes);
    }

    /**
     * A secret that signs and verifies.
     *
     * @param id as tokens name it ({@code kid}), up to 255 characters; null if this is the only key of its algorithm
     * @param algorithm {@code HS256}, {@code HS384} or {@code HS512}
     * @param secret at least 32, 48 or 64 bytes, as many as the hash has (RFC 7518, section 3.2)
     * @throws TenancySetupException if it has fewer, or if the algorithm or the id will not do
     */
    public static TokenKey hmac(@Nullable String id, String algorithm, byte[] secret) {
        try {
            JwsAlgorithm name = JwsAlgorithm.named(algorithm);
            if (!name.type.equals("oct")) {
                throw new UnfitKeyException("its algorithm is none of HS256, HS384 and HS512");
            }
            if (secret.length < name.bytes) {
                throw new UnfitKeyException(
                        "it has " + secret.length + " bytes, but " + name + " needs " + name.bytes + " or more");
            }
            byte[] copy = secret.clone();
            return new TokenKey(id, name, name.withSecret(copy), copy, null, true);
        } catch (UnfitKeyException unfit) {
            throw new TenancySetupException(
                    "The secret " + Names.shown(id) + " that signs tokens is refused: " + unfit.getMessage() + ".",
                    "Make a good one with: openssl rand -base64 96");
        }
    }

    /**
     * A key in PEM: {@link #pem(String, String, String)} with RS256 for an RSA key, and with the algorithm that belongs to the
     * curve for a key on an elliptic curve.
     */
    public static TokenKey pem(@Nullable String id, String pem) {
        return read(id, null, pem);
    }

    /**
     * A key in PEM (RFC 7468): {@code PRIVATE KEY} (PKCS #8, not encrypted) signs and verifies; {@code PUBLIC KEY} and
     * {@code CERTIFICATE} verify. A public half beside a private one must belong to it. Of a certificate only the key counts,
     * neither its dates nor who issued it.
     *
     * @param id as tokens name it ({@code kid}), up to 255 characters; null if this is the only key of its algorithm
     * @param algorithm {@code RS256} to {@code RS512} or {@code PS256} to {@code PS512} for an RSA key of 2048 to 8192 bits;
     *     {@code ES256}, {@code ES384} or {@code ES512} for one on P-256, P-384 or P-521, in this order (RFC 7518, section 3.4)
     * @throws TenancySetupException if it is something else, with the command that converts it where there is one
     */
    public static TokenKey pem(@Nullable String id, String algorithm, String pem) {
        return read(id, algorithm, pem);
    }

    private static TokenKey read(@Nullable String id, @Nullable String algorithm, String pem) {
        try {
            return Pem.read(id, algorithm, pem);
        } catch (UnfitKeyException unfit) {
            throw new TenancySetupException(
                    "The key " + Names.shown(id) + " of tokens is refused: " + unfit.getMessage() + ".",
                    "Make a good one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256");
        }
    }

    /** @param algorithm null for RS256, or the one that belongs to the curve */
    static TokenKey of(
            @Nullable String id, @Nullable String algorithm, PublicKey publicHalf, @Nullable PrivateKey privateHalf)
            throws UnfitKeyException {
        JwsAlgorithm name;
        if (publicHalf instanceof RSAPublicKey rsa) {
            KeyStrength.check(rsa);
            name = algorithm == null ? JwsAlgorithm.RS256 : JwsAlgorithm.named(algorithm);
        } else if (publicHalf instanceof ECPublicKey ec) {
            JwsAlgorithm bound = JwsAlgorithm.ofCurve(ec.getParams());
            KeyStrength.check(ec, bound.parameters());
            name = algorithm == null ? bound : JwsAlgorithm.named(algorithm);
            if (name.type.equals("EC") && name != bound) {
                throw new UnfitKeyException("its algorithm does not belong to its curve");
            }
        } else {
            throw new UnfitKeyException("it is neither an RSA key nor one on an elliptic curve of RFC 7518");
        }
        if (!name.type.equals(publicHalf instanceof RSAPublicKey ? "RSA" : "EC")) {
            throw new UnfitKeyException("its algorithm is for another type of key");
        }
        TokenKey key = new TokenKey(
                id, name, name.with(publicHalf, privateHalf), publicHalf.getEncoded(), publicHalf, privateHalf != null);
        if (key.signs && !key.verifiesWhatItSigns()) {
            throw new UnfitKeyException("its private and its public half do not belong together");
        }
        return key;
    }

    private boolean verifiesWhatItSigns() {
        String empty = "e30";
        byte[] bytes = empty.getBytes(StandardCharsets.US_ASCII);
        try {
            String signature = Base64.getUrlEncoder().withoutPadding().encodeToString(algorithm.sign(bytes, bytes));
            algorithm.verify(new SignedText(empty, empty, signature));
            return true;
        } catch (SignatureGenerationException | JWTVerificationException mismatch) {
            return false;
        }
    }

    /** The key's id, as tokens name it ({@code kid}); null if it has none. */
    public @Nullable String id() {
        return id;
    }

    JwsAlgorithm name() {
        return name;
    }

    Algorithm algorithm() {
        return algorithm;
    }

    boolean signs() {
        return signs;
    }

    /** Null for a secret, which has none. */
    @Nullable PublicKey publicHalf() {
        return publicHalf;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof TokenKey key
                        && name == key.name
                        && signs == key.signs
                        && Objects.equals(id, key.id)
                        && MessageDigest.isEqual(verifying, key.verifying);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(verifying);
    }

    /** The id and the name of the algorithm, and nothing of the key. */
    @Override
    public String toString() {
        return "TokenKey[" + (id == null ? "" : id + " ") + name + "]";
    }
}
