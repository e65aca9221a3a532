package dev.tenancy.test;

import static dev.tenancy.test.TenantAssertions.assertThatTenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantIsolation;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.library.Folder;
import dev.tenancy.library.Template;
import dev.tenancy.test.SpringTestsTest.Book;
import dev.tenancy.test.isolation.EntityIsolationTestsTest.Country;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.test.context.TestContext;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Without Spring. */
class TenantAssertTest {

    private static final UUID ACME = UUID.fromString(WithTenantTest.ACME);
    private static final UUID GLOBEX = UUID.fromString("00000000-0000-0002-0000-000000000002");

    private final SessionFactory factory = isolated(Book.class, Country.class, Folder.class, Template.class);
    private Book row;

    @BeforeEach
    void acmeHasABook() {
        row = stored(ACME, new Book("of Acme"));
    }

    @AfterEach
    void close() {
        factory.close();
    }

    @Test
    void aRowIsItsTenantsAlone() {
        assertThatTenant(ACME).using(factory).sees(row);
        assertThatTenant(GLOBEX).using(factory).cannotSee(row).cannotChange(row);
        assertThatTenant(GLOBEX.toString()).using(factory).cannotSee(row);
    }

    @Test
    void nothingOfItIsLeft() {
        assertThatTenant(GLOBEX).using(factory).cannotChange(row);

        assertThatTenant(ACME).using(factory).sees(row);
        assertThatCode(() -> CurrentTenant.runAs(ACME, () -> factory.inTransaction(session -> session.merge(row))))
                .as("its version is what it was")
                .doesNotThrowAnyException();
    }

    @Test
    void aRowThatOthersReferToIsChangedByItsTenantAlone() {
        Folder parent = stored(ACME, new Folder(null));
        stored(ACME, new Folder(parent));

        assertThatTenant(GLOBEX).using(factory).cannotChange(parent);
        fails(() -> assertThatTenant(ACME).using(factory).cannotChange(parent), "an HQL update, an HQL delete");
    }

