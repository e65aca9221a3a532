package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.hibernate.SessionFactory;
import org.hibernate.SessionFactoryObserver;
import org.hibernate.annotations.TenantId;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.registry.BootstrapServiceRegistryBuilder;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.cfg.Configuration;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;
import org.junit.jupiter.api.Test;

class DoctorTest {

    private static final UUID ACME = UUID.randomUUID();

    @Test
    void aFactoryIsRefusedAndClosedForWhatItsOwnSchemaExportMade() {
        AtomicBoolean closed = new AtomicBoolean();
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> attended("create table stray (tenant_id uuid);", closed, Note.class))
                .satisfies(refused ->
                        assertThat(refused.findings()).extracting(Finding::id).contains(Fault.UNMAPPED_TABLE.id()));
        assertThat(closed).isTrue();
    }

    @Test
    void aMappingThatHibernateCannotBuildIsRefusedBeforeItTries() {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> attended("", new AtomicBoolean(), TenantInId.class))
                .satisfies(refused -> assertThat(refused.findings())
                        .extracting(Finding::id)
                        .containsExactly(Fault.TENANT_MISPLACED.id()));
    }

    @Test
    void ofEachFindingItTellsWhatItIsWhyItMattersAndHowToMendIt() {
        Finding first = Fault.NULLABLE_TENANT.found("The table a", "has a null", "alter table a");
        Finding second = Fault.UNMAPPED_TABLE.found("The table b", "is not mapped");
        TenancySetupException refused = new TenancySetupException(List.of(first, second));
        assertThat(refused)
                .hasMessageContaining("2 finding(s)")
                .hasMessageContaining("TENANCY-202: The table a.")
                .hasMessageContaining("TENANCY-207: The table b.");
        assertThat(refused.getSuppressed()[0].getMessage())
                .contains("The table a has a null.", Fault.NULLABLE_TENANT.reason, "alter table a")
                .contains("The table b is not mapped.", Fault.UNMAPPED_TABLE.remedy);
        assertThat(refused.refused()).contains("The table a", "The table b").doesNotContain("alter table a");
        assertThat(refused.fix()).contains("alter table a", Fault.UNMAPPED_TABLE.remedy);
        assertThat(new TenancySetupException(List.of(first)))
                .hasMessageContaining(Fault.NULLABLE_TENANT.reason)
                .hasMessageContaining("alter table a");
    }

    @Test
    void theCanarySeesNothingThroughTheWallAndRowsWhereItIsOff() {
        List<String> entities = List.of(Note.class.getName());
        try (SessionFactory walled = withRow(true);
                SessionFactory open = withRow(false)) {
            assertThat(Doctor.canary(walled, UUID.class, entities)).isEmpty();
            assertThat(Doctor.canary(open, UUID.class, entities))
                    .extracting(Finding::id)
                    .containsExactly(Fault.CANARY.id());
        }
    }

    @Test
    void eachFindingIsInTheDocumentation() throws Exception {
        String table = Arrays.stream(Fault.values())
                .map(one -> "| " + String.join(" | ", one.id(), one.what, one.reason, one.remedy) + " |")
                .collect(Collectors.joining("\n"));
        assertThat(Files.readString(Path.of("../docs/doctor.md")))
                .as("docs/doctor.md; its table should be\n%s", table)
                .contains(
                        "| id | what is found | why it matters | how to mend it |\n|---|---|---|---|\n" + table + "\n");
    }

    private static SessionFactory attended(String script, AtomicBoolean closed, Class<?>... entities) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.connection.url", "jdbc:h2:mem:" + UUID.randomUUID());
        settings.put("hibernate.hbm2ddl.auto", "create-drop");
        settings.put("jakarta.persistence.sql-load-script-source", new StringReader(script));
        TenantIsolation.applyTo(settings);
        Configuration configuration = new Configuration(new BootstrapServiceRegistryBuilder()
                .applyIntegrator(new Attended(
                        (SessionTenant) settings.get(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER)))
                .build());
        configuration.setSessionFactoryObserver(new SessionFactoryObserver() {
            @Override
            public void sessionFactoryClosed(SessionFactory factory) {
                closed.set(true);
            }
        });
        configuration.getProperties().putAll(settings);
        Arrays.stream(entities).forEach(configuration::addAnnotatedClass);
        return configuration.buildSessionFactory();
    }

    private static SessionFactory withRow(boolean walled) {
        Map<String, Object> settings = new HashMap<>();
        if (walled) {
            TenantIsolation.applyTo(settings);
        } else {
            settings.put(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new AlwaysAcme());
        }
        settings.put("hibernate.connection.url", "jdbc:h2:mem:" + UUID.randomUUID());
        settings.put("hibernate.hbm2ddl.auto", "create-drop");
        Configuration configuration = new Configuration().addAnnotatedClass(Note.class);
        configuration.getProperties().putAll(settings);
        SessionFactory factory = configuration.buildSessionFactory();
        CurrentTenant.runAs(ACME, () -> factory.inTransaction(session -> session.persist(new Note())));
        return factory;
    }

    private static final class AlwaysAcme implements CurrentTenantIdentifierResolver<UUID> {

        @Override
        public UUID resolveCurrentTenantIdentifier() {
            return ACME;
        }

        @Override
        public boolean validateExistingCurrentSessions() {
            return false;
        }
    }

    private record Attended(SessionTenant tenant) implements Integrator {

        @Override
        public void integrate(Metadata metadata, BootstrapContext context, SessionFactoryImplementor factory) {
            Doctor.attend(
                    metadata,
                    tenant.owned(),
                    new StatementGuard(),
                    new EnforcedReferences(),
                    TableClaims.NONE,
                    factory);
        }
    }

    @Entity(name = "Note")
    static class Note extends TenantOwned {}

    @Entity(name = "TenantInId")
    static class TenantInId {

        @Id
        Long id;

        @Id
        @TenantId
        UUID tenantId;
    }
}
