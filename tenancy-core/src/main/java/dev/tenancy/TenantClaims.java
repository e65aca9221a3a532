package dev.tenancy;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the claims of a token name the tenant: one claim of the application's own, or the layout of an identity provider.
 * Immutable.
 */
public final class TenantClaims {

    private final String claim;

    private TenantClaims(String claim) {
        this.claim = claim;
    }

    /** One claim that holds the tenant's id or slug, as text or as a whole number. */
    public static TenantClaims named(String claim) {
        return new TenantClaims(claim);
    }

    /**
     * The tenants that a token names: none if it has no such claim, and several where the provider names several.
     *
     * @param claims gives a claim by its name: null, or a {@link String}, {@link Number}, {@link Boolean}, {@link List} or
     *     {@link java.util.Map} of such
     * @throws IllegalArgumentException if the claim is there and has a type that it must not have; its message holds no value
     */
    public List<String> read(Function<String, @Nullable Object> claims) {
        Object value = claims.apply(claim);
        if (value == null) {
            return List.of();
        }
        return List.of(value.toString());
    }
}
