package dev.tenancy.jwt;

import dev.tenancy.TenancySetupException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/**
 * Where an issuer publishes its keys, and how long to wait for and to trust what it says.
 *
 * @param uri the {@code jwks_uri} of the issuer: https, or http on this machine itself
 * @param timeout how long the whole answer may take, from 100 milliseconds to 30 seconds
 * @param old the age at which keys must be fetched again, from 10 seconds to an hour: for so long, at most, a key is accepted that
 *     its issuer has removed, as long as the address answers
 * @param outage the age to which keys are good while the address does not answer, from {@code old} to a day
 */
public record JwksAddress(URI uri, Duration timeout, Duration old, Duration outage) {

    /** @throws TenancySetupException if the address is not https, or a duration is out of its bounds */
    public JwksAddress {
        if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw refused("is no address of a host", uri);
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !(scheme.equals("http") && isThisMachine(uri.getHost()))) {
            throw refused("is not https", uri);
        }
        within("timeout", timeout, Duration.ofMillis(100), Duration.ofSeconds(30));
        within("age", old, Duration.ofSeconds(10), Duration.ofHours(1));
        within("outage", outage, old, Duration.ofDays(1));
    }

    /** An address with the usual times: 5 seconds for an answer, 5 minutes until keys are old, an hour in an outage. */
    public JwksAddress(URI uri) {
        this(uri, Duration.ofSeconds(5), Duration.ofMinutes(5), Duration.ofHours(1));
    }

    // By name and not by look-up: what a name server says must not decide.
    private static boolean isThisMachine(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.equals("[::1]")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    private static TenancySetupException refused(String fault, URI uri) {
        return new TenancySetupException(
                "The address of the keys of tokens, at host " + uri.getHost() + ", " + fault + ".",
                "Set it to the jwks_uri of your issuer, which begins with https: keys from elsewhere would let anybody in.");
    }

    private static void within(String setting, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new TenancySetupException(
                    "The " + setting + " of the address of the keys of tokens is " + value + ".",
                    "Set it to something from " + least + " to " + most + " (ISO 8601).");
        }
    }
}
