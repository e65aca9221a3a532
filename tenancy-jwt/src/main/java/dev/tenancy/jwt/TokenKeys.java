package dev.tenancy.jwt;

import dev.tenancy.TenancySetupException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys that are good at the moment. Thread-safe; which keys those are may change from call to call. */
public interface TokenKeys {

    /**
     * The key that a token has to be signed with.
     *
     * @param id the id in the token's header ({@code kid}); null if it names none, for which only a lone key will do. A key without
     *     an id fits any id
     * @param algorithm the algorithm in the token's header ({@code alg})
     * @return null if there is no such key
     */
    @Nullable TokenKey find(@Nullable String id, String algorithm);

    /**
     * The key that new tokens are signed with.
     *
     * @throws TenancySetupException if none of the keys can sign
     */
    TokenKey signing();

    /** Always the same keys; the first one that can signs new tokens. */
    static TokenKeys of(TokenKey... keys) {
        List<TokenKey> all = List.of(keys);
        return new TokenKeys() {
            @Override
            public @Nullable TokenKey find(@Nullable String id, String algorithm) {
                List<TokenKey> fitting = all.stream()
                        .filter(key -> key.algorithm().getName().equals(algorithm))
                        .filter(key -> id == null || key.id() == null || id.equals(key.id()))
                        .toList();
                return fitting.size() == 1 ? fitting.get(0) : null;
            }

            @Override
            public TokenKey signing() {
                return all.get(0);
            }
        };
    }
}
