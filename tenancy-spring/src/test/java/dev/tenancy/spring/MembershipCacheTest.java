package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tenancy.GlobalEntity;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.TenancySetupException;
import dev.tenancy.TenantIsolation;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody who was removed gets in longer than is said; and a member costs one look-up in that time. */
class MembershipCacheTest {

    private static final Duration LASTING = Duration.ofSeconds(5);
    private static final Membership STAFF = new Membership("acme", "STAFF");

    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicBoolean isMember = new AtomicBoolean(true);
    private MembershipCache cache = cache((user, tenant) -> answer());

    private Optional<Membership> answer() {
        asked.incrementAndGet();
        return isMember.get() ? Optional.of(STAFF) : Optional.empty();
    }

    private MembershipCache cache(Memberships memberships) {
        return new MembershipCache(memberships, LASTING, clock::get);
    }

    @AfterEach
    void close() {
        cache.close();
    }

    @Test
    void aMemberIsLookedUpOnceInTheStatedTime() {
        assertThat(cache.find("alice", "acme")).contains(STAFF);
        clock.addAndGet(LASTING.toNanos() - 1);
        assertThat(cache.find("alice", "acme")).contains(STAFF);
        assertThat(asked).hasValue(1);
    }

    @Test
    void afterTheStatedTimeARemovedMemberIsOutThoughNobodyTold() {
        cache.find("alice", "acme");
        isMember.set(false);
        clock.addAndGet(LASTING.toNanos());
        assertThat(cache.find("alice", "acme")).isEmpty();
    }

    @Test
    void theStatedTimeBeginsWhenALookUpDoesAndNotWhenItEnds() {
        cache.close();
        cache = cache((user, tenant) -> {
            Optional<Membership> read = answer();
            clock.addAndGet(Duration.ofSeconds(3).toNanos());
            return read;
        });
        cache.find("alice", "acme");
        isMember.set(false);
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(cache.find("alice", "acme")).isEmpty();
    }

    @Test
    void usersAndTenantsAreToldApart() {
        cache.find("alice", "acme");
        isMember.set(false);
        assertThat(cache.find("alice", "globex")).isEmpty();
        assertThat(cache.find("bob", "acme")).isEmpty();
    }

    @Test
    void aNewMemberGetsInAtOnce() {
        isMember.set(false);
        assertThat(cache.find("alice", "acme")).isEmpty();
        isMember.set(true);
        assertThat(cache.find("alice", "acme")).contains(STAFF);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SUSPENDED", "TENANT_SUSPENDED"})
    void aMemberWhoIsLetInAgainGetsInAtOnce(String status) {
        cache.close();
        Membership suspended = new Membership("acme", "STAFF", Membership.Status.valueOf(status));
        cache = cache((user, tenant) -> Optional.of(isMember.get() ? suspended : STAFF));
        assertThat(cache.find("alice", "acme")).contains(suspended);
        isMember.set(false);
        assertThat(cache.find("alice", "acme")).contains(STAFF);
    }

    @Test
    void aFailedLookUpIsPassedOnAndKeepsNothing() {
        cache.close();
        cache = cache((user, tenant) -> {
            if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("the database is down");
            }
            return Optional.of(STAFF);
        });
        assertThatIllegalStateException()
                .isThrownBy(() -> cache.find("alice", "acme"))
                .withMessage("the database is down");
        assertThat(cache.find("alice", "acme")).contains(STAFF);
    }

