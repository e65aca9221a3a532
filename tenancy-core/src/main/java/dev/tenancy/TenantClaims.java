package dev.tenancy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the claims of a token name the tenant: one claim of the application's own, or the layout of an identity provider.
 * Immutable.
 */
public final class TenantClaims {

    private static final int LONGEST_NAME = 255;
    // The last is of this library: the millisecond of iat.
    private static final Set<String> REGISTERED = Set.of("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "iat_ms");

    private static final SortedMap<String, Supplier<TenantClaims>> PRESETS = new TreeMap<>(Map.of(
            "auth0", TenantClaims::auth0,
            "clerk", TenantClaims::clerk,
            "keycloak", TenantClaims::keycloak,
            "supabase", TenantClaims::supabase,
            "workos", TenantClaims::workos));

    private final String name;
    private final Function<Function<String, @Nullable Object>, List<String>> layout;

    private TenantClaims(String name, Function<Function<String, @Nullable Object>, List<String>> layout) {
        this.name = name;
        this.layout = layout;
    }

    /**
     * One claim that holds the tenant's id or slug, as text or as a whole number.
     *
     * @throws TenancySetupException if its name is blank, one that RFC 7519, section 4.1, gives another meaning, or
     *     {@code user_metadata}
     */
    public static TenantClaims named(String claim) {
        checkClaim(claim);
        return new TenantClaims(claim, claims -> single(claims.apply(claim)));
    }

    /**
     * One member of a claim that is an object, such as {@code app_metadata} and {@code tenant_id}: the tenant's id or slug, as text
     * or as a whole number.
     *
     * @throws TenancySetupException if a name is blank, or the claim's is one that {@link #named} refuses
     */
    public static TenantClaims member(String claim, String member) {
        checkClaim(claim);
        checkFilled(member);
        return new TenantClaims(claim + "." + member, claims -> {
            Object object = claims.apply(claim);
            return object == null
                    ? List.of()
                    : single(object(object).get(member), object(object).containsKey(member));
        });
    }

    /** Auth0's Organizations: {@code org_id}. Their names ({@code org_name}) may be given away anew, and are not read. */
    public static TenantClaims auth0() {
        return new TenantClaims("auth0", claims -> single(claims.apply("org_id")));
    }

    /** WorkOS: {@code org_id}, the organization that was chosen at sign-in. */
    public static TenantClaims workos() {
        return new TenantClaims("workos", claims -> single(claims.apply("org_id")));
    }

    /** Clerk's active organization: {@code org_id} in session tokens of version 1, {@code id} in {@code o} in those of version 2. */
    public static TenantClaims clerk() {
        return new TenantClaims("clerk", claims -> {
            List<String> found = new ArrayList<>(single(claims.apply("org_id")));
            Object organization = claims.apply("o");
            if (organization != null) {
                found.addAll(single(object(organization).get("id"), true));
            }
            return found;
        });
    }

    /**
     * Keycloak's Organizations: {@code organization}, a list of aliases, or an object by alias. Where the mapper adds the ids they
     * are taken instead of the aliases, which can be changed. A token that was asked for with the scope {@code organization:*} names
     * all organizations of its user.
     */
    public static TenantClaims keycloak() {
        return new TenantClaims("keycloak", claims -> {
            Object organization = claims.apply("organization");
            List<String> found = new ArrayList<>();
            if (organization instanceof List<?> aliases) {
                aliases.forEach(alias -> found.add(text(alias)));
            } else if (organization instanceof Map<?, ?> byAlias) {
                byAlias.forEach((alias, details) -> found.add(
                        object(details).containsKey("id") ? text(object(details).get("id")) : text(alias)));
            } else if (organization != null) {
                found.add(text(organization));
            }
            return found;
        });
    }

    /**
     * Supabase has no organizations of its own; by custom the tenant is {@code tenant_id} in {@code app_metadata}, which only the
     * server can write. For another name there, take {@link #member}.
     */
    public static TenantClaims supabase() {
        return new TenantClaims("supabase", member("app_metadata", "tenant_id").layout);
    }

    /**
     * The layout of an identity provider, by its name in small letters.
     *
     * @throws TenancySetupException if there is none of this name
     */
    public static TenantClaims preset(String name) {
        Supplier<TenantClaims> found = PRESETS.get(name.toLowerCase(Locale.ROOT));
        if (found == null) {
            throw new TenancySetupException(
                    "There is no layout of tenant claims of the name " + name + ".",
                    "Take one of " + String.join(", ", PRESETS.keySet()) + ", or name the claim itself.");
        }
        return found.get();
    }

    /**
     * The tenants that a token names: none if it has no such claim, and several where the provider names several. No tenant is there
     * twice.
     *
     * @param claims gives a claim by its name: null, or a {@link String}, {@link Number}, {@link Boolean}, {@link List} or
     *     {@link Map} of such
     * @throws IllegalArgumentException if the claim is there and has a type that it must not have; its message holds no value
     */
    public List<String> read(Function<String, @Nullable Object> claims) {
        List<String> found = layout.apply(claims);
        return found.size() < 2 ? found : found.stream().distinct().toList();
    }

    private static List<String> single(@Nullable Object value) {
        return single(value, value != null);
    }

    private static List<String> single(@Nullable Object value, boolean isThere) {
        if (!isThere) {
            return List.of();
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return List.of(value.toString());
        }
        if (value instanceof BigInteger number && number.bitLength() < Long.SIZE) {
            return List.of(number.toString());
        }
        return List.of(text(value));
    }

    private static Map<?, ?> object(@Nullable Object value) {
        if (value instanceof Map<?, ?> object) {
            return object;
        }
        throw new IllegalArgumentException("The tenant claim is refused: it is not an object where it has to be one.");
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String name && !name.isBlank() && name.length() <= LONGEST_NAME && isClean(name)) {
            return name;
        }
        throw new IllegalArgumentException("The tenant claim is refused: it is neither a name of up to " + LONGEST_NAME
                + " characters nor a whole number of 64 bits.");
    }

    /**
     * Half a surrogate pair is in no name: as UTF-8 it becomes a question mark, and so may another. Nor is a control character, at
     * which some databases cut a text.
     */
    private static boolean isClean(String name) {
        for (int i = 0; i < name.length(); i++) {
            char one = name.charAt(i);
            boolean isPair = Character.isHighSurrogate(one)
                    && i + 1 < name.length()
                    && Character.isLowSurrogate(name.charAt(i + 1));
            if (Character.isISOControl(one) || Character.isSurrogate(one) && !isPair) {
                return false;
            }
            i += isPair ? 1 : 0;
        }
        return true;
    }

    private static void checkClaim(String claim) {
        checkFilled(claim);
        if (REGISTERED.contains(claim)) {
            // As "sub", the tenant would take the place of the user.
            throw new TenancySetupException(
                    "The tenant claim of tokens is " + claim + ", which has another meaning in every token.",
                    "Set it to a name of its own, such as tenant_id.");
        }
        if (claim.equals("user_metadata")) {
            throw new TenancySetupException(
                    "The tenant claim of tokens is user_metadata, which users of Supabase write themselves.",
                    "Put the tenant into app_metadata, which only the server can write.");
        }
    }

    private static void checkFilled(String name) {
        if (name.isBlank()) {
            throw new TenancySetupException(
                    "The tenant claim of tokens is blank.",
                    "Set it to a name of your own; a token that carries another is refused.");
        }
    }

    @Override
    public String toString() {
        return "TenantClaims[" + name + "]";
    }
}
