package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tenancy.TenancySetupException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteKeysTest {

    private static final TokenKey OLD = TokenKey.pem("old", Keys.privatePem(Keys.ec("secp256r1")));
    private static final TokenKey NEW = TokenKey.pem("new", Keys.privatePem(Keys.ec("secp256r1")));

    private interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Answer answer = publishing(OLD);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/jwks", exchange -> {
            requests.incrementAndGet();
            try (exchange) {
                answer.to(exchange);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private static Answer publishing(TokenKey... keys) {
        return answering(200, Keys.jwks(keys));
    }

    private static Answer answering(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    private RemoteKeys keys() {
        return keys(nanos::get);
    }

    private RemoteKeys keys(LongSupplier time) {
        return keys(time, Duration.ofSeconds(20));
    }

    private RemoteKeys keys(LongSupplier time, Duration timeout) {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks");
        return new RemoteKeys(new JwksAddress(uri, timeout, Duration.ofMinutes(5), Duration.ofHours(1)), time);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** What runs in the background needs a moment. */
    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(5);
        }
    }

    @Test
    void tokensOfTheIssuerAreVerifiedAndTheKeysFetchedOnce() {
        TokenVerifier verifier = new TokenVerifier(keys(), Keys.SETTINGS);
        for (int i = 0; i < 5; i++) {
            assertThat(Keys.isGood(verifier, Keys.token(OLD))).isTrue();
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void manyThreadsAtAColdStartMakeOneRequest() throws Exception {
        RemoteKeys keys = keys();
        List<Future<TokenKey>> found = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            found.add(threads.submit(() -> keys.find("old", "ES256")));
        }
        for (Future<TokenKey> one : found) {
            assertThat(one.get()).isNotNull();
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void keysAreFetchedInTheBackgroundBeforeTheyAreOld() throws Exception {
        RemoteKeys keys = keys();
        assertThat(keys.find("old", "ES256")).isNotNull();
        pass(Duration.ofMinutes(4));
        CountDownLatch slow = new CountDownLatch(1);
        answer = exchange -> {
            slow.await();
            publishing(NEW).to(exchange);
        };
        assertThat(keys.find("old", "ES256")).isNotNull();
        slow.countDown();
        eventually(() -> keys.find("new", "ES256") != null);
        assertThat(keys.find("old", "ES256")).isNull();
        assertThat(requests).hasValue(2);
    }

    @Test
    void aRemovedKeyIsNotAcceptedOnceTheKeysAreOld() {
        RemoteKeys keys = keys();
        TokenVerifier verifier = new TokenVerifier(keys, Keys.SETTINGS);
        String token = Keys.token(OLD);
        assertThat(Keys.isGood(verifier, token)).isTrue();
        answer = publishing(NEW);
        pass(Duration.ofMinutes(5));
        assertThat(Keys.isGood(verifier, token)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"keys\":[]}", "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"enc\"}]}", "{}"})
    void anAnswerWithoutAKeyThatCanBeUsedLeavesTheLastOnesAsAnOutageDoes(String set) throws Exception {
        RemoteKeys keys = keys();
        assertThat(keys.find("old", "ES256")).isNotNull();
        answer = answering(200, set);
        pass(Duration.ofMinutes(5));
        assertThat(keys.find("old", "ES256")).isNotNull();
        assertThat(keys.find("new", "ES256")).isNull();
        eventually(() -> requests.get() == 2);
        pass(Duration.ofMinutes(55));
        unavailable(keys);
        answer = publishing(NEW);
        pass(Duration.ofSeconds(2));
        assertThat(keys.find("new", "ES256")).isNotNull();
        assertThat(keys.find("old", "ES256")).isNull();
    }

    @Test
    void anUnknownIdHasTheKeysFetchedAtMostOnceASecond() {
        RemoteKeys keys = keys();
        assertThat(keys.find("old", "ES256")).isNotNull();
        answer = publishing(OLD, NEW);
        assertThat(keys.find("new", "ES256")).isNull();
        pass(Duration.ofSeconds(1));
        assertThat(keys.find("new", "ES256")).isNotNull();
        pass(Duration.ofMillis(999));
        for (int i = 0; i < 100; i++) {
            assertThat(keys.find("unknown" + i, "ES256")).isNull();
        }
        assertThat(requests).hasValue(2);
    }

    @Test
    void aKnownIdWithAnotherAlgorithmOrNoIdFetchesNothing() {
        RemoteKeys keys = keys();
        assertThat(keys.find("old", "ES256")).isNotNull();
        pass(Duration.ofSeconds(10));
        assertThat(keys.find("old", "RS256")).isNull();
        assertThat(keys.find(null, "RS256")).isNull();
        assertThat(requests).hasValue(1);
    }

    @Test
    void aFloodOfUnknownIdsDoesNotKeepARotatedKeyOut() throws Exception {
        RemoteKeys keys = keys(System::nanoTime);
        TokenVerifier verifier = new TokenVerifier(keys, Keys.SETTINGS);
        assertThat(Keys.isGood(verifier, Keys.token(OLD))).isTrue();
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicLong flood = new AtomicLong();
        for (int i = 0; i < 4; i++) {
            threads.submit(() -> {
                while (!stopped.get()) {
                    keys.find("unknown" + flood.incrementAndGet(), "ES256");
                }
            });
        }
        Thread.sleep(1200);
        answer = publishing(NEW);
        long rotated = System.nanoTime();
        String token = Keys.token(NEW);
        eventually(() -> Keys.isGood(verifier, token));
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - rotated);
        stopped.set(true);
        assertThat(took).isLessThan(5000); // a second, and as long as a busy machine may dawdle
        assertThat(flood.get()).isGreaterThan(1000);
        assertThat(requests.get()).isBetween(2, 4 + (int) (took / 1000));
    }

    @Test
    void keysRotateUnderLoadWithoutAGoodTokenRefused() throws Exception {
        RemoteKeys keys = keys();
        TokenVerifier verifier = new TokenVerifier(keys, Keys.SETTINGS);
        String old = Keys.token(OLD);
        String fresh = Keys.token(NEW);
        AtomicBoolean oldIsGood = new AtomicBoolean(true);
        AtomicBoolean newIsGood = new AtomicBoolean();
        AtomicBoolean stopped = new AtomicBoolean();
        List<Future<Integer>> load = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            load.add(threads.submit(() -> {
                int wrong = 0;
                while (!stopped.get()) {
                    wrong += oldIsGood.get() && !Keys.isGood(verifier, old) && oldIsGood.get() ? 1 : 0;
                    wrong += newIsGood.get() && !Keys.isGood(verifier, fresh) ? 1 : 0;
                }
                return wrong;
            }));
        }
        Thread.sleep(200);
        answer = publishing(OLD, NEW);
        pass(Duration.ofMinutes(4));
        eventually(() -> Keys.isGood(verifier, fresh));
        newIsGood.set(true);
        Thread.sleep(200);
        oldIsGood.set(false);
        answer = publishing(NEW);
        pass(Duration.ofMinutes(5));
        assertThat(Keys.isGood(verifier, old)).isFalse();
        for (int i = 0; i < 200; i++) {
            assertThat(Keys.isGood(verifier, old)).isFalse();
        }
        stopped.set(true);
        for (Future<Integer> one : load) {
            assertThat(one.get()).isZero();
        }
    }

    @Test
    void inAnOutageTheLastKeysAreGoodForAnHourAndNotLonger() throws Exception {
        RemoteKeys keys = keys();
        assertThat(keys.find("old", "ES256")).isNotNull();
        answer = answering(503, "");
        pass(Duration.ofMinutes(5));
        assertThat(keys.find("old", "ES256")).isNotNull();
        pass(Duration.ofMinutes(55).minusNanos(1));
        assertThat(keys.find("old", "ES256")).isNotNull();
        eventually(() -> requests.get() == 3);
        pass(Duration.ofNanos(1));
        assertThatExceptionOfType(KeysUnavailableException.class)
                .isThrownBy(() -> keys.find("old", "ES256"))
                .withMessageContaining("127.0.0.1");
        answer = publishing(OLD);
        pass(Duration.ofSeconds(2));
        assertThat(keys.find("old", "ES256")).isNotNull();
    }

    @Test
    void failuresAreFollowedByPausesOfSecondsHoweverLongTheOutage() throws Exception {
        answer = answering(500, "");
        RemoteKeys keys = keys();
        unavailable(keys);
        int expected = 1;
        for (int pause : new int[] {1, 2, 2, 2, 2, 2, 2}) {
            pass(Duration.ofSeconds(pause).minusNanos(1));
            unavailable(keys);
            assertThat(requests).hasValue(expected);
            pass(Duration.ofNanos(1));
            unavailable(keys);
            expected++;
            assertThat(requests).hasValue(expected);
        }
    }

    private static void unavailable(RemoteKeys keys) {
        assertThatExceptionOfType(KeysUnavailableException.class).isThrownBy(() -> keys.find("old", "ES256"));
    }

    @Test
    void theVerifierPassesOnThatNobodyCanTell() {
        answer = answering(500, "");
        TokenVerifier verifier = new TokenVerifier(keys(), Keys.SETTINGS);
        assertThatExceptionOfType(KeysUnavailableException.class).isThrownBy(() -> verifier.verify(Keys.token(OLD)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "redirect", "html", "large", "endless", "silent", "drip"})
    void anAnswerThatWillNotDoGivesNoKeysAndTakesNoLongerThanItMay(String kind) {
        answer = switch (kind) {
            case "status" -> answering(404, Keys.jwks(OLD));
            case "redirect" ->
                exchange -> {
                    if (exchange.getRequestURI().getQuery() == null) {
                        exchange.getResponseHeaders().set("Location", "/jwks?other");
                        exchange.sendResponseHeaders(302, -1);
                    } else {
                        publishing(OLD).to(exchange);
                    }
                };
            case "html" -> answering(200, "<html>");
            case "large" -> answering(200, Keys.jwks(OLD) + " ".repeat(600_000));
            case "endless" -> exchange -> writeForEver(exchange, 10_000, 0);
            case "silent" -> exchange -> over.await();
            default -> exchange -> writeForEver(exchange, 1, 50);
        };
        long before = System.nanoTime();
        RemoteKeys keys = keys(nanos::get, Duration.ofSeconds(1));
        unavailable(keys);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before)).isLessThan(5000);
        assertThat(requests).hasValue(1);
        answer = publishing(OLD);
        pass(Duration.ofSeconds(1));
        assertThat(keys.find("old", "ES256")).isNotNull();
    }

    private void writeForEver(HttpExchange exchange, int bytes, long pause) throws IOException, InterruptedException {
        exchange.sendResponseHeaders(200, 0);
        OutputStream body = exchange.getResponseBody();
        while (!over.await(pause, TimeUnit.MILLISECONDS)) {
            body.write(" ".repeat(bytes).getBytes(StandardCharsets.US_ASCII));
            body.flush();
        }
    }

    @Test
    void anAddressThatNobodyListensAtIsUnavailable() {
        RemoteKeys keys = keys();
        server.stop(0);
        unavailable(keys);
    }

    @Test
    void suchKeysNeitherSignNorAreOursToPublish() {
        RemoteKeys keys = keys();
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(keys::signing)
                .withMessageContaining("public halves");
        assertThat(keys.publicKeys()).isEqualTo("{\"keys\":[]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://issuer.test/jwks",
                "http://localhost.issuer.test/jwks",
                "http://127.0.0.1.issuer.test/jwks",
                "http://10.0.0.1/jwks",
                "ftp://localhost/jwks",
                "https://user:password@issuer.test/jwks",
                "/jwks",
                "file:/etc/passwd",
            })
    void anAddressThatAnybodyCouldAnswerForIsRefused(String uri) {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> new JwksAddress(URI.create(uri)))
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("password"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://issuer.test/jwks", "http://localhost:1/jwks", "http://127.0.0.9/", "http://[::1]/"})
    void httpsAndThisMachineAreGoodAddresses(String uri) {
        assertThat(new JwksAddress(URI.create(uri)).old()).hasMinutes(5);
        assertThat(TokenKeys.remote(URI.create(uri))).isNotNull();
    }

    @Test
    void timesOutOfTheirBoundsAreRefused() {
        URI uri = URI.create("https://issuer.test/jwks");
        Duration second = Duration.ofSeconds(1);
        Duration minute = Duration.ofMinutes(1);
        for (Duration[] wrong : new Duration[][] {
            {Duration.ZERO, minute, minute},
            {Duration.ofSeconds(31), minute, minute},
            {second, second, minute},
            {second, Duration.ofMinutes(61), Duration.ofHours(2)},
            {second, minute, Duration.ofSeconds(59)},
            {second, minute, Duration.ofHours(25)},
        }) {
            assertThatExceptionOfType(TenancySetupException.class)
                    .isThrownBy(() -> new JwksAddress(uri, wrong[0], wrong[1], wrong[2]));
        }
    }
}
