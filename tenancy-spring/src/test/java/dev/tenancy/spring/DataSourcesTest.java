package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import dev.tenancy.UnprovenStatementException;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The shapes that data sources have in a Spring application. */
class DataSourcesTest {

    @Test
    void thePoolBehindTheGuardIsMeasured() {
        try (ConfigurableApplicationContext context = TestApplication.start(Measured.class)) {
            holds(context);
            // As the actuator does, with the binder that Boot has made for the data sources that it can unwrap.
            SimpleMeterRegistry meters = context.getBean(SimpleMeterRegistry.class);
            context.getBeanProvider(MeterBinder.class).forEach(binder -> binder.bindTo(meters));
            assertThat(meters.find("hikaricp.connections").gauge()).isNotNull();
        }
    }

    // What spring.flyway.user does, for migrations by the owner of the tables.
    @Test
    void aDataSourceOfAnotherRoleIsDerivedFromTheOneBehind() throws SQLException {
        try (ConfigurableApplicationContext context = TestApplication.start(Nothing.class)) {
            DataSource derived = DataSourceBuilder.derivedFrom(context.getBean(DataSource.class))
                    .type(SimpleDriverDataSource.class)
                    .username("sa")
                    .build();
            try (Connection connection = derived.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.executeQuery("select count(*) from shelf");
            }
        }
    }

    @Test
    void connectionsThatAreFetchedLazilyAreGuarded() {
        try (ConfigurableApplicationContext context =
                TestApplication.start(Nothing.class, "spring.datasource.connection-fetch=lazy")) {
            assertThat(isOver(LazyConnectionDataSourceProxy.class, context)).isTrue();
            holds(context);
        }
    }

    @Test
    void aDataSourceOverAnotherIsGuarded() {
        try (ConfigurableApplicationContext context = TestApplication.start(LazyOverAnother.class)) {
            holds(context);
        }
    }

    @Test
    void aSecondDataSourceIsHeldToTheSameTables() {
        try (ConfigurableApplicationContext context = TestApplication.start(Two.class)) {
            holds(context);
            JdbcTemplate replica = new JdbcTemplate(context.getBean("replica", DataSource.class));
            assertThatExceptionOfType(NoTenantException.class)
                    .isThrownBy(() -> replica.queryForList("select * from shelf"));
            CurrentTenant.runAs(
                    TestApplication.ACME,
                    () -> assertThatExceptionOfType(UnprovenStatementException.class)
                            .isThrownBy(() -> replica.queryForList("select * from shelf")));
            assertThat(replica.queryForObject("select 1", Integer.class)).isEqualTo(1);
        }
    }

    /** Hibernate and JdbcTemplate write and read for a tenant, in one transaction, and for nobody else. */
    private static void holds(ConfigurableApplicationContext context) {
        JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
        EntityManager entityManager = context.getBean(EntityManager.class);
        TransactionTemplate transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        CurrentTenant.runAs(
                TestApplication.ACME,
                () -> transaction.executeWithoutResult(status -> {
                    entityManager.persist(new TestApplication.Shelf());
                    entityManager.flush();
                    assertThat(jdbc.queryForObject(
                                    "select count(*) from shelf where tenant_id = ?", Long.class, TestApplication.ACME))
                            .isEqualTo(1);
                }));
        assertThatExceptionOfType(NoTenantException.class).isThrownBy(() -> jdbc.queryForList("select * from shelf"));
        assertThat(CurrentTenant.callAs(
                        TestApplication.GLOBEX,
                        () -> entityManager
                                .createQuery("from Shelf", TestApplication.Shelf.class)
                                .getResultList()))
                .isEmpty();
    }

    private static boolean isOver(Class<?> type, ConfigurableApplicationContext context) {
        try {
            return context.getBean(DataSource.class).isWrapperFor(type);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    static class Nothing {}

    static class Measured {

        @Bean
        static SimpleMeterRegistry meters() {
            return new SimpleMeterRegistry();
        }
    }

    static class LazyOverAnother {

        @Bean
        DataSource pool() {
            return new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        }

        @Bean
        @Primary
        DataSource lazy(@Qualifier("pool") DataSource pool) {
            return new LazyConnectionDataSourceProxy(pool);
        }
    }

    static class Two {

        @Bean
        @Primary
        DataSource main() {
            return new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        }

        @Bean
        DataSource replica() {
            return new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID());
        }
    }
}
