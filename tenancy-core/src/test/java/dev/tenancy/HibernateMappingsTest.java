package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JoinFormula;
import org.hibernate.annotations.View;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import testserver.TestServer;

/** Mappings that need a session factory of their own, as one of them would keep the others from starting. */
class HibernateMappingsTest {

    private static final UUID TENANT = new UUID(1, 1);
    private static TestServer postgres;
    private static int databases;

    @BeforeAll
    static void start() throws IOException {
        postgres = TestServer.start();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    static List<String> urls() throws SQLException {
        String name = "mappings" + ++databases;
        postgres.create(name);
        return List.of("jdbc:h2:mem:" + name, postgres.getJdbcUrl("postgres", name));
    }

    @Entity(name = "Label")
    static class Label extends TenantOwned {
        String text = "plain";
    }

    /** Refers by a formula, which is null where it refers to nothing. */
    @Entity(name = "Parcel")
    static class Parcel extends TenantOwned {

        String state = "sent";
        UUID labelId;

        @ManyToOne
        @JoinFormula("case when state = 'sent' then labelId end")
        Label label;
    }

    @Entity(name = "Alpha")
    @Table(name = "shared")
    static class Alpha extends TenantOwned {

        String text = "plain";

        @ManyToMany
        @JoinTable(
                name = "shared_label",
                joinColumns = @JoinColumn(name = "shared_id"),
                inverseJoinColumns = @JoinColumn(name = "label_id"))
        Set<Label> labels = new HashSet<>();
    }

    /** The same rows with the same labels, by a name that comes last. */
    @Entity(name = "Zeta")
    @Table(name = "shared")
    static class Zeta extends TenantOwned {

        String text = "plain";

        @ManyToMany
        @JoinTable(
                name = "shared_label",
                joinColumns = @JoinColumn(name = "shared_id"),
                inverseJoinColumns = @JoinColumn(name = "label_id"))
        Set<Label> labels = new HashSet<>();
    }

    @Entity(name = "Country")
    @GlobalEntity(reason = "ISO list")
    static class Country {
        @Id
        String code;
    }

    @Entity(name = "CountryView")
    @GlobalEntity(reason = "made of countries")
    @Immutable
    @Table(name = "country_view")
    @View(query = "select lower(code) as code from country")
    static class CountryView {
        @Id
        String code;
    }

    @ParameterizedTest
    @MethodSource("urls")
    void aReferenceMayBeAFormula(String url) {
        try (SessionFactory factory = Model.factory(settings(url), Label.class, Parcel.class)) {
            CurrentTenant.runAs(
                    TENANT,
                    () -> factory.inTransaction(session -> {
                        Label label = new Label();
                        session.persist(label);
                        Parcel parcel = new Parcel();
                        parcel.labelId = label.getId();
                        session.persist(parcel);
                        session.flush();
                        session.clear();
                        assertThat(session.createSelectionQuery("from Parcel p join fetch p.label", Parcel.class)
                                        .getResultList())
                                .singleElement()
                                .satisfies(found -> assertThat(found.label.text).isEqualTo("plain"));
                    }));
        }
    }

    @ParameterizedTest
    @MethodSource("urls")
    void aTableMayBeMappedByTwoEntities(String url) {
        try (SessionFactory factory = Model.factory(settings(url), Label.class, Alpha.class, Zeta.class)) {
            CurrentTenant.runAs(
                    TENANT,
                    () -> factory.inTransaction(session -> {
                        Label label = new Label();
                        session.persist(label);
                        Alpha alpha = new Alpha();
                        alpha.labels.add(label);
                        session.persist(alpha);
                        Zeta zeta = new Zeta();
                        zeta.labels.add(label);
                        session.persist(zeta);
                        session.flush();
                        session.clear();
                        assertThat(session.createSelectionQuery("from Alpha a join fetch a.labels", Alpha.class)
                                        .getResultList())
                                .hasSize(2);
                        assertThat(session.createSelectionQuery("from Zeta z join fetch z.labels", Zeta.class)
                                        .getResultList())
                                .hasSize(2);
                    }));
        }
    }

    @ParameterizedTest
    @MethodSource("urls")
    void aViewOverGlobalTablesIsExported(String url) {
        try (SessionFactory factory = Model.factory(settings(url), Label.class, Country.class, CountryView.class)) {
            CurrentTenant.runAs(
                    TENANT,
                    () -> factory.inTransaction(session -> {
                        Country country = new Country();
                        country.code = "NL";
                        session.persist(country);
                        session.flush();
                        assertThat(session.createSelectionQuery("select code from CountryView", String.class)
                                        .getResultList())
                                .containsExactly("nl");
                    }));
        }
    }

    private static Map<String, Object> settings(String url) {
        return Map.of("hibernate.connection.url", url, "hibernate.hbm2ddl.halt_on_error", true);
    }
}
