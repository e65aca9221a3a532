package dev.tenancy.spring.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantsFailedException;
import dev.tenancy.spring.TestApplication;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Real schedules, a real ShedLock, and rows of a real database. */
class EachTenantTest {

    private static final List<UUID> TENANTS =
            LongStream.rangeClosed(1, 50).mapToObj(i -> new UUID(9, i)).toList();

    private static ConfigurableApplicationContext application;
    private static Jobs jobs;

    @BeforeAll
    static void start() {
        application = TestApplication.start(Scheduling.class);
        jobs = application.getBean(Jobs.class);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void forget() {
        Jobs.SEEN.clear();
    }

    @Test
    void aScheduleRunsForEachTenantInATransactionOfItsOwn() throws Exception {
        assertThat(Jobs.SCHEDULED.await(60, TimeUnit.SECONDS)).isTrue();
        for (UUID tenant : TENANTS) {
            long shelves = CurrentTenant.callAs(tenant, jobs::count);
            assertThat(shelves).isEqualTo(1);
        }
    }

    @Test
    void aFailureRollsBackItsOwnTenantOnly() {
        TenantsFailedException failed =
                catchThrowableOfType(TenantsFailedException.class, () -> jobs.storeUnless(TENANTS.get(7)));
        assertThat(failed).hasMessageContaining(TENANTS.get(7).toString());
        assertThat(failed.getSuppressed())
                .singleElement()
                .satisfies(one -> assertThat(one).hasMessage("no"));
        assertThat(Jobs.SEEN).hasSize(50);
        assertThat(CurrentTenant.<Long, RuntimeException>callAs(TENANTS.get(7), () -> jobs.named("unless")))
                .isZero();
        assertThat(CurrentTenant.<Long, RuntimeException>callAs(TENANTS.get(8), () -> jobs.named("unless")))
                .isOne();
    }

    @Test
    void aCheckedFailureIsTold() {
        assertThatThrownBy(jobs::checked)
                .isInstanceOf(TenantsFailedException.class)
                .satisfies(failed -> assertThat(failed.getSuppressed())
                        .allSatisfy(one -> assertThat(one).hasRootCauseMessage("checked")));
    }

    @Test
    void aSlowTenantIsInterruptedAndKeepsNobodyWaiting() {
        assertThatThrownBy(jobs::slow)
                .isInstanceOf(TenantsFailedException.class)
                .satisfies(failed ->
                        assertThat(failed.getSuppressed()).singleElement().isInstanceOf(TimeoutException.class));
        assertThat(Jobs.SEEN).hasSize(49);
    }

    @Test
    void aCallForOneTenantIsRefused() {
        assertThatThrownBy(() -> CurrentTenant.runAs(TENANTS.get(0), jobs::slow))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Jobs.slow was refused: it runs for each tenant, and one is current");
    }

    // ShedLock's interceptor has the order of transactions: left there, the first tenant would keep the others out.
    @ParameterizedTest
    @ValueSource(classes = {ByDefault.class, First.class})
    void aLockIsHeldOnceForAllTenants(Class<?> locks) {
        try (ConfigurableApplicationContext locked = TestApplication.start(locks)) {
            Jobs here = locked.getBean(Jobs.class);
            Jobs.SEEN.clear();
            here.locked();
            assertThat(Jobs.SEEN).hasSize(50);
            Jobs.SEEN.clear();
            here.locked();
            assertThat(Jobs.SEEN).as("the lock is held for at least a minute").isEmpty();
        }
    }

    @Test
    void withoutAListOfTenantsTheApplicationDoesNotStart() {
        assertThatThrownBy(() -> TestApplication.start(WithoutTenants.class).close())
                .hasStackTraceContaining("could not be obeyed: nothing says which tenants there are")
                .hasStackTraceContaining("dev.tenancy.spring.task.ActiveTenants");
    }

    @ParameterizedTest
    @ValueSource(classes = {Returning.class, Never.class, Unreadable.class, Final.class})
    void whatCouldNotBeObeyedRefusesTheStart(Class<?> bean) {
        assertThatThrownBy(() -> TestApplication.start(bean).close()).hasStackTraceContaining("@EachTenant on ");
    }

    static class Tenants {

        @Bean
        ActiveTenants activeTenants() {
            return () -> TENANTS;
        }
    }

    @EnableScheduling
    static class Scheduling extends Tenants {

        @Bean
        Jobs jobs(EntityManager entities) {
            return new Jobs(entities);
        }
    }

    @EnableSchedulerLock(defaultLockAtMostFor = "10m")
    static class ByDefault extends Tenants {

        @Bean
        Jobs jobs(EntityManager entities) {
            return new Jobs(entities);
        }

        @Bean
        LockProvider locks(JdbcTemplate jdbc) {
            jdbc.execute(
                    "create table shedlock (name varchar(64) primary key, lock_until timestamp, locked_at timestamp,"
                            + " locked_by varchar(255))");
            return new JdbcTemplateLockProvider(jdbc);
        }
    }

    @EnableSchedulerLock(defaultLockAtMostFor = "10m", order = Ordered.HIGHEST_PRECEDENCE)
    static class First extends ByDefault {}

    static class WithoutTenants {

        @Bean
        Jobs jobs(EntityManager entities) {
            return new Jobs(entities);
        }
    }

    static class Returning extends Tenants {

        @EachTenant
        public int count() {
            return 1;
        }
    }

    static class Never extends Tenants {

        @EachTenant(parallel = 0)
        public void never() {}
    }

    static class Unreadable extends Tenants {

        @EachTenant(timeout = "soon")
        public void unreadable() {}
    }

    static class Final extends Tenants {

        @EachTenant
        public final void run() {}
    }

    static class Jobs {

        static final Map<UUID, Boolean> SEEN = new ConcurrentHashMap<>();
        static final CountDownLatch SCHEDULED = new CountDownLatch(50);

        private final EntityManager entities;

        Jobs(EntityManager entities) {
            this.entities = entities;
        }

        @Scheduled(initialDelay = 1, fixedDelay = 1_000_000)
        @EachTenant(parallel = 8)
        @Transactional
        public void store() {
            entities.persist(TestApplication.shelf("stored"));
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    SCHEDULED.countDown();
                }
            });
        }

        public long count() {
            return named("stored");
        }

        public long named(String name) {
            return entities.createQuery("select count(*) from Shelf where name = ?1", Long.class)
                    .setParameter(1, name)
                    .getSingleResult();
        }

        @EachTenant
        @Transactional
        public void storeUnless(UUID refused) {
            UUID tenant = CurrentTenant.require(UUID.class);
            SEEN.put(tenant, true);
            entities.persist(TestApplication.shelf("unless"));
            if (tenant.equals(refused)) {
                throw new IllegalStateException("no");
            }
        }

        @EachTenant
        public void checked() throws Exception {
            throw new Exception("checked");
        }

        @EachTenant(timeout = "500ms")
        public void slow() throws InterruptedException {
            UUID tenant = CurrentTenant.require(UUID.class);
            if (tenant.equals(TENANTS.get(0))) {
                new CountDownLatch(1).await();
            }
            SEEN.put(tenant, true);
        }

        @EachTenant
        @SchedulerLock(name = "locked", lockAtLeastFor = "1m")
        @Transactional
        public void locked() {
            SEEN.put(CurrentTenant.require(UUID.class), true);
        }
    }
}
