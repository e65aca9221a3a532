package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.p6spy.engine.spy.P6DataSource;
import com.zaxxer.hikari.HikariDataSource;
import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import dev.tenancy.TenancySetupException;
import dev.tenancy.TenantIsolation;
import dev.tenancy.UnprovenStatementException;
import dev.tenancy.legacy.OldShelf;
import dev.tenancy.spring.TestApplication.Shelf;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import net.ttddyy.observation.boot.autoconfigure.DataSourceObservationAutoConfiguration;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.jpa.EntityManagerFactoryBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The guard is found where other libraries and the application itself wrap, replace and make data sources. */
class GuardedBeansTest {

    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    HibernateJpaAutoConfiguration.class,
                    JdbcTemplateAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    TenancyAutoConfiguration.class))
            .withUserConfiguration(Scan.class)
            .withPropertyValues(
                    "spring.datasource.url=" + url,
                    "spring.jpa.open-in-view=false",
                    "spring.jpa.hibernate.ddl-auto=update");

    enum Library {
        DELEGATING(DelegatingDataSource::new),
        P6SPY(P6DataSource::new),
        DATASOURCE_PROXY(target -> ProxyDataSourceBuilder.create(target).build()),
        DATASOURCE_PROXY_BY_JDK(target -> ProxyDataSourceBuilder.create(target).buildProxy()),
        MUTE(Mute::new);

        final UnaryOperator<DataSource> wrapper;

        Library(UnaryOperator<DataSource> wrapper) {
            this.wrapper = wrapper;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoeverWrapsBeforeTheGuardWrapsWhatIsGuarded(Library library) {
        application
                .withBean(Wrapping.class, () -> new Wrapping(library.wrapper))
                .run(GuardedBeansTest::holds);
    }

    @ParameterizedTest
    @EnumSource
    void whoeverWrapsTheGuardItselfIsLookedThrough(Library library) {
        application
                .withConfiguration(AutoConfigurations.of(Last.class))
                .withBean(Library.class, () -> library)
                .run(context -> {
                    assertThat(context.getBean(DataSource.class)).isSameAs(context.getBean(WrappingLast.class).result);
                    holds(context);
                });
    }

    @Test
    void dataSourceMicrometerObservesWhatIsGuarded() {
        application
                .withConfiguration(AutoConfigurations.of(DataSourceObservationAutoConfiguration.class))
                .withBean(ObservationRegistry.class, ObservationRegistry::create)
                .withBean(Tracer.class, () -> Tracer.NOOP)
                .run(context -> {
                    assertThat(context.getBean(DataSource.class).unwrap(DataSource.class))
                            .isNotInstanceOf(HikariDataSource.class);
                    holds(context);
                });
    }

    @Test
    void aPoolIsInjectedByItsTypeAndGuarded() {
        application.withUserConfiguration(Hikari.class).run(context -> {
            holds(context);
            HikariDataSource pool = context.getBean(Hikari.class).pool(context);
            assertThat(context.getBean("early")).isEqualTo(pool.getJdbcUrl());
            assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isPositive();
            assertThatExceptionOfType(NoTenantException.class)
                    .isThrownBy(() -> new JdbcTemplate(pool).queryForList("select * from shelf"));
            HikariDataSource behind = pool.unwrap(HikariDataSource.class);
            assertThat(behind).isNotSameAs(pool);
            assertThat(new JdbcTemplate(behind).queryForList("select * from shelf"))
                    .isNotEmpty();
        });
    }

    @Test
    void flywaysBeanWorksBehindTheGuard() {
        application
                .withConfiguration(
                        AutoConfigurations.of(FlywayAutoConfiguration.class, TenancyFlywayAutoConfiguration.class))
                .run(context -> {
                    holds(context);
                    Flyway flyway = context.getBean(Flyway.class);
                    JdbcTemplate migrations =
                            new JdbcTemplate(flyway.getConfiguration().getDataSource());
                    assertThat(migrations.queryForList("select * from shelf")).hasSize(1);
                    CurrentTenant.runAs(
                            TestApplication.ACME,
                            () -> assertThat(flyway.migrate().success).isTrue());
                });
    }

    @Test
    void aRoutingDataSourceIsGuardedWhereverItLeads() {
        application.withUserConfiguration(Routing.class).run(context -> {
            holds(context);
            context.getBean(Routing.class).key.set("second");
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            assertThatExceptionOfType(NoTenantException.class)
                    .isThrownBy(() -> jdbc.queryForList("select * from shelf"));
        });
    }

    @Test
    void aFactoryMadeByHandTeachesTheGuard() {
        application
                .withBean(LocalContainerEntityManagerFactoryBean.class, () -> byHand(url, true))
                .withBean("dataSource", DataSource.class, () -> new DriverManagerDataSource(url))
                .run(context -> assertThatExceptionOfType(NoTenantException.class)
                        .isThrownBy(() -> context.getBean(JdbcTemplate.class).queryForList("select * from shelf")));
    }

    @Test
    void aFactoryMadeByHandWithoutTheIsolationIsRefused() {
        refused(
                application.withBean("byHand", LocalContainerEntityManagerFactoryBean.class, () -> byHand(url, false)),
                "TENANCY-305",
                "byHand",
                "TestApplication$Shelf",
                "TenantIsolation.applyTo");
    }

    @Test
    void aDataSourceThatWasMadeTooEarlyIsRefused() {
        refused(application.withUserConfiguration(Early.class), "TENANCY-303", "dataSource");
    }

    @Test
    void aTemplateOverAPoolOfItsOwnIsRefused() {
        refused(
                application.withBean(
                        "reports",
                        JdbcTemplate.class,
                        () -> new JdbcTemplate(new DriverManagerDataSource(url, "sa", ""))),
                "TENANCY-306",
                "reports",
                "shelf");
    }

    @Test
    void whatIsMadeLazilyIsGuardedAsWell() {
        application
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(factory -> Arrays.stream(factory.getBeanDefinitionNames())
                                .forEach(name -> factory.getBeanDefinition(name).setLazyInit(true))))
                .withUserConfiguration(LazyPool.class)
                .run(context -> {
                    JdbcTemplate late = new JdbcTemplate(context.getBean("late", DataSource.class));
                    assertThatExceptionOfType(NoTenantException.class)
                            .isThrownBy(() -> late.queryForList("select * from shelf"));
                    assertThatExceptionOfType(NoTenantException.class)
                            .isThrownBy(
                                    () -> context.getBean(JdbcTemplate.class).queryForList("select * from shelf"));
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void twoDatabasesWithTablesOfOneNameAreKeptApart(boolean ownedFirst) {
        application
                .withUserConfiguration(ownedFirst ? OwnedFirst.class : GlobalFirst.class)
                .withPropertyValues("main.url=" + url, "old.url=jdbc:h2:mem:" + UUID.randomUUID())
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThatExceptionOfType(NoTenantException.class)
                            .isThrownBy(() -> template(context, "main").queryForList("select * from shelf"));
                    assertThat(template(context, "old").queryForList("select * from shelf"))
                            .isEmpty();
                });
    }

    @Test
    void twoFactoriesOfOneDatabaseThatDisagreeAreRefused() {
        refused(
                application
                        .withUserConfiguration(OwnedFirst.class)
                        .withPropertyValues("main.url=" + url, "old.url=" + url + ";LOCK_TIMEOUT=2000"),
                Shelf.class.getName(),
                OldShelf.class.getName(),
                "@GlobalEntity");
    }

    @Test
    void aDataSourceIsLeftOutByNameWithAReason() {
        ApplicationContextRunner two = application.withUserConfiguration(Beside.class);
        two.withPropertyValues("beside.url=jdbc:h2:mem:" + UUID.randomUUID(), unguarded("price-list", "only prices"))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean("priceList")).isExactlyInstanceOf(DriverManagerDataSource.class);
                    holds(context);
                });
        refused(
                two.withPropertyValues("beside.url=" + url, unguarded("priceList", "only prices")),
                "TENANCY-306",
                "priceList",
                "shelf");
        refused(
                two.withPropertyValues("beside.url=" + url, unguarded("priceList", "")),
                "tenancy.data-sources.unguarded.priceList",
                "reason");
        refused(
                two.withPropertyValues("beside.url=" + url, unguarded("priceLists", "only prices")),
                "tenancy.data-sources.unguarded",
                "names no data source",
                "priceList");
    }

    @Test
    void aPoolBesideOfTheSameDatabaseIsGuardedAndAStrangeOneIsRefused() {
        ApplicationContextRunner two = application.withUserConfiguration(Beside.class);
        two.withPropertyValues("beside.url=" + url).run(context -> {
            holds(context);
            assertThatExceptionOfType(NoTenantException.class)
                    .isThrownBy(() -> template(context, "priceList").queryForList("select * from shelf"));
        });
        refused(
                two.withPropertyValues("beside.url=jdbc:h2:mem:" + UUID.randomUUID()
                        + ";INIT=create table if not exists stray (tenant_id uuid)"),
                "TENANCY-304",
                "priceList",
                "stray");
    }

    private static String unguarded(String name, String reason) {
        return "tenancy.data-sources.unguarded." + name + "=" + reason;
    }

    private static void refused(ApplicationContextRunner application, String... words) {
        application.run(context -> assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
                .isInstanceOfSatisfying(
                        TenancySetupException.class,
                        refusal -> assertThat(refusal.getMessage() + refusal.refused() + refusal.fix())
                                .contains(words)));
    }

    private static JdbcTemplate template(ApplicationContext context, String dataSource) {
        return new JdbcTemplate(context.getBean(dataSource, DataSource.class));
    }

    /** Hibernate and JdbcTemplate write and read for a tenant, in one transaction, and for nobody else. */
    private static void holds(AssertableApplicationContext context) {
        assertThat(context).hasNotFailed();
        JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
        EntityManager entityManager = context.getBean(EntityManager.class);
        TransactionTemplate transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        CurrentTenant.runAs(
                TestApplication.ACME,
                () -> transaction.executeWithoutResult(status -> {
                    entityManager.persist(new Shelf());
                    entityManager.flush();
                    assertThat(jdbc.queryForObject(
                                    "select count(*) from shelf where tenant_id = ?", Long.class, TestApplication.ACME))
                            .isEqualTo(1);
                }));
        assertThatExceptionOfType(NoTenantException.class).isThrownBy(() -> jdbc.queryForList("select * from shelf"));
        CurrentTenant.runAs(TestApplication.GLOBEX, () -> {
            assertThatExceptionOfType(UnprovenStatementException.class)
                    .isThrownBy(() -> jdbc.queryForList("select * from shelf"));
            assertThat(entityManager.createQuery("from Shelf", Shelf.class).getResultList())
                    .isEmpty();
        });
    }

    private static LocalContainerEntityManagerFactoryBean byHand(String url, boolean isolated) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.hbm2ddl.auto", "update");
        if (isolated) {
            TenantIsolation.applyTo(settings);
        }
        LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
        factory.setDataSource(new DriverManagerDataSource(url));
        factory.setPackagesToScan(TestApplication.class.getPackageName());
        factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factory.setJpaPropertyMap(settings);
        return factory;
    }

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = TestApplication.class)
    static class Scan {}

    /** As other libraries do. */
    static class Wrapping implements BeanPostProcessor {

        private final UnaryOperator<DataSource> wrapper;
        DataSource result;

        Wrapping(UnaryOperator<DataSource> wrapper) {
            this.wrapper = wrapper;
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            if (bean instanceof DataSource dataSource) {
                result = wrapper.apply(dataSource);
                return result;
            }
            return bean;
        }
    }

    /** Is so late that it wraps what the library has guarded. */
    static class WrappingLast extends Wrapping implements MergedBeanDefinitionPostProcessor {

        WrappingLast(UnaryOperator<DataSource> wrapper) {
            super(wrapper);
        }

        @Override
        public void postProcessMergedBeanDefinition(RootBeanDefinition definition, Class<?> type, String name) {}
    }

    @AutoConfiguration(after = TenancyAutoConfiguration.class)
    static class Last {

        @Bean
        static WrappingLast wrappingLast(Library library) {
            return new WrappingLast(library.wrapper);
        }
    }

    /** Written in a hurry: it does not tell what it wraps. */
    static class Mute extends DelegatingDataSource {

        Mute(DataSource target) {
            super(target);
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            throw new UnsupportedOperationException();
        }
    }

    static class Hikari {

        @Bean
        String early(HikariDataSource pool) {
            return pool.getJdbcUrl();
        }

        HikariDataSource pool(ApplicationContext context) {
            return context.getBean(HikariDataSource.class);
        }
    }

    static class Routing {

        final ThreadLocal<String> key = new ThreadLocal<>();

        @Bean
        @Primary
        DataSource routing(@Value("${spring.datasource.url}") String url) {
            AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {
                @Override
                protected Object determineCurrentLookupKey() {
                    return key.get();
                }
            };
            routing.setDefaultTargetDataSource(new DriverManagerDataSource(url));
            routing.setTargetDataSources(Map.of("second", new DriverManagerDataSource(url)));
            return routing;
        }

        // Nothing to route to when the application starts.
        @Bean
        DataSource undecided() {
            AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {
                @Override
                protected Object determineCurrentLookupKey() {
                    return null;
                }
            };
            routing.setTargetDataSources(Map.of());
            return routing;
        }
    }

    static class Early {

        @Bean
        static BeanPostProcessor needing(DataSource dataSource) {
            return new BeanPostProcessor() {};
        }
    }

    static class LazyPool {

        @Bean
        @Lazy
        DataSource late(@Value("${spring.datasource.url}") String url) {
            return new DriverManagerDataSource(url);
        }

        @Bean
        @Primary
        DataSource main(@Value("${spring.datasource.url}") String url) {
            return new DriverManagerDataSource(url);
        }
    }

    static class Beside {

        @Bean
        @Primary
        DataSource main(@Value("${spring.datasource.url}") String url) {
            return new DriverManagerDataSource(url);
        }

        @Bean
        DataSource priceList(@Value("${beside.url}") String url) throws SQLException {
            DriverManagerDataSource prices = new DriverManagerDataSource(url + ";DB_CLOSE_DELAY=-1");
            try (Connection connection = prices.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create table if not exists price (id int)");
            }
            return prices;
        }
    }

    static class TwoPools {

        @Bean
        @Primary
        DataSource main(@Value("${main.url}") String url) {
            return new DriverManagerDataSource(url);
        }

        @Bean
        DataSource old(@Value("${old.url}") String url) {
            return new DriverManagerDataSource(url + ";DB_CLOSE_DELAY=-1");
        }

        static LocalContainerEntityManagerFactoryBean owned(EntityManagerFactoryBuilder builder, DataSource main) {
            return builder.dataSource(main).packages(TestApplication.class).build();
        }

        static LocalContainerEntityManagerFactoryBean global(EntityManagerFactoryBuilder builder, DataSource old) {
            return builder.dataSource(old).packages(OldShelf.class).build();
        }
    }

    static class OwnedFirst extends TwoPools {

        @Bean
        @Primary
        LocalContainerEntityManagerFactoryBean a(EntityManagerFactoryBuilder builder, DataSource main) {
            return owned(builder, main);
        }

        @Bean
        LocalContainerEntityManagerFactoryBean b(
                EntityManagerFactoryBuilder builder, @Qualifier("old") DataSource old) {
            return global(builder, old);
        }
    }

    static class GlobalFirst extends TwoPools {

        @Bean
        LocalContainerEntityManagerFactoryBean a(
                EntityManagerFactoryBuilder builder, @Qualifier("old") DataSource old) {
            return global(builder, old);
        }

        @Bean
        @Primary
        LocalContainerEntityManagerFactoryBean b(EntityManagerFactoryBuilder builder, DataSource main) {
            return owned(builder, main);
        }
    }
}
