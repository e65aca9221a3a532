package timesheets.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Limits the refused calls of one address. It is the address of the socket; behind a proxy, set Boot's
 * {@code server.forward-headers-strategy}, and only there: otherwise every caller would write an address of their choice into
 * the header.
 */
@Component
class AddressLimit implements HandlerInterceptor {

    private static final int IPV6 = 16;

    private final Attempts attempts;

    AddressLimit(Attempts attempts) {
        this.attempts = attempts;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        attempts.from(network(request.getRemoteAddr()));
        return true;
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        // 202 stands for a mail that went out: it counts, or one caller could have mails sent to everybody.
        if (response.getStatus() < 300 && response.getStatus() != HttpStatus.ACCEPTED.value()) {
            attempts.forgive(network(request.getRemoteAddr()));
        }
    }

    // Who has one IPv6 address has the 2^64 that begin alike (RFC 6177).
    static String network(String address) {
        if (!address.contains(":")) {
            return address;
        }
        try {
            // A literal, for which no name is looked up.
            byte[] octets = InetAddress.getByName(address).getAddress();
            return octets.length == IPV6 ? HexFormat.of().formatHex(octets, 0, IPV6 / 2) : address;
        } catch (UnknownHostException malformed) {
            return address;
        }
    }
}
