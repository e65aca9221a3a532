package dev.tenancy.spring;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.tenancy.GlobalEntity;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.TenancySetupException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The application's {@link Memberships}, kept for a short time, {@code tenancy.membership-cache}. Entities that say
 * {@link GlobalEntity#decidesMembership()} empty it when one of their rows changes over a data source of this application, before
 * the change's {@code commit()} returns. Elsewhere, on other nodes and for changes that the application learns of in another way,
 * a member who was removed is out after that time at the latest, counted from when the answer was asked for; or at once where
 * somebody calls {@link #forget}.
 *
 * <p>Only active memberships are kept: a new member, or one who is let in again, has access at once everywhere. A look-up that
 * fails keeps nothing, and what it throws is passed on. Safe for use by many threads; nothing in it waits.
 */
public final class MembershipCache {

    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final int MOST_KEPT = 10_000;
    private static final int USER_GROUPS = 1024;

    private record Key(String userId, String tenant) {}

    /** @param age what {@link #age} was before it was asked for */
    private record Answer(Membership membership, long age, long askedAt) {}

    private final Memberships memberships;
    private final Ticker ticker;
    private final long lasting;
    private final @Nullable Cache<Key, Answer> answers;
    // Forgetting does not remove entries, since removal can block; it makes them older than any valid answer.
    private final AtomicLong allForgotten = new AtomicLong();
    private final AtomicLongArray forgotten = new AtomicLongArray(USER_GROUPS);
    private final LongAdder asked = new LongAdder();
    private final LongAdder remembered = new LongAdder();
    private final Runnable endListening;

    MembershipCache(Memberships memberships, Duration lasting) {
        this(memberships, lasting, Ticker.systemTicker());
    }

    MembershipCache(Memberships memberships, Duration lasting, Ticker ticker) {
        if (lasting.isNegative() || lasting.compareTo(LONGEST) > 0) {
            throw new TenancySetupException(
                    "tenancy.membership-cache is " + lasting
                            + ": for so long a member who was removed could go on elsewhere.",
                    "Set it to at most 1m; 0 turns the cache off.");
        }
        this.memberships = memberships;
        this.ticker = ticker;
        this.lasting = lasting.toNanos();
        this.answers = lasting.isZero()
                ? null
                : Caffeine.newBuilder()
                        .maximumSize(MOST_KEPT)
                        .expireAfterWrite(lasting)
                        .ticker(ticker)
                        .executor(Runnable::run)
                        .build();
        this.endListening = Memberships.onChange(this::clear);
    }

    /**
     * As {@link Memberships#find}. What it answers was true when it was called, or later; or, for a change that nobody told of, at
     * most the set time before.
     */
    public Optional<Membership> find(String userId, String tenant) {
        if (answers == null) {
            asked.increment();
            return memberships.find(userId, tenant);
        }
        Key key = new Key(userId, tenant);
        long age = age(userId);
        long now = ticker.read();
        Answer kept = answers.getIfPresent(key);
        if (kept != null && kept.age() == age && now - kept.askedAt() < lasting) {
            remembered.increment();
            return Optional.of(kept.membership());
        }
        asked.increment();
        Optional<Membership> found = memberships.find(userId, tenant);
        if (found.isPresent() && found.get().status() == Membership.Status.ACTIVE) {
            // If something was forgotten since, the answer may be from before that: its age says so.
            answers.put(key, new Answer(found.get(), age, now));
        }
        return found;
    }

    /** As {@link Memberships#preferred}, which is asked each time. */
    public Optional<String> preferred(String userId) {
        return memberships.preferred(userId);
    }

    /**
     * Lets the next {@link #find} for the user ask again. For what the guard cannot see: memberships that are kept in a directory,
     * or the word of another node.
     */
    public void forget(String userId) {
        forgotten.incrementAndGet(group(userId));
    }

    /** Lets the next {@link #find} for each user ask again. */
    public void clear() {
        allForgotten.incrementAndGet();
    }

    /** How often {@link Memberships} were asked. */
    long asked() {
        return asked.sum();
    }

    /** How often an answer was known. */
    long remembered() {
        return remembered.sum();
    }

    void close() {
        endListening.run();
    }

    // Neither number ever falls, so that the sum stays the same as long as both do.
    private long age(String userId) {
        return allForgotten.get() + forgotten.get(group(userId));
    }

    private static int group(String userId) {
        int hash = userId.hashCode();
        return (hash ^ hash >>> 16) & USER_GROUPS - 1;
    }
}
