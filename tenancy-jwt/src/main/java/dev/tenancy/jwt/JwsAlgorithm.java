package dev.tenancy.jwt;

import com.auth0.jwt.algorithms.Algorithm;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import org.jspecify.annotations.Nullable;

/** The algorithms that are good here (RFC 7518, section 3.1): all of its signatures but {@code none}. */
enum JwsAlgorithm {
    HS256("oct", 32),
    HS384("oct", 48),
    HS512("oct", 64),
    RS256("RSA", 0),
    RS384("RSA", 0),
    RS512("RSA", 0),
    PS256("RSA", 0),
    PS384("RSA", 0),
    PS512("RSA", 0),
    ES256("EC", "P-256", "secp256r1", 32),
    ES384("EC", "P-384", "secp384r1", 48),
    ES512("EC", "P-521", "secp521r1", 66);

    /** The type of the keys ({@code kty}). */
    final String type;

    /** How many bytes a secret must have at least, or a coordinate has exactly. */
    final int bytes;

    /** What RFC 7518 calls the curve; empty if there is none. */
    final String curve;

    private final @Nullable ECParameterSpec parameters;

    JwsAlgorithm(String type, int bytes) {
        this.type = type;
        this.bytes = bytes;
        this.curve = "";
        this.parameters = null;
    }

    JwsAlgorithm(String type, String curve, String name, int bytes) {
        this.type = type;
        this.bytes = bytes;
        this.curve = curve;
        try {
            AlgorithmParameters found = AlgorithmParameters.getInstance("EC");
            found.init(new ECGenParameterSpec(name));
            this.parameters = found.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("This Java does not know the curve " + name + ".", missing);
        }
    }

    static JwsAlgorithm named(String name) throws UnfitKeyException {
        for (JwsAlgorithm one : values()) {
            if (one.name().equals(name)) {
                return one;
            }
        }
        throw new UnfitKeyException("its algorithm is none of HS, RS, PS or ES at 256, 384 or 512");
    }

    static JwsAlgorithm ofCurve(String curve) throws UnfitKeyException {
        for (JwsAlgorithm one : values()) {
            if (one.type.equals("EC") && one.curve.equals(curve)) {
                return one;
            }
        }
        throw new UnfitKeyException("its curve is none of P-256, P-384 and P-521");
    }

    static JwsAlgorithm ofCurve(ECParameterSpec curve) throws UnfitKeyException {
        for (JwsAlgorithm one : values()) {
            ECParameterSpec known = one.parameters;
            if (known != null
                    && known.getCurve().equals(curve.getCurve())
                    && known.getGenerator().equals(curve.getGenerator())
                    && known.getOrder().equals(curve.getOrder())
                    && known.getCofactor() == curve.getCofactor()) {
                return one;
            }
        }
        throw new UnfitKeyException("its curve is none of P-256, P-384 and P-521");
    }

    ECParameterSpec parameters() {
        if (parameters == null) {
            throw new IllegalStateException(this + " has no curve.");
        }
        return parameters;
    }

    Algorithm withSecret(byte[] secret) {
        return switch (this) {
            case HS256 -> Algorithm.HMAC256(secret);
            case HS384 -> Algorithm.HMAC384(secret);
            case HS512 -> Algorithm.HMAC512(secret);
            default -> throw new IllegalStateException(this + " takes no secret.");
        };
    }

    @SuppressWarnings("NullAway") // java-jwt takes null for a private half that is not there
    Algorithm with(PublicKey publicHalf, @Nullable PrivateKey privateHalf) {
        return switch (this) {
            case RS256 -> Algorithm.RSA256((RSAPublicKey) publicHalf, (RSAPrivateKey) privateHalf);
            case RS384 -> Algorithm.RSA384((RSAPublicKey) publicHalf, (RSAPrivateKey) privateHalf);
            case RS512 -> Algorithm.RSA512((RSAPublicKey) publicHalf, (RSAPrivateKey) privateHalf);
            case PS256 -> Algorithm.RSA256PSS((RSAPublicKey) publicHalf, (RSAPrivateKey) privateHalf);
            case PS384 -> Algorithm.RSA384PSS((RSAPublicKey) publicHalf, (RSAPrivateKey) privateHalf);
            case PS512 -> Algorithm.RSA512PSS((RSAPublicKey) publicHalf, (RSAPrivateKey) privateHalf);
            case ES256 -> Algorithm.ECDSA256((ECPublicKey) publicHalf, (ECPrivateKey) privateHalf);
            case ES384 -> Algorithm.ECDSA384((ECPublicKey) publicHalf, (ECPrivateKey) privateHalf);
            case ES512 -> Algorithm.ECDSA512((ECPublicKey) publicHalf, (ECPrivateKey) privateHalf);
            default -> throw new IllegalStateException(this + " takes no pair of keys.");
        };
    }
}
