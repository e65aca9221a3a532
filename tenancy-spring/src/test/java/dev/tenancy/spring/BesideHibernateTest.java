package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import dev.tenancy.UnprovenStatementException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.persistence.EntityManagerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** JdbcTemplate and jOOQ, over the data source that Hibernate uses. */
class BesideHibernateTest {

    private static ConfigurableApplicationContext context;
    private static JdbcTemplate jdbc;
    private static DSLContext jooq;

    @BeforeAll
    static void eachTenantHasAShelf() {
        context = TestApplication.start(Listening.class);
        jdbc = context.getBean(JdbcTemplate.class);
        jooq = DSL.using(context.getBean(DataSource.class), SQLDialect.H2);
        for (UUID tenant : List.of(TestApplication.ACME, TestApplication.GLOBEX)) {
            CurrentTenant.runAs(
                    tenant,
                    () -> context.getBean(EntityManagerFactory.class)
                            .runInTransaction(session -> session.persist(new TestApplication.Shelf())));
        }
    }

    @AfterAll
    static void close() {
        context.close();
    }

    @Test
    void jdbcTemplateReachesTheRowsOfTheTenantThatItNames() {
        String sql = "select count(*) from shelf where tenant_id = ?";
        CurrentTenant.runAs(TestApplication.ACME, () -> {
            assertThat(jdbc.queryForObject(sql, Long.class, TestApplication.ACME))
                    .isEqualTo(1);
            assertThatExceptionOfType(UnprovenStatementException.class)
                    .isThrownBy(() -> jdbc.queryForObject(sql, Long.class, TestApplication.GLOBEX));
            assertThatExceptionOfType(UnprovenStatementException.class)
                    .isThrownBy(() -> jdbc.queryForObject("select count(*) from shelf", Long.class));
        });
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> jdbc.queryForObject(sql, Long.class, TestApplication.ACME));
    }

    @Test
    void jdbcTemplateSharesHibernatesTransactionAndItsGuard() {
        TransactionTemplate transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        CurrentTenant.runAs(
                TestApplication.ACME,
                () -> transaction.executeWithoutResult(status -> {
                    status.setRollbackOnly();
                    assertThat(jdbc.update("update shelf set name = 'x' where tenant_id = ?", TestApplication.ACME))
                            .isEqualTo(1);
                    assertThatExceptionOfType(UnprovenStatementException.class)
                            .isThrownBy(() -> jdbc.update("update shelf set name = 'x'"));
                }));
    }

    @Test
    void jooqReachesTheRowsOfTheTenantThatItNames() {
        CurrentTenant.runAs(TestApplication.ACME, () -> {
            assertThat(jooq.fetchCount(jooq.selectFrom(table("shelf"))
                            .where(field("tenant_id", UUID.class).eq(TestApplication.ACME))))
                    .isEqualTo(1);
            assertThatExceptionOfType(UnprovenStatementException.class)
                    .isThrownBy(() -> jooq.fetchCount(table("shelf")));
        });
    }

    @Test
    void crossingTenantsIsAnEventAndACounter() {
        long found = CurrentTenant.acrossTenants(
                "a test", () -> jdbc.queryForObject("select count(*) from shelf", Long.class));
        assertThat(found).isEqualTo(2);
        assertThat(context.getBean(Listening.class).heard)
                .extracting(CurrentTenant.Crossing::reason)
                .containsExactly("a test");
        assertThat(context.getBean(SimpleMeterRegistry.class)
                        .counter(TenancyCounters.CROSSINGS)
                        .count())
                .isEqualTo(1);
    }

    static class Listening {

        private final List<CurrentTenant.Crossing> heard = new ArrayList<>();

        @Bean
        static SimpleMeterRegistry meters() {
            return new SimpleMeterRegistry();
        }

        @EventListener
        void hear(CurrentTenant.Crossing crossing) {
            heard.add(crossing);
        }
    }
}
