package timesheets.access;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/**
 * Limits how often somebody may guess. An attempt is taken before it is made, so that many at the same time are no way around,
 * and given back if it succeeds: who knows the password is never locked out by logging in, and wins no guess by it either.
 *
 * <p>The price: whoever knows an address can keep its owner out for the window, once and again. The counts are those of this node.
 */
@Component
class Attempts {

    // Enough that filling them up, to have a count forgotten, takes more addresses to call from than it is worth.
    private static final int MOST_KEYS = 100_000;

    private final LoadingCache<String, Bucket> accounts;
    private final LoadingCache<String, Bucket> addresses;
    private final LoadingCache<String, Bucket> recipients;

    Attempts(Limits limits, Clock clock) {
        TimeMeter time = new Elapsed(clock);
        accounts = buckets(limits.failuresPerAccount(), limits.window(), time);
        addresses = buckets(limits.failuresPerAddress(), limits.window(), time);
        recipients = buckets(limits.mailsPerRecipient(), limits.window(), time);
    }

    private static LoadingCache<String, Bucket> buckets(int capacity, Duration window, TimeMeter time) {
        return Caffeine.newBuilder()
                .maximumSize(MOST_KEYS)
                .expireAfterAccess(window)
                .build(key -> Bucket.builder()
                        .addLimit(limit -> limit.capacity(capacity).refillGreedy(capacity, window))
                        .withCustomTimePrecision(time)
                        .build());
    }

    /**
     * One look at the password of an account.
     *
     * @param email the account's normalized address, whether there is such an account or not
     * @param attempt empty if it failed
     * @throws ErrorResponseException with status 429 and Retry-After in seconds, if there were too many
     */
    <T> Optional<T> at(String email, Supplier<Optional<T>> attempt) {
        Bucket bucket = take(accounts, email);
        Optional<T> result = attempt.get();
        if (result.isPresent()) {
            bucket.addTokens(1);
        }
        return result;
    }

    /** One mail; refused like {@link #at}. */
    void mailTo(String email) {
        take(recipients, email);
    }

    /** One call from an address, as {@link AddressLimit} knows it; refused like {@link #at}. */
    void from(String address) {
        take(addresses, address);
    }

    /** What {@link #from} counted was no failure. */
    void forgive(String address) {
        addresses.get(address).addTokens(1);
    }

    private static Bucket take(LoadingCache<String, Bucket> buckets, String key) {
        Bucket bucket = buckets.get(key);
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw tooMany(Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
        return bucket;
    }

    private static ErrorResponseException tooMany(Duration wait) {
        HttpStatus status = HttpStatus.TOO_MANY_REQUESTS;
        ErrorResponseException refusal = new ErrorResponseException(
                status,
                ProblemDetail.forStatusAndDetail(
                        status, "There were too many attempts. Wait as long as Retry-After says."),
                null);
        refusal.getHeaders()
                .set(
                        HttpHeaders.RETRY_AFTER,
                        String.valueOf(wait.plusNanos(999_999_999).toSeconds()));
        return refusal;
    }

    /** The time that the clock has gone on. Set back, it would otherwise give nothing back until it is where it was. */
    private static final class Elapsed implements TimeMeter {

        private final Clock clock;
        private Instant seen; // guarded by this
        private long nanos; // likewise

        Elapsed(Clock clock) {
            this.clock = clock;
            this.seen = clock.instant();
        }

        @Override
        public synchronized long currentTimeNanos() {
            Instant now = clock.instant();
            nanos += Math.max(0, Duration.between(seen, now).toNanos());
            seen = now;
            return nanos;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
