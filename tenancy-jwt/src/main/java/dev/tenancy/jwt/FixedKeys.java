package dev.tenancy.jwt;

import dev.tenancy.TenancySetupException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys that never change. */
final class FixedKeys implements TokenKeys {

    private final List<TokenKey> keys;

    /** @throws TenancySetupException if two have the same id, or one has none beside another of its algorithm */
    FixedKeys(List<TokenKey> keys) {
        this.keys = List.copyOf(keys);
        Set<String> ids = new HashSet<>();
        for (TokenKey key : keys) {
            if (key.id() == null
                    && keys.stream().filter(one -> one.name() == key.name()).count() > 1) {
                throw new TenancySetupException(
                        "One of several " + key.name() + " keys of tokens has no id.",
                        "Give each an id: a token names its key by it (kid).");
            }
            if (key.id() != null && !ids.add(key.id())) {
                throw new TenancySetupException(
                        "Two keys of tokens have the id " + Names.shown(key.id()) + ".",
                        "Give each an id of its own: a token names its key by it (kid).");
            }
        }
    }

    @Override
    public @Nullable TokenKey find(@Nullable String id, String algorithm) {
        TokenKey found = null;
        for (TokenKey key : keys) {
            if (key.name().name().equals(algorithm) && (id == null || key.id() == null || id.equals(key.id()))) {
                if (found != null) {
                    return null;
                }
                found = key;
            }
        }
        return found;
    }

    boolean knows(String id) {
        return keys.stream().anyMatch(key -> id.equals(key.id()));
    }

    @Override
    public TokenKey signing() {
        return keys.stream()
                .filter(TokenKey::signs)
                .findFirst()
                .orElseThrow(() -> new TenancySetupException(
                        "None of the " + keys.size() + " key(s) of tokens can sign: they are public halves.",
                        "Add a private key or a secret, or leave the issuing to whoever has one."));
    }

    @Override
    public String publicKeys() {
        return JwkSet.write(keys);
    }
}
