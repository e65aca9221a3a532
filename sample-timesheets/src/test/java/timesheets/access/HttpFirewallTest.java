package timesheets.access;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/** The sample's firewall refuses what Spring Security's refuses: signs of all kinds, in a header's name and in its value. */
class HttpFirewallTest {

    private final HttpFirewall ours = new AccessConfiguration().httpFirewall();
    private final HttpFirewall springs = new StrictHttpFirewall();

    @Test
    void refusesTheSameSigns() {
        assertThat(IntStream.rangeClosed(0, 0x2FFF)
                        .mapToObj(sign -> "before" + Character.toString(sign) + "behind")
                        .filter(text -> !answers(ours, text).equals(answers(springs, text))))
                .isEmpty();
        assertThat(answers(ours, "plain")).isEqualTo("name passes, value passes");
        assertThat(answers(ours, "a\tb")).isEqualTo("name refused, value passes");
        assertThat(answers(ours, "a\nb")).isEqualTo("name refused, value refused");
        assertThat(answers(ours, "")).isEqualTo(answers(springs, ""));
    }

    private static String answers(HttpFirewall firewall, String text) {
        HttpServletRequest request = firewall.getFirewalledRequest(new MockHttpServletRequest("GET", "/") {
            @Override
            public String getHeader(String name) {
                return name.equals("value") ? text : null;
            }
        });
        return "name " + (passes(() -> request.getHeader(text)) ? "passes" : "refused") + ", value "
                + (passes(() -> request.getHeader("value")) ? "passes" : "refused");
    }

    private static boolean passes(Runnable read) {
        try {
            read.run();
            return true;
        } catch (RequestRejectedException refused) {
            return false;
        }
    }
}