    @Test
    void whatIsNotCommittedStaysOutOfTheCache() {
        factory.getStatistics().setStatisticsEnabled(true);
        try (CurrentTenant.Scope scope = CurrentTenant.enter(TenantPrincipal.system(ACME));
                EntityManager test = factory.createEntityManager()) {
            test.getTransaction().begin();
            Folder folder = new Folder(null);
            test.persist(folder);
            TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(test));
            try {
                assertThatTenant(ACME).using(factory).sees(folder);
                assertThatTenant(GLOBEX).using(factory).cannotSee(folder);
            } finally {
                TransactionSynchronizationManager.unbindResource(factory);
                test.getTransaction().rollback();
            }
            assertThat(factory.getStatistics().getSecondLevelCachePutCount()).isZero();
            assertThat(factory.getCache().contains(Folder.class, folder.getId()))
                    .isFalse();
        }
    }

    @Test
    void aTenantThatSeesTheRowIsNamedWithThePaths() {
        fails(
                () -> assertThatTenant(ACME).using(factory).cannotSee(row),
                "Tenant " + ACME + " can see Book#" + row.getId() + " of tenant " + ACME
                        + ", by find, a query by id, a count. It is its own.");
        fails(
                () -> assertThatTenant(ACME).using(factory).cannotChange(row),
                "can change Book#" + row.getId() + " of tenant " + ACME + ", by an HQL update, an HQL delete.");
    }

    @Test
    void aRowOfTheLibraryIsSeenByAll() {
        Template template = CurrentTenant.acrossTenants(
                "a template for all", () -> stored(UUID.fromString(Template.LIBRARY), new Template()));

        assertThatTenant(GLOBEX).using(factory).sees(template);
        fails(
                () -> assertThatTenant(GLOBEX).using(factory).cannotSee(template),
                "can see Template#" + template.getId() + " of tenant " + Template.LIBRARY + ", by find",
                "@LibraryRows");
    }

    @Test
    void aRowThatNobodySeesProvesNothing() {
        CurrentTenant.runAs(
                ACME, () -> factory.inTransaction(session -> session.remove(session.find(Book.class, row.getId()))));

        fails(
                () -> assertThatTenant(GLOBEX).using(factory).cannotSee(row),
                "not proven: nobody can see Book#" + row.getId(),
                "not even tenant " + ACME,
                "commit");
        fails(() -> assertThatTenant(GLOBEX).using(factory).cannotChange(row), "not proven: nobody can change");
        fails(() -> assertThatTenant(ACME).using(factory).sees(row), "does not see Book#", "commit");
    }

    @Test
    void aRowOfAnotherIsNotSeen() {
        fails(
                () -> assertThatTenant(GLOBEX).using(factory).sees(row),
                "Tenant " + GLOBEX + " does not see Book#" + row.getId() + " by find, a query by id, a count.",
                "It belongs to tenant " + ACME);
    }

    @Test
    void aGlobalRowIsEverybodys() {
        Country country = new Country();
        country.code = "NL";
        stored(ACME, country);

        assertThatTenant(GLOBEX).using(factory).sees(country);
        fails(() -> assertThatTenant(GLOBEX).using(factory).cannotSee(country), "its entity is global");
    }

    @Test
    void whatIsNoRowIsRefusedInWords() {
        refused(() -> assertThatTenant(GLOBEX).using(factory).cannotSee("a text"), "java.lang.String is no entity");
        refused(() -> assertThatTenant(GLOBEX).using(factory).cannotSee(new Book("of Acme")), "Persist it first");
        refused(() -> assertThatTenant("globex").using(factory).cannotSee(row), "assertThatTenant(globex) is no UUID");
        refused(() -> assertThatTenant(7L).using(factory).cannotSee(row), "assertThatTenant(7)", "UUID");
        Book proxy = CurrentTenant.callAs(
                ACME, () -> factory.fromTransaction(session -> session.getReference(Book.class, row.getId())));
        refused(() -> assertThatTenant(GLOBEX).using(factory).cannotSee(proxy), "Load it first");
        assertThatIllegalStateException()
                .isThrownBy(() -> assertThatTenant(GLOBEX).cannotSee(row))
                .withMessageContaining("using(entityManagerFactory)");
    }

    @Test
    void aFactoryWithoutIsolationIsRefused() {
        try (SessionFactory open = new Configuration()
                .addAnnotatedClass(Book.class)
                .setProperty("hibernate.connection.url", "jdbc:h2:mem:" + UUID.randomUUID())
                .setProperty("hibernate.hbm2ddl.auto", "create-drop")
                .buildSessionFactory()) {
            refused(() -> assertThatTenant(1L).using(open).cannotSee(row), "applyTo");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.springframework.", "org.springframework.orm."})
    void springIsNotNeeded(String missing) throws Exception {
        ClassLoader without = without(missing);
        Object assertion = without.loadClass(TenantAssertions.class.getName())
                .getMethod("assertThatTenant", Object.class)
                .invoke(null, ACME);
        Class<?> type = assertion.getClass();
        type.getMethod("using", EntityManagerFactory.class).invoke(assertion, factory);
        type.getMethod("sees", Object.class).invoke(assertion, row);
        if (missing.endsWith("orm.")) {
            Class<?> listener = without.loadClass(WithTenantListener.class.getName());
            assertThat(listener.getMethod("afterTestMethod", TestContext.class)).isNotNull();
            Method ends = without.loadClass(RunningSpringTest.class.getName()).getDeclaredMethod("ends");
            ends.setAccessible(true);
            ends.invoke(null);
        }
    }

    /** This module as an application has it without some library. */
    private static ClassLoader without(String missing) {
        URL[] classes = {
            TenantAssert.class.getProtectionDomain().getCodeSource().getLocation()
        };
        return new URLClassLoader(classes, TenantAssertTest.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith(missing)) {
                    throw new ClassNotFoundException(name);
                }
                if (findLoadedClass(name) == null && name.startsWith("dev.tenancy.test.")) {
                    return findClass(name);
                }
                return super.loadClass(name, resolve);
            }
        };
    }

    private static void fails(ThrowingCallable assertion, String... texts) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(assertion)
                .satisfies(failure -> assertThat(failure.getMessage()).contains(texts));
    }

    private static void refused(ThrowingCallable assertion, String... texts) {
        assertThatIllegalArgumentException()
                .isThrownBy(assertion)
                .satisfies(failure -> assertThat(failure.getMessage()).contains(texts));
    }

    private <T> T stored(UUID tenant, T instance) {
        CurrentTenant.runAs(tenant, () -> factory.inTransaction(session -> session.persist(instance)));
        return instance;
    }

    private static SessionFactory isolated(Class<?>... entities) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "hibernate.connection.url",
                "jdbc:h2:mem:" + UUID.randomUUID(),
                "hibernate.hbm2ddl.auto",
                "create-drop",
                "hibernate.cache.use_second_level_cache",
                "true",
                "hibernate.cache.region.factory_class",
                "jcache",
                "hibernate.javax.cache.missing_cache_strategy",
                "create"));
        TenantIsolation.applyTo(settings);
        Configuration mapping = new Configuration();
        mapping.getProperties().putAll(settings);
        for (Class<?> entity : entities) {
            mapping.addAnnotatedClass(entity);
        }
        return mapping.buildSessionFactory();
    }
}
