package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings under {@code tenancy}.
 *
 * @param roles The roles of members, from the highest to the lowest; a role may do what the roles below it may. A hierarchy that
 *     branches takes a line for each branch.
 * @param header The request header that names one of the user's tenants, by id or slug, for one request.
 * @param open What may be called without a credential, as "METHOD /path"; everything else needs one. Paths may hold
 *     Spring's patterns.
 * @param operators The users who may call actuator's endpoints beyond the probes with a bearer token of tenancy-jwt, by their ids (the
 *     claim sub). They get the authority TENANCY_OPERATOR, which a role in a company never includes.
 * @param maxBodySize The largest body that is parsed (JSON, YAML), and the largest one of any type that is read of a caller without a
 *     credential, or by a filter before the credential is looked at; a larger one is answered 413.
 * @param claims Where tokens of another issuer name the tenant: auth0, clerk, keycloak, supabase, workos, or the name of a
 *     claim. Without it, the claim that tenancy.jwt.tenant-claim names.
 * @param resolve How a request names the tenant that it is for.
 * @param errors Who answers errors.
 * @param requests How many requests of one tenant are worked on at a time.
 * @param membershipCache How long an answer about a membership is kept, at most 1m; 0 keeps none. For so long a member who was
 *     removed elsewhere than on this node, or past the guarded data sources, can go on.
 * @param dataSources The data sources of the application; each is guarded without a setting.
 * @param session What browsers' sessions hold.
 * @param metrics What metrics tell of tenants.
 * @param globalEntities Entities of other libraries whose rows belong to no tenant: by class, or by package for all that are in it
 *     and below, each with the reason.
 * @param migrationScript A file to be written with the SQL of all that the start-up check finds the schema to lack, in the order in
 *     which it can run. Nothing is written if nothing is lacking.
 * @param jwt The tokens that this application issues and accepts.
 */
