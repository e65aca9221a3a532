package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.Configuration;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.engine.jdbc.connections.internal.DriverManagerConnectionProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantIsolationTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private SessionFactory factory = factory(Note.class, Currency.class);

    @AfterEach
    void close() {
        factory.close();
    }

    @Test
    void aRowIsStampedWithTheTenantThatWroteIt() {
        Note note = persistedBy(ACME, new Note("ours"));
        assertThat(note.getTenantId()).isEqualTo(ACME);
        assertThat(note.getId().version()).isEqualTo(7);
    }

    @Test
    void anotherTenantFindsNothingByIdOrByQueryWhereTheOwnerDoes() {
        UUID id = persistedBy(ACME, new Note("ours")).getId();
        Function<EntityManager, Object> byId = session -> session.find(Note.class, id);
        Function<EntityManager, Object> byQuery =
                session -> session.createQuery("from Note", Note.class).getSingleResultOrNull();
        assertThat(as(ACME, byId)).isNotNull();
        assertThat(as(GLOBEX, byId)).isNull();
        assertThat(as(ACME, byQuery)).isNotNull();
        assertThat(as(GLOBEX, byQuery)).isNull();
    }

    @Test
    void anotherTenantUpdatesAndDeletesNothingInBulk() {
        persistedBy(ACME, new Note("ours"));
        Function<EntityManager, Object> update = session ->
                session.createQuery("update Note set text = 'theirs'").executeUpdate();
        Function<EntityManager, Object> delete =
                session -> session.createQuery("delete Note").executeUpdate();
        assertThat(as(GLOBEX, update)).isEqualTo(0);
        assertThat(as(GLOBEX, delete)).isEqualTo(0);
        assertThat(as(ACME, update)).isEqualTo(1);
        assertThat(as(ACME, delete)).isEqualTo(1);
    }

    @Test
    void whoReadsAttributesHasTheirRowChecked() {
        Consumer<Object> check = TenantIsolation.rowCheck(factory, Note.class);
        CurrentTenant.runAs(ACME, () -> check.accept(ACME));
        CurrentTenant.acrossTenants("a test", () -> {
            check.accept(GLOBEX);
            return true;
        });
        assertThatExceptionOfType(ForeignRowException.class)
                .isThrownBy(() -> CurrentTenant.runAs(GLOBEX, () -> check.accept(ACME)))
                .withMessageContaining("TenantIsolationTest$Note");
        assertThatExceptionOfType(ForeignRowException.class)
                .isThrownBy(() -> CurrentTenant.runAs(GLOBEX, () -> check.accept(null)));
        assertThatExceptionOfType(NoTenantException.class).isThrownBy(() -> check.accept(ACME));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TenantIsolation.rowCheck(factory, Currency.class))
                .withMessageContaining("is not owned");
    }

    @ParameterizedTest
    @ValueSource(strings = {"from Note", "select count(*) from Note", "update Note set text = ''", "delete Note"})
    void withoutATenantAnOwnedEntityIsRefusedByName(String statement) {
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> factory.inTransaction(session -> {
                    if (statement.startsWith("update") || statement.startsWith("delete")) {
                        session.createMutationQuery(statement).executeUpdate();
                    } else {
                        session.createSelectionQuery(statement, Object.class).getResultList();
                    }
                }))
                .withMessageContaining("TenantIsolationTest$Note")
                .withMessageContaining("CurrentTenant.runAs");
    }

    @Test
    void withoutATenantAnOwnedRowIsNeitherWrittenNorFound() {
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> factory.inTransaction(session -> session.persist(new Note("nobody's"))));
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> factory.inTransaction(session -> session.find(Note.class, UUID.randomUUID())));
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> factory.inTransaction(
                        session -> session.createNativeQuery("select count(*) from NOTE", Long.class)
                                .getSingleResult()));
    }

    @Test
    void withoutATenantAGlobalEntityIsWrittenAndRead() {
        factory.inTransaction(session -> session.persist(new Currency("CHF")));
        assertThat(factory.<Object>fromTransaction(session -> session.find(Currency.class, "CHF")))
                .isNotNull();
        assertThat(as(ACME, session -> session.find(Currency.class, "CHF"))).isNotNull();
    }

    @Test
    void tenantsMayHaveLongOrTextIds() {
        for (Object[] ids : new Object[][] {{1L, 2L, Counted.class}, {"acme", "globex", Named.class}}) {
            factory.close();
            Class<?> entity = (Class<?>) ids[2];
            factory = factory(entity, Currency.class);
            as(ids[0], session -> {
                session.persist(entity == Counted.class ? new Counted() : new Named());
                return null;
            });
            assertThat(as(ids[0], session -> session.find(entity, "x"))).isNotNull();
            assertThat(as(ids[1], session -> session.find(entity, "x"))).isNull();
            factory.inTransaction(session -> session.persist(new Currency("CHF")));
        }
    }

    @Test
    void aTenantIdOfAnotherTypeIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> as("acme", session -> session.find(Note.class, UUID.randomUUID())))
                .withMessageContaining("java.lang.String")
                .withMessageContaining("java.util.UUID");
    }

    @Test
    void everyEntityDecidesWhoseItsRowsAreAndAllThatDoNotAreNamed() {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> factory(Undecided.class, Both.class, WithoutReason.class, Late.class, Note.class))
                .satisfies(refused -> assertThat(refused.getSuppressed()[0].getMessage())
                        .contains(
                                "Undecided has not decided",
                                "Both has a @TenantId attribute, and is marked",
                                "WithoutReason gives no reason",
                                "Late has a @TenantId attribute, but its superclass")
                        .as("once for all")
                        .containsOnlyOnce("@GlobalEntity(reason"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"dev.tenancy", "dev.tenancy.TenantIsolationTest", "dev.tenancy.TenantIsolationTest$Undecided"})
    void anEntityOfAnotherLibraryIsDeclaredGlobalByClassOrPackage(String name) {
        try (SessionFactory declared =
                factory(Map.of(TenantIsolation.GLOBAL_ENTITIES + name, "theirs"), Undecided.class, Note.class)) {
            List<Undecided> theirs =
                    declared.fromTransaction(session -> session.createSelectionQuery("from Undecided", Undecided.class)
                            .getResultList());
            assertThat(theirs).isEmpty();
            // Its package's setting is not the note's.
            assertThatExceptionOfType(NoTenantException.class)
                    .isThrownBy(() ->
                            declared.fromTransaction(session -> session.createSelectionQuery("from Note", Note.class)
                                    .getResultList()));
        }
    }

    @Test
    void aDeclarationNeedsAReasonAndAnEntityThatDoesNotSayOtherwise() {
        String setting = TenantIsolation.GLOBAL_ENTITIES + "dev.tenancy.TenantIsolationTest$";
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> factory(
                        Map.of(setting + "Undecided", " ", setting + "Note", "theirs", setting + "Curr", "x"),
                        Undecided.class,
                        Note.class))
                .satisfies(refused -> assertThat(refused.getSuppressed()[0].getMessage())
                        .contains(
                                "Undecided is declared by " + setting + "Undecided without a reason",
                                "Note has a @TenantId attribute, and is declared by " + setting + "Note"));
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> factory(Map.of(setting + "Und", "theirs"), Undecided.class))
                .withMessageContaining("Undecided has not decided");
    }

    // Hibernate Search asks the mapping for the filter once the factory is built.
    @Test
    void whoAsksTheMappingFindsHibernatesFilterAndNoSessionEnablesIt() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.connection.url", "jdbc:h2:mem:" + UUID.randomUUID());
        settings.put("hibernate.hbm2ddl.auto", "create-drop");
        TenantIsolation.applyTo(settings);
        Metadata metadata = new MetadataSources(new StandardServiceRegistryBuilder()
                        .applySettings(settings)
                        .build())
                .addAnnotatedClass(Note.class)
                .buildMetadata();
        try (SessionFactory built = metadata.buildSessionFactory()) {
            assertThat(metadata.getFilterDefinition(TenantIdBinder.FILTER_NAME)).isNotNull();
            assertThat(built.getDefinedFilterNames()).isEmpty();
        }
    }

    @Test
    void connectionsThatWereTakenFromTheGuardAreRefused() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.connection.url", "jdbc:h2:mem:taken");
        TenantIsolation.applyTo(settings);
        settings.put(JdbcSettings.CONNECTION_PROVIDER, new DriverManagerConnectionProvider());
        Configuration configuration = new Configuration().addAnnotatedClass(Note.class);
        configuration.getProperties().putAll(settings);
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(configuration::buildSessionFactory)
                .withMessageContaining(JdbcSettings.CONNECTION_PROVIDER)
                .withMessageContaining("before TenantIsolation.applyTo");
    }

    @Test
    void aSettingThatIsTakenIsRefusedByName() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, "mine");
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> TenantIsolation.applyTo(settings))
                .withMessageContaining(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER);
    }

    private Note persistedBy(UUID tenant, Note note) {
        as(tenant, session -> {
            session.persist(note);
            return null;
        });
        return note;
    }

    private Object as(Object tenant, Function<EntityManager, Object> work) {
        return CurrentTenant.callAs(tenant, () -> factory.fromTransaction(work::apply));
    }

    private static SessionFactory factory(Class<?>... entities) {
        return factory(Map.of(), entities);
    }

    private static SessionFactory factory(Map<String, Object> more, Class<?>... entities) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("hibernate.connection.url", "jdbc:h2:mem:" + UUID.randomUUID());
        settings.put("hibernate.hbm2ddl.auto", "create-drop");
        TenantIsolation.applyTo(settings);
        Configuration configuration = new Configuration();
        configuration.getProperties().putAll(settings);
        for (Class<?> entity : entities) {
            configuration.addAnnotatedClass(entity);
        }
        return configuration.buildSessionFactory();
    }

    @Entity(name = "Note")
    static class Note extends TenantOwned {

        String text;

        Note() {}

        Note(String text) {
            this.text = text;
        }
    }

    @Entity(name = "Currency")
    @GlobalEntity(reason = "ISO 4217")
    static class Currency {

        @Id
        String code;

        Currency() {}

        Currency(String code) {
            this.code = code;
        }
    }

    @Entity(name = "Counted")
    static class Counted {

        @Id
        String id = "x";

        @TenantId
        Long tenantId;
    }

    @Entity(name = "Named")
    static class Named {

        @Id
        String id = "x";

        @TenantId
        String tenantId;
    }

    @Entity(name = "Undecided")
    static class Undecided {

        @Id
        Long id;
    }

    @Entity(name = "Both")
    @GlobalEntity(reason = "none")
    static class Both extends TenantOwned {}

    @Entity(name = "WithoutReason")
    @GlobalEntity(reason = " ")
    static class WithoutReason {

        @Id
        Long id;
    }

    @Entity(name = "Late")
    static class Late extends Undecided {

        @TenantId
        UUID tenantId;
    }
}
