package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import jakarta.servlet.http.HttpServletRequest;
import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tenant as the one label in front of a domain: {@code acme.app.example.com}. Names are compared in ASCII and without regard
 * to case (RFC 5890, section 2.3.2.4), a label of another script in its form {@code xn--…}.
 */
record TenantSubdomain(String domain) implements TenantResolver {

    private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern TENANT = Pattern.compile(LABEL);
    private static final Pattern DOMAIN = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
    private static final Pattern ASCII = Pattern.compile("\\p{ASCII}*");

    static TenantSubdomain of(String setting) {
        String domain = ascii(setting);
        if (domain == null || domain.length() > 253 || !DOMAIN.matcher(domain).matches()) {
            throw new TenancySetupException(
                    "tenancy.resolve.domain is \"" + setting + "\", which is no domain.",
                    "Write the domain that companies are in front of and nothing else, for instance app.example.com:"
                            + " no scheme, no port, no asterisk.");
        }
        return new TenantSubdomain(domain);
    }

    private static @Nullable String ascii(String setting) {
        try {
            return IDN.toASCII(setting.strip()).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException noDomain) {
            return null;
        }
    }

    @Override
    public Resolution resolve(HttpServletRequest request, TenantClaim claim) {
        String host = canonical(String.valueOf(request.getServerName()));
        if (!host.endsWith("." + domain)) {
            return Resolution.notApplicable();
        }
        String label = host.substring(0, host.length() - domain.length() - 1);
        return TENANT.matcher(label).matches()
                ? Resolution.resolved(label)
                : TenantChain.reject(
                        "The host name must have exactly one name in front of " + domain + ", the slug of a company.");
    }

    // Not lowered outside of ASCII: the Kelvin sign would become a k.
    private static String canonical(String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return ASCII.matcher(name).matches() ? name.toLowerCase(Locale.ROOT) : name;
    }
}
