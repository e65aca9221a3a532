package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import dev.tenancy.spring.TenancyProperties.Resolve;
import dev.tenancy.spring.TenancyProperties.Resolve.Way;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** All ways to name a tenant, the application's own first. The first answer counts; nothing is tried after a rejection. */
final class TenantChain {

    /** Nothing says for which tenant the request is, and nothing that says it was refused. */
    static final class UndecidedException extends Problem.Refusal {

        private static final long serialVersionUID = 1L;

        UndecidedException(ProblemDetail problem) {
            super(problem, null);
        }
    }

    private final List<TenantResolver> ways;
    private final String howToName;

    private TenantChain(List<TenantResolver> ways, String howToName) {
        this.ways = ways;
        this.howToName = howToName;
    }

    static TenantChain of(Stream<TenantResolver> own, TenancyProperties properties, MembershipCache memberships) {
        List<Way> order = order(properties.resolve());
        String howToName = howToName(order, properties);
        Stream<TenantResolver> builtIn = order.stream().map(way -> switch (way) {
            case HEADER -> header(properties.header());
            case SUBDOMAIN ->
                TenantSubdomain.of(String.valueOf(properties.resolve().domain()));
            case PATH -> TenantPath.of(String.valueOf(properties.resolve().path()));
            case CLAIM -> claim(howToName);
            case DEFAULT -> preferred(memberships);
        });
        return new TenantChain(Stream.concat(own, builtIn).toList(), howToName);
    }

    private static List<Way> order(Resolve settings) {
        Set<Way> configured = EnumSet.allOf(Way.class);
        if (settings.domain() == null) {
            configured.remove(Way.SUBDOMAIN);
        }
        if (settings.path() == null) {
            configured.remove(Way.PATH);
        }
        List<Way> order = settings.order();
        if (order == null) {
            return List.copyOf(configured);
        }
        if (new HashSet<>(order).size() != order.size()) {
            throw new TenancySetupException(
                    "tenancy.resolve.order names a way twice: " + order + ".", "Name each way once.");
        }
        List<String> faults = new ArrayList<>();
        check(order, Way.SUBDOMAIN, "domain", settings.domain() != null, faults);
        check(order, Way.PATH, "path", settings.path() != null, faults);
        if (!faults.isEmpty()) {
            throw new TenancySetupException(
                    String.join(" ", faults),
                    "Set both or neither; without tenancy.resolve.order all that is set counts.");
        }
        return order;
    }

    private static void check(List<Way> order, Way way, String setting, boolean isSet, List<String> faults) {
        if (order.contains(way) != isSet) {
            faults.add("tenancy.resolve.order " + (isSet ? "does not name " : "names ") + way + ", but tenancy.resolve."
                    + setting + " is " + (isSet ? "" : "not ") + "set.");
        }
    }

    private static String howToName(List<Way> order, TenancyProperties properties) {
        List<String> hints = order.stream()
                .flatMap(way -> switch (way) {
                    case HEADER -> Stream.of("in the header " + properties.header());
                    case SUBDOMAIN ->
                        Stream.of("as the first part of the host name, in front of ."
                                + properties.resolve().domain());
                    case PATH ->
                        Stream.of("in the path, as in " + properties.resolve().path());
                    case CLAIM, DEFAULT -> Stream.<String>empty();
                })
                .toList();
        return "Name one by its id or slug "
                + (hints.isEmpty() ? "in the credential" : String.join(", or ", hints))
                + ".";
    }

    /**
     * The one tenant that the request is for.
     *
     * @throws UndecidedException if the request names none, or several of which it leaves the choice
     * @throws ErrorResponseException if the request names it wrongly
     */
    String resolve(HttpServletRequest request, TenantClaim claim) {
        for (TenantResolver way : ways) {
            String tenant = way.resolve(request, claim).tenant();
            if (tenant != null) {
                return tenant;
            }
        }
        throw new UndecidedException(problem("The request does not name one company. " + howToName));
    }

    static TenantResolver.Resolution reject(String detail) {
        return TenantResolver.Resolution.rejected(problem(detail));
    }

    private static ProblemDetail problem(String detail) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, detail);
    }

    private static TenantResolver header(String name) {
        return (request, claim) -> {
            List<String> named = Collections.list(request.getHeaders(name));
            if (named.isEmpty()) {
                return TenantResolver.Resolution.notApplicable();
            }
            if (named.size() > 1 || named.get(0).isBlank()) {
                return reject(
                        "The header " + name + " must be given once and name a company by its id or slug; or leave"
                                + " it out to act in the company of the credential.");
            }
            return TenantResolver.Resolution.resolved(named.get(0).strip());
        };
    }

    private static TenantResolver claim(String howToName) {
        return (request, claim) -> {
            List<String> named = claim.tenants();
            return switch (named.size()) {
                case 0 -> TenantResolver.Resolution.notApplicable();
                case 1 -> TenantResolver.Resolution.resolved(named.get(0));
                default ->
                    TenantResolver.Resolution.undecided(problem(
                            "The credential names several companies, and none is picked for you. " + howToName));
            };
        };
    }

    private static TenantResolver preferred(MembershipCache memberships) {
        return (request, claim) -> memberships
                .preferred(claim.userId())
                .map(TenantResolver.Resolution::resolved)
                .orElseGet(TenantResolver.Resolution::notApplicable);
    }
}
