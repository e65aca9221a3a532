package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.TenancySetupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFilesTest {

    private static final Duration RELOAD = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final TickingClock clock = new TickingClock();
    private final KeyPair first = Keys.ec("secp256r1");
    private final KeyPair second = Keys.ec("secp256r1");

    private TokenKeys keys() {
        return TokenKeys.files(List.of(folder), RELOAD, clock);
    }

    private void put(String name, String text) throws IOException {
        Path part = Files.writeString(folder.resolve("." + name + ".part"), text);
        Files.move(part, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void refused(Runnable keys, String... words) {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(keys::run)
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(words));
    }

    @Test
    void theNameOfAFileIsTheIdOfItsKeyAndTheLastPrivateOneSigns() throws IOException {
        put("2026-01.pem", Keys.privatePem(first));
        put("2026-02.secret", "\n" + RawToken.SECRET + "\n");
        put("2026-03.pem", Keys.publicPem(second));
        put("notes.txt", "nothing");
        put(".2026-04.pem", "hidden");
        TokenKeys keys = keys();
        assertThat(keys.find("2026-01", "ES256")).isNotNull();
        assertThat(keys.find("2026-02", "HS256"))
                .isEqualTo(TokenKey.hmac("2026-02", "HS256", RawToken.SECRET.getBytes(StandardCharsets.UTF_8)));
        assertThat(keys.find("2026-03", "ES256")).isNotNull();
        assertThat(keys.signing().id()).isEqualTo("2026-02");
    }

    @Test
    void aSingleFileWillDo() throws IOException {
        put("a.pem", Keys.privatePem(first));
        assertThat(TokenKeys.files(List.of(folder.resolve("a.pem")), RELOAD, clock)
                        .signing()
                        .id())
                .isEqualTo("a");
    }

    @Test
    void aBadFileIsRefusedAtStartByItsNameWithoutItsContent() throws IOException {
        refused(this::keys, "There is no key", folder.toString());
        put("a.pem", "top secret");
        refused(this::keys, "a.pem", "no complete block");
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(this::keys)
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("top secret"));
        put("a.pem", "x".repeat(64 * 1024 + 1));
        refused(this::keys, "a.pem", "larger than 65536");
        put("a.pem", Keys.publicPem(first));
        put("a.secret", RawToken.SECRET);
        refused(this::keys, "have the id \"a\"");
        put("a.secret", "short");
        refused(this::keys, "a.secret", "5 bytes");
        Files.write(folder.resolve("a.secret"), new byte[] {(byte) 0xff, 1, 2});
        refused(this::keys, "a.secret", "not text in UTF-8");
        refused(() -> TokenKeys.files(List.of(folder.resolve("missing.pem")), RELOAD, clock), "missing.pem", "read");
        refused(() -> TokenKeys.files(List.of(folder.resolve("a.txt")), RELOAD, clock), "a.txt", ".pem");
        refused(() -> TokenKeys.files(List.of(folder), Duration.ZERO, clock), "PT0S");
    }

    @Test
    void aKeyIsAddedAndRemovedWithinTheStatedTime() throws IOException {
        put("a.pem", Keys.privatePem(first));
        TokenKeys keys = keys();
        put("b.pem", Keys.publicPem(second));
        clock.pass(RELOAD.minusNanos(1));
        assertThat(keys.find("b", "ES256")).isNull();
        clock.pass(Duration.ofNanos(1));
        assertThat(keys.find("b", "ES256")).isNotNull();
        assertThat(keys.signing().id()).isEqualTo("a");
        put("b.pem", Keys.privatePem(second));
        clock.pass(RELOAD);
        assertThat(keys.signing().id()).isEqualTo("b");
        Files.delete(folder.resolve("a.pem"));
        clock.pass(RELOAD);
        assertThat(keys.find("a", "ES256")).isNull();
    }

    @Test
    void aKeyOfTheSameSizeAndDateIsSeen() throws IOException {
        put("a.pem", Keys.publicPem(first));
        FileTime date = Files.getLastModifiedTime(folder.resolve("a.pem"));
        TokenKeys keys = keys();
        TokenKey before = keys.find("a", "ES256");
        Files.writeString(folder.resolve("a.pem"), Keys.publicPem(second));
        Files.setLastModifiedTime(folder.resolve("a.pem"), date);
        clock.pass(RELOAD);
        assertThat(keys.find("a", "ES256")).isNotNull().isNotEqualTo(before);
    }

    @Test
    void aFileThatGoesBadLaterLeavesTheKeysAsTheyWereUntilItIsMended() throws IOException {
        put("a.pem", Keys.privatePem(first));
        TokenKeys keys = keys();
        put("a.pem", "broken");
        put("b.pem", Keys.publicPem(second));
        clock.pass(RELOAD);
        assertThat(keys.find("a", "ES256")).isNotNull();
        assertThat(keys.find("b", "ES256")).isNull();
        put("a.pem", Keys.publicPem(first));
        clock.pass(RELOAD);
        assertThat(keys.find("b", "ES256")).isNotNull();
    }

    @Test
    void aClockThatIsSetBackDelaysNothing() throws IOException {
        put("a.pem", Keys.privatePem(first));
        TokenKeys keys = keys();
        Files.move(folder.resolve("a.pem"), folder.resolve("b.pem"));
        clock.pass(Duration.ofHours(-1));
        assertThat(keys.find("a", "ES256")).isNull();
    }

    @Test
    void aFolderOfKubernetesIsReadThroughItsLinks() throws IOException {
        Path old = Files.createDirectory(folder.resolve("..2026_01"));
        Files.writeString(old.resolve("a.pem"), Keys.privatePem(first));
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_01"));
        Files.createSymbolicLink(folder.resolve("a.pem"), Path.of("..data", "a.pem"));
        TokenKeys keys = keys();
        TokenKey before = keys.find("a", "ES256");
        Path fresh = Files.createDirectory(folder.resolve("..2026_02"));
        Files.writeString(fresh.resolve("a.pem"), Keys.privatePem(second));
        Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2026_02"));
        Files.move(folder.resolve("..data_tmp"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        clock.pass(RELOAD);
        assertThat(before).isNotNull();
        assertThat(keys.find("a", "ES256")).isNotNull().isNotEqualTo(before);
    }

    @Test
    void keysRotateUnderLoadAndNoGoodTokenIsRefused() throws Exception {
        put("k00.pem", Keys.privatePem(first));
        TokenKeys keys = TokenKeys.files(List.of(folder), Duration.ofMillis(20), Clock.systemUTC());
        TokenVerifier verifier = new TokenVerifier(keys, Keys.SETTINGS);
        TokenIssuer issuer = new TokenIssuer(keys, Keys.SETTINGS);
        AtomicReference<String> token = new AtomicReference<>(issuer.issue("alice", "acme"));
        AtomicBoolean over = new AtomicBoolean();
        AtomicLongArray rounds = new AtomicLongArray(4);
        ExecutorService threads = Executors.newFixedThreadPool(rounds.length());
        List<Future<?>> load = new ArrayList<>();
        for (int i = 0; i < rounds.length(); i++) {
            int mine = i;
            load.add(threads.submit(() -> {
                while (!over.get()) {
                    verifier.verify(issuer.issue("alice", "acme"));
                    verifier.verify(token.get());
                    rounds.incrementAndGet(mine);
                }
            }));
        }
        try {
            for (int round = 1; round <= 8; round++) {
                String id = "k0" + round;
                KeyPair pair = Keys.ec("secp256r1");
                put(id + ".pem", Keys.publicPem(pair));
                eventually(() -> keys.find(id, "ES256") != null);
                put(id + ".pem", Keys.privatePem(pair));
                eventually(() -> id.equals(keys.signing().id()));
                String old = token.getAndSet(issuer.issue("alice", "acme"));
                for (int i = 0; i < rounds.length(); i++) { // until nobody holds a token of the old key any more
                    int thread = i;
                    long before = rounds.get(i);
                    eventually(() -> rounds.get(thread) > before + 1);
                }
                Files.delete(folder.resolve("k0" + (round - 1) + ".pem"));
                eventually(() -> !Keys.isGood(verifier, old));
                assertThat(Keys.isGood(verifier, old)).isFalse();
            }
        } finally {
            over.set(true);
            threads.shutdown();
        }
        for (Future<?> one : load) {
            one.get(); // fails if a verification has failed
        }
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(1);
        }
    }
}
