package timesheets.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketExceptions;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/**
 * Limits how often somebody may guess. An attempt is taken before it is made, so that many at the same time are no way around,
 * and given back if it succeeds: who knows the password is never locked out by logging in, and wins no guess by it either.
 *
 * <p>The price: whoever knows an address can keep its owner out for the window, once and again. On PostgreSQL all nodes count together,
 * elsewhere each for itself.
 */
@Component
class Attempts {

    // Enough that filling them up, to have a count forgotten, takes more addresses to call from than it is worth.
    private static final int MOST_KEYS = 100_000;

    /** Who is refused until when. Without it, each call of somebody who is refused would write a row, and wait for those of the others. */
    private final Cache<Refused, Long> refused;

    private record Refused(Function<String, Bucket> limit, String key) {}

    private final TimeMeter time;
    private final Function<String, Bucket> accounts;
    private final Function<String, Bucket> addresses;
    private final Function<String, Bucket> recipients;

    Attempts(Limits limits, Clock clock, Optional<SharedCounts> shared) {
        Duration window = limits.window();
        time = shared.map(SharedCounts::time).orElseGet(() -> new Elapsed(clock));
        refused = Caffeine.newBuilder()
                .maximumSize(MOST_KEYS)
                .expireAfterWrite(window)
                .build();
        accounts = buckets("account", limits.failuresPerAccount(), window, time, shared);
        addresses = buckets("address", limits.failuresPerAddress(), window, time, shared);
        recipients = buckets("recipient", limits.mailsPerRecipient(), window, time, shared);
    }

    private static Function<String, Bucket> buckets(
            String kind, int capacity, Duration window, TimeMeter time, Optional<SharedCounts> shared) {
        Bandwidth limit = Bandwidth.builder()
                .capacity(capacity)
                .refillGreedy(capacity, window)
                .build();
        if (shared.isPresent()) {
            BucketConfiguration configuration =
                    BucketConfiguration.builder().addLimit(limit).build();
            return key -> shared.get().of(kind, key, configuration);
        }
        LoadingCache<String, Bucket> buckets = Caffeine.newBuilder()
                .maximumSize(MOST_KEYS)
                .expireAfterAccess(window)
                .build(key -> Bucket.builder()
                        .addLimit(limit)
                        .withCustomTimePrecision(time)
                        .build());
        return buckets::get;
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
            giveBack(bucket, new Refused(accounts, email));
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
        giveBack(addresses.apply(address), new Refused(addresses, address));
    }

    private void giveBack(Bucket bucket, Refused who) {
        reaching(() -> {
            bucket.addTokens(1);
            return true;
        });
        refused.invalidate(who);
    }

    private Bucket take(Function<String, Bucket> buckets, String key) {
        Refused who = new Refused(buckets, key);
        Long until = refused.getIfPresent(who);
        long now = time.currentTimeNanos();
        if (until != null && until > now) {
            throw tooMany(Duration.ofNanos(until - now));
        }
        Bucket bucket = buckets.apply(key);
        ConsumptionProbe probe = reaching(() -> bucket.tryConsumeAndReturnRemaining(1));
        if (!probe.isConsumed()) {
            refused.put(who, now + probe.getNanosToWaitForRefill());
            throw tooMany(Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
        return bucket;
    }

    // Wrapped otherwise, what the database says would be taken for a fault of ours.
    private static <T> T reaching(Supplier<T> counts) {
        try {
            return counts.get();
        } catch (BucketExceptions.BucketExecutionException away) {
            throw new DataAccessResourceFailureException("Attempts cannot be counted", away.getCause());
        }
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
}
