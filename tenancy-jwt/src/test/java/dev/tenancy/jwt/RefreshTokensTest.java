package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tenancy.Membership;
import dev.tenancy.TenancySetupException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RefreshTokensTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final Duration LIFETIME = Duration.ofDays(30);

    private final Store store = new Store();
    private final Map<String, Membership> memberships =
            new HashMap<>(Map.of("alice in acme", new Membership("acme", "OWNER")));
    private boolean lookUpFails;
    private final RefreshTokens tokens = at(NOW);

    private RefreshTokens at(Instant now) {
        return new RefreshTokens(store, this::find, LIFETIME, Clock.fixed(now, ZoneOffset.UTC));
    }

    private Optional<Membership> find(String user, String tenant) {
        if (lookUpFails) {
            throw new IllegalStateException("The database is down.");
        }
        return Optional.ofNullable(memberships.get(user + " in " + tenant));
    }

    @Test
    void aSessionGoesOnFromTokenToToken() {
        String token = tokens.open("alice", "acme");
        for (int i = 0; i < 3; i++) {
            RefreshTokens.Renewed renewed = tokens.renew(token).orElseThrow();
            assertThat(renewed.userId()).isEqualTo("alice");
            assertThat(renewed.membership().tenantId()).isEqualTo("acme");
            assertThat(renewed.refreshToken()).isNotEqualTo(token);
            token = renewed.refreshToken();
        }
    }

    @Test
    void aTokenIsGoodOnceAndItsSecondUseEndsTheSession() {
        String first = tokens.open("alice", "acme");
        String second = tokens.renew(first).orElseThrow().refreshToken();
        assertThat(tokens.renew(first)).isEmpty();
        assertThat(tokens.renew(second)).isEmpty();
    }

    @Test
    void theSecondUseEndsNoOtherSessionOfTheUser() {
        String other = tokens.open("alice", "acme");
        String first = tokens.open("alice", "acme");
        tokens.renew(first);
        tokens.renew(first);
        assertThat(tokens.renew(other)).isPresent();
    }

    @Test
    void ofTwoRenewalsAtTheSameTimeAtMostOneSucceedsAndTheSessionEnds() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 200; round++) {
                String token = tokens.open("alice", "acme");
                Callable<Optional<RefreshTokens.Renewed>> renewal =
                        () -> store.inTransaction(() -> tokens.renew(token));
                List<RefreshTokens.Renewed> renewed = new ArrayList<>();
                for (Future<Optional<RefreshTokens.Renewed>> one : two.invokeAll(List.of(renewal, renewal))) {
                    one.get().ifPresent(renewed::add);
                }
                assertThat(renewed).hasSize(1);
                assertThat(tokens.renew(renewed.get(0).refreshToken())).isEmpty();
            }
        } finally {
            two.shutdownNow();
        }
    }

    @Test
    void aSessionEndsAtItsTimeHoweverOftenItIsRenewed() {
        String token = tokens.open("alice", "acme");
        Instant end = NOW.plus(LIFETIME);
        String next = at(end.minusNanos(1)).renew(token).orElseThrow().refreshToken();
        assertThat(at(end).renew(next)).isEmpty();
        assertThat(at(end.plusSeconds(1)).renew(next)).isEmpty();
    }

    @Test
    void aRemovedOrSuspendedMemberIsNotRenewedAndTheSessionIsOver() {
        for (Membership gone : new Membership[] {null, new Membership("acme", "OWNER", Membership.Status.SUSPENDED)}) {
            String token = tokens.open("alice", "acme");
            Membership before = memberships.get("alice in acme");
            memberships.put("alice in acme", gone);
            assertThat(tokens.renew(token)).isEmpty();
            memberships.put("alice in acme", before);
            assertThat(tokens.renew(token)).isEmpty();
        }
    }

    @Test
    void aSessionInASuspendedTenantGoesOn() {
        String token = tokens.open("alice", "acme");
        memberships.put("alice in acme", new Membership("acme", "OWNER", Membership.Status.TENANT_SUSPENDED));
        assertThat(tokens.renew(token).orElseThrow().membership().status())
                .isEqualTo(Membership.Status.TENANT_SUSPENDED);
    }

    @Test
    void aFailedLookUpIsThrownAndUsesNothingUp() {
        String token = tokens.open("alice", "acme");
        lookUpFails = true;
        assertThatIllegalStateException().isThrownBy(() -> tokens.renew(token));
        lookUpFails = false;
        assertThat(tokens.renew(token)).isPresent();
    }

    @Test
    void aLogoutEndsItsSessionAlone() {
        String token = tokens.open("alice", "acme");
        String other = tokens.open("alice", "acme");
        String next = tokens.renew(token).orElseThrow().refreshToken();
        tokens.end(token);
        assertThat(tokens.renew(next)).isEmpty();
        assertThat(tokens.renew(other)).isPresent();
        tokens.end("unknown");
    }

    @Test
    void allSessionsOfAUserEndTogetherAndNobodyElses() {
        memberships.put("bob in acme", new Membership("acme", "STAFF"));
        String bobs = tokens.open("bob", "acme");
        String first = tokens.open("alice", "acme");
        String second = tokens.open("alice", "globex");
        tokens.endAll("alice");
        assertThat(tokens.renew(first)).isEmpty();
        assertThat(tokens.renew(second)).isEmpty();
        assertThat(tokens.renew(bobs)).isPresent();
    }

    @Test
    void theSessionOfTheTokenIsSparedWhenTheOthersEnd() {
        String mine = tokens.open("alice", "acme");
        String other = tokens.open("alice", "acme");
        tokens.endOthers("alice", mine);
        assertThat(tokens.renew(other)).isEmpty();
        assertThat(tokens.renew(mine)).isPresent();
    }

    @Test
    void aTokenOfAnotherUserSparesNothing() {
        memberships.put("bob in acme", new Membership("acme", "STAFF"));
        String bobs = tokens.open("bob", "acme");
        String alices = tokens.open("alice", "acme");
        tokens.endOthers("alice", bobs);
        assertThat(tokens.renew(alices)).isEmpty();
        assertThat(tokens.renew(bobs)).isPresent();
    }

    @Test
    void aRenewalUnderWayDoesNotOutliveTheEndOfAllSessions() {
        String token = tokens.open("alice", "acme");
        List<String> renewed = new ArrayList<>();
        // As a database does it: the statement waits for the renewal, and does not see what that has added.
        store.underWay = () -> renewed.add(tokens.renew(token).orElseThrow().refreshToken());
        tokens.endAll("alice");
        assertThat(tokens.renew(renewed.get(0))).isEmpty();
    }

    @Test
    void aRenewalUnderWayDoesNotOutliveALogout() {
        String token = tokens.open("alice", "acme");
        List<String> renewed = new ArrayList<>();
        store.underWay = () -> renewed.add(tokens.renew(token).orElseThrow().refreshToken());
        tokens.end(token);
        assertThat(tokens.renew(renewed.get(0))).isEmpty();
    }

    @Test
    void whatIsNoTokenIsUnknownAndNotEvenLookedFor() {
        for (String token : new String[] {"", " ", "x", "x".repeat(42), "x".repeat(44), "x".repeat(1_000_000)}) {
            assertThat(tokens.renew(token)).isEmpty();
        }
        assertThat(store.lookUps).isZero();
        assertThat(tokens.renew("x".repeat(43))).isEmpty();
        assertThat(store.lookUps).isOne();
    }

    @Test
    void theStoreGetsHashesAndNothingShowsAToken() {
        String token = tokens.open("alice", "acme");
        assertThat(token).matches("[A-Za-z0-9_-]{43}");
        assertThat(store.links.keySet()).allMatch(hash -> hash.matches("[0-9a-f]{64}"));
        RefreshTokens.Renewed renewed = tokens.renew(token).orElseThrow();
        assertThat(renewed.toString()).doesNotContain(renewed.refreshToken());
    }

    @Test
    void aSessionOfNoTimeIsRefused() {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> new RefreshTokens(store, this::find, Duration.ZERO, Clock.systemUTC()))
                .withMessageContaining("lifetime of sessions");
    }

    /** Keeps links in memory; a statement is atomic, a transaction only where a test asks for one. */
    private static final class Store implements RefreshTokenStore {

        final Map<String, Link> links = new HashMap<>();
        final Set<String> used = new HashSet<>();
        int lookUps;
        Runnable underWay = () -> {};

        synchronized <T> T inTransaction(Callable<T> call) throws Exception {
            return call.call();
        }

        @Override
        public synchronized void insert(Link link) {
            links.put(link.hash(), link);
        }

        @Override
        public synchronized Optional<Link> find(String hash) {
            lookUps++;
            return Optional.ofNullable(links.get(hash));
        }

        @Override
        public synchronized boolean use(String hash) {
            return links.containsKey(hash) && used.add(hash);
        }

        @Override
        public synchronized void endFamily(UUID family) {
            List<Link> seen = List.copyOf(links.values());
            waitForRenewal();
            seen.stream().filter(link -> link.family().equals(family)).forEach(link -> used.add(link.hash()));
        }

        @Override
        public synchronized void endAll(String userId, @Nullable UUID exceptFamily) {
            List<Link> seen = List.copyOf(links.values());
            waitForRenewal();
            seen.stream()
                    .filter(link -> link.userId().equals(userId) && !Objects.equals(link.family(), exceptFamily))
                    .forEach(link -> used.add(link.hash()));
        }

        private void waitForRenewal() {
            Runnable renewal = underWay;
            underWay = () -> {};
            renewal.run();
        }
    }
}
