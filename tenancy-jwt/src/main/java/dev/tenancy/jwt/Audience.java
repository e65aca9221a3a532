package dev.tenancy.jwt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tenancy.TenancySetupException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a token shows that it is meant for this application, and was not handed to another one that trusts the same issuer
 * (RFC 8725, section 3.9). Immutable.
 */
public final class Audience {

    private final @Nullable String name;
    private final @Nullable Set<String> parties;

    private Audience(@Nullable String name, @Nullable Set<String> parties) {
        this.name = name;
        this.parties = parties;
    }

    /**
     * By the claim {@code aud}: this name, or a list with it. What to take wherever the issuer can be told to set it.
     *
     * @throws TenancySetupException if the name is blank
     */
    public static Audience named(String name) {
        TokenSettings.filled("audience", name);
        return new Audience(name, null);
    }

    /**
     * By the claim {@code azp} alone, for an issuer whose tokens say for whom they were made but carry no {@code aud}, as those of
     * Clerk do. A token without the claim is refused, and so is one with an {@code aud}: nothing here could answer to it (RFC 7519,
     * section 4.1.3).
     *
     * @param parties the origins or client ids that are ours
     * @throws TenancySetupException if there is none, or one is blank
     */
    public static Audience parties(String... parties) {
        if (parties.length == 0) {
            throw new TenancySetupException(
                    "The authorized parties of tokens (azp) are none.",
                    "List the origins or client ids of your own front ends.");
        }
        for (String party : parties) {
            TokenSettings.filled("authorized party (azp)", party);
        }
        return new Audience(null, Set.of(parties));
    }

    /**
     * By the issuer alone, for one that serves this application and no other, as the access tokens of WorkOS with its standard
     * settings do. Say so only if it is true: a token made for another application of the same issuer would be accepted. A token
     * with an {@code aud} is refused.
     */
    public static Audience issuerServesUsAlone() {
        return new Audience(null, null);
    }

    /** The value for {@code aud} of tokens of our own. */
    String name() {
        if (name == null) {
            throw new TenancySetupException(
                    "Tokens cannot be issued without an audience.",
                    "Set one: only tokens of another issuer can be told by authorized parties or by their issuer alone.");
        }
        return name;
    }

    void check(ObjectNode payload) {
        JsonNode audience = payload.path("aud");
        if (name != null) {
            if (!isFor(name, audience)) {
                throw new InvalidTokenException("it is for another audience (aud)");
            }
        } else if (!audience.isMissingNode()) {
            throw new InvalidTokenException("it is for an audience (aud), and none is set here");
        } else if (parties != null
                && !parties.contains(String.valueOf(payload.path("azp").textValue()))) {
            throw new InvalidTokenException("it was made for another party (azp)");
        }
    }

    private static boolean isFor(String name, JsonNode audience) {
        if (!audience.isArray()) {
            return name.equals(audience.textValue());
        }
        boolean found = false;
        for (JsonNode one : audience) {
            if (!one.isTextual()) {
                return false;
            }
            found |= name.equals(one.textValue());
        }
        return found;
    }
}