    @Test
    void whoIsForgottenIsLookedUpAgainAndOthersAreNot() {
        cache.find("alice", "acme");
        cache.find("bob", "acme");
        isMember.set(false);
        cache.forget("alice");
        assertThat(cache.find("alice", "acme")).isEmpty();
        assertThat(cache.find("bob", "acme")).contains(STAFF);
        cache.clear();
        assertThat(cache.find("bob", "acme")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLookUpThatReadBeforeTheChangeIsNotKeptAfterIt(boolean forgetsAll) throws Exception {
        cache.close();
        CountDownLatch hasRead = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        cache = cache((user, tenant) -> {
            Optional<Membership> read = answer();
            hasRead.countDown();
            await(mayReturn);
            return read;
        });
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<Optional<Membership>> slow = other.submit(() -> cache.find("alice", "acme"));
            await(hasRead);
            isMember.set(false);
            if (forgetsAll) {
                cache.clear();
            } else {
                cache.forget("alice");
            }
            mayReturn.countDown();
            assertThat(slow.get(10, TimeUnit.SECONDS)).contains(STAFF);
            assertThat(cache.find("alice", "acme")).isEmpty();
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void forgettingDoesNotWaitForALookUp() throws Exception {
        cache.close();
        CountDownLatch hasBegun = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        cache = cache((user, tenant) -> {
            hasBegun.countDown();
            await(mayReturn);
            return answer();
        });
        ExecutorService others = Executors.newFixedThreadPool(2);
        try {
            Future<?> lookUp = others.submit(() -> cache.find("alice", "acme"));
            await(hasBegun);
            others.submit(cache::clear).get(10, TimeUnit.SECONDS);
            assertThat(lookUp).isNotDone();
        } finally {
            mayReturn.countDown();
            others.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void zeroKeepsNothing() {
        cache.close();
        cache = new MembershipCache((user, tenant) -> answer(), Duration.ZERO);
        cache.find("alice", "acme");
        isMember.set(false);
        assertThat(cache.find("alice", "acme")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1M0.000000001S", "-PT1S"})
    void aTimeThatNobodyCouldCallShortIsRefused(Duration lasting) {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> new MembershipCache((user, tenant) -> answer(), lasting))
                .withMessageContaining("tenancy.membership-cache is " + lasting)
                .withMessageContaining("at most 1m");
    }

    @Test
    void theDefaultCompanyIsAskedForEachTime() {
        cache.close();
        cache = cache(new Memberships() {
            @Override
            public Optional<Membership> find(String userId, String tenant) {
                return answer();
            }

            @Override
            public Optional<String> preferred(String userId) {
                return Optional.of("company " + asked.incrementAndGet());
            }
        });
        assertThat(cache.preferred("alice")).contains("company 1");
        assertThat(cache.preferred("alice")).contains("company 2");
    }

    // ---- eight threads that use the membership while it goes

    @FunctionalInterface
    private interface Removal {
        void of(String user) throws Exception;
    }

    /** In each round a member is removed; whoever asks after the removal has returned must not find it. */
    private static void hammer(MembershipCache cache, Removal add, Removal remove) throws Exception {
        int rounds = 40;
        AtomicIntegerArray removed = new AtomicIntegerArray(rounds);
        AtomicInteger round = new AtomicInteger(-1);
        AtomicInteger found = new AtomicInteger();
        AtomicInteger late = new AtomicInteger();
        ExecutorService users = Executors.newFixedThreadPool(8);
        try {
            for (int i = 0; i < 8; i++) {
                users.submit(() -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        int now = round.get();
                        if (now >= 0) {
                            boolean isGone = removed.get(now) == 1;
                            boolean isFound = cache.find("user" + now, "acme").isPresent();
                            found.addAndGet(isFound ? 1 : 0);
                            late.addAndGet(isGone && isFound ? 1 : 0);
                        }
                    }
                });
            }
            for (int i = 0; i < rounds; i++) {
                add.of("user" + i);
                round.set(i);
                Thread.sleep(4);
                remove.of("user" + i);
                removed.set(i, 1);
                Thread.sleep(4);
            }
        } finally {
            users.shutdownNow();
            assertThat(users.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(found).hasPositiveValue();
        assertThat(late).hasValue(0);
    }

    @Test
    void nobodyIsFoundAfterForgetHasReturnedWhileEightThreadsAsk() throws Exception {
        cache.close();
        Set<String> members = ConcurrentHashMap.newKeySet();
        cache = cache((user, tenant) -> {
            boolean read = members.contains(user);
            LockSupport.parkNanos(100_000);
            return read ? Optional.of(STAFF) : Optional.empty();
        });
        hammer(cache, members::add, user -> {
            members.remove(user);
            cache.forget(user);
        });
    }

    @Entity(name = "CachedMember")
    @GlobalEntity(reason = "asked before a company is current", decidesMembership = true)
    static class CachedMember {
        @Id
        String id;
    }

    @ParameterizedTest
    @CsvSource({"bulk delete, true", "plain JDBC, false"})
    void nobodyIsFoundAfterACommitHasReturnedWhileEightThreadsAsk(String way, boolean isBulk) throws Exception {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        DataSource guarded = TenantIsolation.guard(h2);
        Map<String, Object> settings = new HashMap<>(
                Map.of("hibernate.connection.datasource", guarded, "hibernate.hbm2ddl.auto", "create-drop"));
        TenantIsolation.applyTo(settings);
        Configuration configuration = new Configuration().addAnnotatedClass(CachedMember.class);
        configuration.getProperties().putAll(settings);
        cache.close();
        cache = cache((user, tenant) -> exists(user, guarded) ? Optional.of(STAFF) : Optional.empty());
        try (SessionFactory factory = configuration.buildSessionFactory()) {
            hammer(
                    cache,
                    user -> factory.inTransaction(session -> {
                        CachedMember member = new CachedMember();
                        member.id = user;
                        session.persist(member);
                    }),
                    user -> {
                        if (isBulk) {
                            factory.inTransaction(
                                    session -> session.createMutationQuery("delete CachedMember where id = ?1")
                                            .setParameter(1, user)
                                            .executeUpdate());
                        } else {
                            delete(user, guarded);
                        }
                    });
        }
    }

    private static boolean exists(String user, DataSource guarded) {
        try (Connection connection = guarded.getConnection();
                PreparedStatement query = connection.prepareStatement("select 1 from CachedMember where id = ?")) {
            query.setString(1, user);
            return query.executeQuery().next();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void delete(String user, DataSource guarded) throws SQLException {
        try (Connection connection = guarded.getConnection();
                PreparedStatement delete = connection.prepareStatement("delete from CachedMember where id = ?")) {
            delete.setString(1, user);
            delete.executeUpdate();
        }
    }
}