@ConfigurationProperties("tenancy")
public record TenancyProperties(
        @DefaultValue("OWNER > ADMIN > STAFF") String roles,
        @DefaultValue("X-Tenant-Id") String header,
        @DefaultValue List<String> open,
        @DefaultValue List<String> operators,
        @DefaultValue("256KB") DataSize maxBodySize,
        @Nullable String claims,
        @DefaultValue Resolve resolve,
        @DefaultValue Errors errors,
        @DefaultValue Requests requests,
        @DefaultValue("5s") Duration membershipCache,
        @DefaultValue DataSources dataSources,
        @DefaultValue Session session,
        @DefaultValue Metrics metrics,
        @DefaultValue Map<String, String> globalEntities,
        @Nullable Path migrationScript,
        @DefaultValue Jwt jwt) {

    /**
     * The settings under {@code tenancy.resolve}.
     *
     * @param order The ways in which a request may name its tenant, in the order in which they are tried. Without it: header,
     *     subdomain and path where they are set, claim, default.
     * @param domain The domain in front of which a host name has the tenant's slug: with app.example.com, acme.app.example.com is
     *     for acme. Without it host names tell no tenant.
     * @param path The pattern of paths that hold the tenant's id or slug, with {tenant} as a whole segment, for instance
     *     /t/{tenant}/**. Without it paths tell no tenant.
     * @param chooser The path of the page on which users choose their company, for instance /web/companies. A browser that asks for a
     *     page is sent there if it is not known which company its user acts for. Requests for it, and for what is below it, act for
     *     no company.
     */
    public record Resolve(
            @Nullable List<Way> order,
            @Nullable String domain,
            @Nullable String path,
            @Nullable String chooser) {

        /** A way in which a request names its tenant. */
        public enum Way {

            /** In the header that {@code tenancy.header} names. */
            HEADER,

            /** In front of the domain that {@code tenancy.resolve.domain} names. */
            SUBDOMAIN,

            /** In a segment of the path, as {@code tenancy.resolve.path} says. */
            PATH,

            /** In the credential. */
            CLAIM,

            /** Not at all: the user's default company, which {@link dev.tenancy.Memberships#preferred} knows. */
            DEFAULT
        }
    }

    /**
     * The settings under {@code tenancy.errors}.
     *
     * @param answerUnhandled Whether errors outside of the CRUD controllers are answered with problem details as well, where neither an
     *     advice, an annotation nor an error controller of the application answers them. Without it they are answered as without
     *     this library; browsers get the application's error page in any case.
     */
    public record Errors(@DefaultValue("false") boolean answerUnhandled) {}

    /**
     * The settings under {@code tenancy.requests}: what keeps the slow requests of one tenant from taking all threads, or all connections
     * of the pool, on this node.
     *
     * @param atOnce How many requests of one tenant are worked on at a time. Let the pool of connections have a few more, and no tenant
     *     keeps the others from theirs; 0 takes the bound away.
     * @param waiting How many more of one tenant may wait for their turn. Any other is answered 429 at once.
     * @param maxWait How long they wait, before they are answered 429 as well.
     */
    public record Requests(
            @DefaultValue("100") int atOnce,
            @DefaultValue("50") int waiting,
            @DefaultValue("2s") Duration maxWait) {}

    /**
     * The settings under {@code tenancy.data-sources}.
     *
     * @param unguarded The data sources that no tenant has a part in, and so have no guard: by the names of their beans, each with
     *     the reason. The application does not start if a table of an owned entity is there.
     */
    public record DataSources(@DefaultValue Map<String, String> unguarded) {}

    /**
     * The settings under {@code tenancy.metrics}.
     *
     * @param tenants How many tenants have a name in the tag tenancy.tenant of the metrics of requests: the busiest ones, all others are
     *     "other". Each name is a series more. Without it, or with 0, there is no such tag.
     */
    public record Metrics(@DefaultValue("0") int tenants) {}

    /**
     * The settings under {@code tenancy.session}.
     *
     * @param shared The attributes of a session that are the same in all companies of its user: by name, each with the reason; a bean of
     *     the scope session has the attribute scopedTarget.&lt;bean&gt;. Every other one belongs to the company in which it was set.
     */
    public record Session(@DefaultValue Map<String, String> shared) {

        Set<String> inAllTenants() {
            shared.forEach((name, reason) -> {
                if (reason.isBlank()) {
                    throw new TenancySetupException(
                            "tenancy.session.shared." + name
                                    + " gives no reason for an attribute that all companies share.",
                            "Say why its value belongs to none of them, or remove the setting.");
                }
            });
            return Set.copyOf(shared.keySet());
        }
    }

    /**
     * The settings under {@code tenancy.jwt}. Exactly one of secret, keys and jwks tells the keys; without any setting here no
     * token is issued or accepted.
     *
     * @param secret The secret that signs tokens with HS256: at least 32 bytes of UTF-8, for instance from
     *     "openssl rand -base64 48".
     * @param keys Files with keys, or folders of them: id.pem holds a private or a public key, id.secret a secret. The private key
     *     or secret whose id sorts last signs.
     * @param jwks The address of another issuer's keys (its jwks_uri). Tokens are verified with them; none is issued.
     * @param reload How soon changed files of keys are seen.
     * @param issuer The issuer (iss) of tokens.
     * @param audience The audience (aud) of tokens.
     * @param tenantClaim The claim that holds the tenant.
     * @param lifetime How long an access token is good for.
     * @param maxLifetime How long a token that is accepted may be good, from its issue (iat) to its end (exp). One that is good for
     *     longer is refused.
     * @param leeway How far the clocks of issuer and verifier may differ.
     */
    public record Jwt(
            @Nullable String secret,
            @DefaultValue List<Path> keys,
            @Nullable URI jwks,
            @DefaultValue("10s") Duration reload,
            @Nullable String issuer,
            @Nullable String audience,
            @DefaultValue("tenant_id") String tenantClaim,
            @DefaultValue("15m") Duration lifetime,
            @DefaultValue("24h") Duration maxLifetime,
            @DefaultValue("30s") Duration leeway) {}
}
