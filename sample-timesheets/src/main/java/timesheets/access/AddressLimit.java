package timesheets.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
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
        String[] groups = address.split(":");
        return groups.length == 8 ? String.join(":", Arrays.copyOf(groups, 4)) : address;
    }
}
