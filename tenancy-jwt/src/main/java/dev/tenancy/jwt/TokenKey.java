package dev.tenancy.jwt;

import com.auth0.jwt.algorithms.Algorithm;
import dev.tenancy.TenancySetupException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A key, and the one algorithm that it is used with: a token that names another is refused, so that no key can be made to serve
 * an algorithm it was not made for (RFC 8725, section 3.1). Thread-safe.
 */
public final class TokenKey {

    private static final int HS256_BYTES = 32;

    private final Algorithm algorithm;

    private TokenKey(Algorithm algorithm) {
        this.algorithm = algorithm;
    }

    /**
     * A secret that signs and verifies with HS256.
     *
     * @param secret at least 32 bytes in UTF-8, as many as the hash has (RFC 7518, section 3.2)
     * @throws TenancySetupException if it has fewer
     */
    public static TokenKey hmac(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < HS256_BYTES) {
            throw new TenancySetupException(
                    "The secret that signs tokens (tenancy.jwt.secret) has " + bytes.length + " bytes, but HS256 needs "
                            + HS256_BYTES + " or more.",
                    "Make a good one with: openssl rand -base64 48");
        }
        return new TokenKey(Algorithm.HMAC256(bytes));
    }

    /** The key's id, as tokens name it ({@code kid}); null if it has none. */
    public @Nullable String id() {
        return null;
    }

    Algorithm algorithm() {
        return algorithm;
    }

    /** The name of the algorithm, and nothing of the key. */
    @Override
    public String toString() {
        return "TokenKey[" + algorithm.getName() + "]";
    }
}
