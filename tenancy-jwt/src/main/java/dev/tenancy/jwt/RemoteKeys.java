package dev.tenancy.jwt;

import dev.tenancy.TenancySetupException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keys at an address. */
final class RemoteKeys implements TokenKeys {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteKeys.class);
    private static final int LARGEST = 512 * 1024;
    private static final long BETWEEN_UNKNOWN = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(2);
    private static final long BETWEEN_WARNINGS = TimeUnit.MINUTES.toNanos(1);

    private record Loaded(FixedKeys keys, long at) {}

    private final JwksAddress address;
    private final LongSupplier nanos; // not a clock: one that is set back would keep removed keys alive
    private final HttpClient client;
    /** How many threads may wait because of an unknown id: with a slow address, a flood of them would take all. */
    private final Semaphore unknown = new Semaphore(8);

    private volatile @Nullable Loaded loaded;

    private final Object lock = new Object();
    private @Nullable CompletableFuture<Void> running; // guarded by lock
    private int failures; // likewise
    private long notBefore; // likewise
    private List<String> faults = List.of(); // used by the one refresh that runs
    private @Nullable String told; // likewise: the failure in the last warning, null when all is well
    private long toldAt; // likewise

    RemoteKeys(JwksAddress address, LongSupplier nanos) {
        this.address = address;
        this.nanos = nanos;
        this.notBefore = nanos.getAsLong();
        this.client = HttpClient.newBuilder()
                .connectTimeout(address.timeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public @Nullable TokenKey find(@Nullable String id, String algorithm) {
        FixedKeys keys = current();
        TokenKey found = keys.find(id, algorithm);
        if (found != null || id == null || keys.knows(id) || !unknown.tryAcquire()) {
            return found;
        }
        try {
            await(refresh());
        } finally {
            unknown.release();
        }
        return current().find(id, algorithm);
    }

    @Override
    public TokenKey signing() {
        throw new TenancySetupException(
                "Tokens cannot be signed with the keys at " + address.uri().getHost() + ": they are public halves.",
                "Leave the issuing to that issuer, or set a key of your own.");
    }

    /** The keys, fetched anew when they are old; while that fails, the last ones as long as an outage may last. */
    private FixedKeys current() {
        Loaded now = loaded;
        long age = age(now);
        if (age >= address.old().toNanos() / 5 * 4) {
            CompletableFuture<Void> refresh = refresh();
            if (age >= address.outage().toNanos() || age >= address.old().toNanos() && !isFailing()) {
                await(refresh);
                now = loaded;
            }
        }
        if (now == null || age(now) >= address.outage().toNanos()) {
            throw new KeysUnavailableException(address.uri().getHost());
        }
        return now.keys();
    }

    private long age(@Nullable Loaded one) {
        return one == null ? Long.MAX_VALUE : nanos.getAsLong() - one.at();
    }

    private boolean isFailing() {
        synchronized (lock) {
            return failures > 0;
        }
    }

    /** The fetching under way, or a new one; null if it is too early for that. */
    private @Nullable CompletableFuture<Void> refresh() {
        synchronized (lock) {
            if (running != null) {
                return running;
            }
            if (nanos.getAsLong() - notBefore < 0) {
                return null;
            }
            CompletableFuture<Void> mine = new CompletableFuture<>();
            Thread thread = new Thread(() -> run(mine), "tenancy-jwks");
            thread.setDaemon(true);
            thread.start();
            running = mine; // not before: a thread that could not be started would never set it free
            return mine;
        }
    }

    private void run(CompletableFuture<Void> mine) {
        boolean good = false;
        try {
            long asked = nanos.getAsLong(); // before the answer: what it says may be as old as that
            loaded = new Loaded(fetched(), asked);
            good = true;
            tell(null);
        } catch (UnfitKeyException | IOException | RuntimeException fault) {
            // Messages of the client may quote the answer; those of UnfitKeyException do not.
            tell(
                    fault instanceof UnfitKeyException
                            ? String.valueOf(fault.getMessage())
                            : fault.getClass().getSimpleName());
        } finally {
            synchronized (lock) {
                failures = good ? 0 : Math.min(failures + 1, 10);
                notBefore = nanos.getAsLong()
                        + (good ? BETWEEN_UNKNOWN : Math.min(LONGEST_PAUSE, BETWEEN_UNKNOWN << (failures - 1)));
                running = null;
            }
            mine.complete(null);
        }
    }

    /** An outage is told when it begins and when it ends, and once a minute between. */
    private void tell(@Nullable String fault) {
        String host = address.uri().getHost();
        if (fault == null) {
            if (told != null) {
                LOG.info("The keys of tokens are fetched from {} again.", host);
            }
        } else if (fault.equals(told) && nanos.getAsLong() - toldAt < BETWEEN_WARNINGS) {
            LOG.debug("The keys of tokens could still not be fetched from {}.", host);
            return;
        } else {
            LOG.warn(
                    "The keys of tokens could not be fetched from {}: {}. Tokens are verified with the last ones for {} at most.",
                    host,
                    fault,
                    address.outage());
        }
        told = fault;
        toldAt = nanos.getAsLong();
    }

    private void await(@Nullable CompletableFuture<Void> refresh) {
        if (refresh == null) {
            return;
        }
        try {
            refresh.get(address.timeout().toNanos() * 2, TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException late) {
            // Whoever asked looks at the present keys, and refuses if there are none.
            LOG.debug("The keys of tokens are still being fetched.");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private FixedKeys fetched() throws UnfitKeyException, IOException {
        HttpRequest request = HttpRequest.newBuilder(address.uri())
                .header("Accept", "application/jwk-set+json, application/json")
                .timeout(address.timeout())
                .build();
        // The request's own time-out ends with the headers, so the body gets one here.
        CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(request, head -> new Limited());
        try {
            HttpResponse<byte[]> response = exchange.get(address.timeout().toNanos(), TimeUnit.NANOSECONDS);
            if (response.statusCode() != 200) {
                throw new UnfitKeyException("the answer has status " + response.statusCode());
            }
            JwkSet set = JwkSet.read(response.body());
            if (set.keys().isEmpty()) {
                // No issuer takes back all of its keys at once: believed, this would refuse every token.
                throw new UnfitKeyException("the set has no key that can be used " + set.faults());
            }
            if (!set.faults().equals(faults)) {
                LOG.warn(
                        "Some keys of tokens at {} are not used: {}.",
                        address.uri().getHost(),
                        set.faults());
            }
            faults = set.faults();
            return new FixedKeys(set.keys());
        } catch (TimeoutException slow) {
            throw new UnfitKeyException("the answer took longer than " + address.timeout());
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException io ? io : new IOException(failed);
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        } finally {
            exchange.cancel(true);
        }
    }

    /** Gathers a body, and gives up when it grows too large. */
    private static final class Limited implements HttpResponse.BodySubscriber<byte[]> {

        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Flow.@Nullable Subscription subscription;

        @Override
        public CompletionStage<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> some) {
            for (ByteBuffer one : some) {
                if (bytes.size() + one.remaining() > LARGEST) {
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    body.completeExceptionally(new IOException("larger than " + LARGEST + " bytes"));
                    return;
                }
                byte[] part = new byte[one.remaining()];
                one.get(part);
                bytes.writeBytes(part);
            }
        }

        @Override
        public void onError(Throwable fault) {
            body.completeExceptionally(fault);
        }

        @Override
        public void onComplete() {
            body.complete(bytes.toByteArray());
        }
    }
}
