package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.jwt.TokenIssuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What becomes of tokens as time goes by: their own end, and the end of the key that signed them. */
class TokensOverTimeTest {

    private static final Instant ISSUED = Instant.parse("2026-11-25T12:00:00Z");

    @Test
    void aTokenIsGoodForFifteenMinutesAndItsLeeway() throws IOException {
        StoppedClock.now = ISSUED;
        try (ConfigurableApplicationContext application = TestApplication.start(StoppedClock.class)) {
            String token = application.getBean(TokenIssuer.class).issue("alice", "acme");
            RawHttp http = RawHttp.to(application);
            // Back and forth, since what is remembered of a token must count no longer than the token itself.
            long[][] edges = {
                {-31, 401},
                {0, 200},
                {930, 401},
                {-30, 200},
                {86_400, 401},
                {899, 200},
                {929, 200},
                {930, 401},
                {900, 200}
            };
            for (long[] edge : edges) {
                StoppedClock.now = ISSUED.plusSeconds(edge[0]);
                assertThat(status(http, token)).as(edge[0] + " seconds").isEqualTo((int) edge[1]);
            }
        }
    }

    @Test
    void aKeyIsRotatedWhileRequestsGoOn(@TempDir Path keys) throws Exception {
        KeyPair first = pair();
        KeyPair second = pair();
        write(keys.resolve("2026-01.pem"), first, true);
        ExecutorService callers = Executors.newFixedThreadPool(4);
        AtomicBoolean done = new AtomicBoolean();
        try (ConfigurableApplicationContext application = TestApplication.start(
                RequestTest.Handlers.class,
                "tenancy.jwt.secret=",
                "tenancy.jwt.keys=" + keys,
                "tenancy.jwt.reload=200ms")) {
            RawHttp http = RawHttp.to(application);
            TokenIssuer issuer = application.getBean(TokenIssuer.class);
            String old = issuer.issue("alice", "acme");
            List<Future<List<Integer>>> statuses = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                statuses.add(callers.submit(() -> {
                    List<Integer> seen = new ArrayList<>();
                    while (!done.get()) {
                        seen.add(status(http, issuer.issue("alice", "acme")));
                    }
                    return seen;
                }));
            }

            write(keys.resolve("2026-02.pem"), second, false);
            eventually(() -> published(http).contains("2026-02"));
            assertThat(header(issuer)).contains("2026-01");
            write(keys.resolve("2026-02.pem"), second, true);
            eventually(() -> header(issuer).contains("2026-02"));
            assertThat(status(http, old)).isEqualTo(200);
            Files.delete(keys.resolve("2026-01.pem"));
            eventually(() -> status(http, old) == 401);
            assertThat(published(http)).doesNotContain("2026-01").doesNotContain("\"d\"");

            Thread.sleep(300);
            done.set(true);
            for (Future<List<Integer>> seen : statuses) {
                assertThat(seen.get()).isNotEmpty().containsOnly(200);
            }
            assertThat(status(http, old)).isEqualTo(401);
        } finally {
            done.set(true);
            callers.shutdownNow();
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void eventually(Condition condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("within 20 seconds").isLessThan(end);
            Thread.sleep(20);
        }
    }

    private static int status(RawHttp http, String token) throws IOException {
        return http.get("/who", "Authorization: Bearer " + token).status();
    }

    private static String published(RawHttp http) throws IOException {
        return http.get("/.well-known/jwks.json").body();
    }

    private static String header(TokenIssuer issuer) {
        return new String(
                Base64.getUrlDecoder().decode(issuer.issue("alice", "acme").split("\\.")[0]));
    }

    private static KeyPair pair() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    // As a careful hand does it: a reader sees the old file or the new one, and never half of it.
    private static void write(Path file, KeyPair pair, boolean isPrivate) throws IOException {
        String kind = isPrivate ? "PRIVATE KEY" : "PUBLIC KEY";
        byte[] der =
                isPrivate ? pair.getPrivate().getEncoded() : pair.getPublic().getEncoded();
        Path beside = file.resolveSibling("." + file.getFileName());
        Files.writeString(
                beside,
                "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + kind
                        + "-----\n");
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Configuration(proxyBeanMethods = false)
    @Import(RequestTest.Handlers.class)
    static class StoppedClock {

        static volatile Instant now = ISSUED;

        @Bean
        Clock clock() {
            InstantSource source = () -> now;
            return source.withZone(ZoneOffset.UTC);
        }
    }
}
