package timesheets;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.springframework.beans.factory.annotation.Autowired;
import timesheets.Api.Answer;

/** Companies and people that come and go: each test registers its own. */
abstract class AccessTest extends TimesheetsTest {

    static final String PASSWORD = "correct horse battery";

    @Autowired
    Postbox postbox;

    @Autowired
    TestClock clock;

    @AfterEach
    void letTheClockGoOn() {
        clock.goOn();
    }

    static String newEmail() {
        return UUID.randomUUID() + "@people.test";
    }

    /** The owner of a company of their own. */
    Api owner() {
        return owner(newEmail());
    }

    Api owner(String email) {
        anonymous.post("/api/auth/registrations", Map.of("email", email, "company", "Fresh & Co"));
        return loggedIn(complete(postbox.token(email), PASSWORD));
    }

    Answer complete(String token, String password) {
        return anonymous.post(
                "/api/auth/registrations/complete", Map.of("token", token, "name", "Nora New", "password", password));
    }

    /** Somebody new in a company. */
    Api join(Api inviting, String role) {
        return join(inviting, newEmail(), role);
    }

    Api join(Api inviting, String email, String role) {
        return loggedIn(accept(invite(inviting, email, role), PASSWORD));
    }

    /** The token in the mail. */
    String invite(Api inviting, String email, String role) {
        inviting.created("/api/invitations", Map.of("email", email, "role", role));
        return postbox.token(email);
    }

    Answer accept(String token, String password) {
        return anonymous.post(
                "/api/auth/invitations/accept", Map.of("token", token, "name", "Nora New", "password", password));
    }

    Answer refresh(String token) {
        return anonymous.post("/api/auth/refresh", Map.of("refreshToken", token));
    }

    Api loggedIn(Answer pair) {
        if (pair.status() != 200) {
            throw new AssertionError(pair.status() + " " + pair.body());
        }
        return anonymous.withToken(pair.text("accessToken"));
    }

    static String userId(Api api) {
        return api.get("/api/me").json().at("/user/id").asString();
    }

    static String company(Api api) {
        return api.get("/api/me").json().at("/tenant/id").asString();
    }

    static String member(Api api) {
        return "/api/members/" + userId(api);
    }

    /** The statuses of calls that begin at the same moment. */
    @SafeVarargs
    static List<Integer> atOnce(Callable<Answer>... calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(calls.length);
        try {
            CyclicBarrier start = new CyclicBarrier(calls.length);
            List<Future<Integer>> answers = new ArrayList<>();
            for (Callable<Answer> call : calls) {
                answers.add(threads.submit(() -> {
                    start.await();
                    return call.call().status();
                }));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : answers) {
                statuses.add(answer.get());
            }
            return statuses;
        } finally {
            threads.shutdown();
        }
    }
}
