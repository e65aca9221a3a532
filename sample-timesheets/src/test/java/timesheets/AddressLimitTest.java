package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import timesheets.Api.Answer;

/** A start of its own, where an address fails three times; no database has a say in it. */
@Import({Postbox.class, TestClock.class})
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"timesheets.limits.failures-per-address=3", "spring.datasource.url=jdbc:h2:mem:addresses"})
@DisabledIfSystemProperty(named = "timesheets.database", matches = "postgres")
class AddressLimitTest {

    @LocalServerPort
    private int port;

    @Autowired
    private TestClock clock;

    private Api anonymous;

    @BeforeEach
    void forgetTheLastTest() {
        anonymous = Api.anonymous(port);
        clock.forward(Duration.ofMinutes(15));
    }

    @ParameterizedTest
    @CsvSource({
        "/api/auth/login, 401",
        "/api/auth/refresh, 401",
        "/api/auth/registrations, 202",
        "/api/auth/registrations/complete, 401",
        "/api/auth/invitations/accept, 401",
        "/api/auth/switch, 403",
        "/api/auth/password, 403",
    })
    void theFourthCallThatFailsOrSendsMailIsRefused(String path, int status) {
        Api caller = path.matches(".*(switch|password)") ? anonymous.login("staff@acme.test") : anonymous;
        for (int i = 0; i < 3; i++) {
            assertThat(caller.post(path, body(path, i)).status()).isEqualTo(status);
        }
        Answer refused = caller.post(path, body(path, 3));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("300");
        assertThat(anonymous.loginAnswer("staff@acme.test", "demo-password").status())
                .isEqualTo(429);
        clock.forward(Duration.ofSeconds(300));
        assertThat(anonymous.loginAnswer("staff@acme.test", "demo-password").status())
                .isEqualTo(200);
    }

    private static Map<String, String> body(String path, int i) {
        String email = "somebody" + i + "@people.test";
        return switch (path.substring("/api/auth/".length())) {
            case "login" -> Map.of("email", email, "password", "wrong");
            case "refresh" -> Map.of("refreshToken", "unknown");
            case "registrations" -> Map.of("email", email, "company", "Fresh");
            case "switch" -> Map.of("tenant", "globex");
            case "password" -> Map.of("current", "wrong", "next", "another horse battery");
            default -> Map.of("token", "unknown", "name", "Nora", "password", "wrong");
        };
    }

    @Test
    void callsThatSucceedDoNotCount() {
        for (int i = 0; i < 5; i++) {
            assertThat(anonymous.loginAnswer("staff@acme.test", "demo-password").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aForwardedAddressIsNotBelievedUnlessTheSettingSaysSo() {
        for (int i = 0; i < 3; i++) {
            anonymous.withHeader("X-Forwarded-For", "192.0.2." + i).loginAnswer("nobody@people.test", "wrong");
        }
        assertThat(anonymous
                        .withHeader("X-Forwarded-For", "192.0.2.9")
                        .loginAnswer("nobody@people.test", "wrong")
                        .status())
                .isEqualTo(429);
    }
}
