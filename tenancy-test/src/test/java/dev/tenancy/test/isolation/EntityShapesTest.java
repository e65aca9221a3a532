package dev.tenancy.test.isolation;

import static dev.tenancy.test.isolation.EntityIsolationTestsTest.failures;
import static dev.tenancy.test.isolation.EntityIsolationTestsTest.isolated;
import static dev.tenancy.test.isolation.EntityIsolationTestsTest.plain;
import static dev.tenancy.test.isolation.EntityIsolationTestsTest.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.TenantIsolation;
import dev.tenancy.mapped.Mapped;
import dev.tenancy.mapped.Mapped.Counted;
import dev.tenancy.mapped.Mapped.Drawer;
import dev.tenancy.mapped.Mapped.Invoice;
import dev.tenancy.mapped.Mapped.Nothing;
import dev.tenancy.test.isolation.EntityIsolationTestsTest.Kit;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Entities of every shape under attack: none is left out, and of each something is found where nothing protects it. */
class EntityShapesTest {

    private SessionFactory factory;

    @AfterEach
    void close() {
        factory.close();
        System.clearProperty(EntityIsolationTests.REPORT);
        System.clearProperty(EntityIsolationTests.REHEARSAL);
    }

    static Stream<List<Class<?>>> shapes() {
        return Stream.of(
                List.of(Mapped.HIERARCHIES), List.of(Mapped.IDS), List.of(Mapped.COLLECTIONS), List.of(Counted.class));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void ofGoodOnesNothingIsFound(List<Class<?>> entities) {
        factory = isolated(Map.of(), entities.toArray(Class<?>[]::new));

        assertThat(failures(new Kit(factory))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void inARehearsalEachAttackIsNoticed(List<Class<?>> entities) {
        System.setProperty(EntityIsolationTests.REHEARSAL, "true");
        factory = isolated(Map.of(), entities.toArray(Class<?>[]::new));

        assertThat(failures(new Kit(factory))).isEmpty();
    }

    @Test
    void anAbstractEntityIsAttackedByRowsOfASubclass() {
        factory = plain(Map.of(), true, Mapped.HIERARCHIES);

        assertLeaks(
                List.of("Vehicle", "Parcel", "Heavy"),
                List.of("find", "HQL without a condition", "criteria", "HQL update", "HQL delete", "native SQL"));
    }

    @Test
    void anAbstractEntityWithoutSubclassesIsNamed() {
        factory = isolated(Map.of(), Nothing.class);

        assertThat(failures(new Kit(factory)))
                .containsOnlyKeys("Nothing/instance")
                .allSatisfy((path, failure) ->
                        assertThat(failure).hasMessageContainingAll("Nothing: it is abstract", "@MappedSuperclass"));
    }

    @Test
    void anEntityThatIsMappedInXmlIsAttacked() {
        factory = mapped(LEDGER);

        Map<String, Throwable> all = run(new Kit(factory));

        assertThat(all).containsKeys("Ledger/find", "Ledger/native SQL");
        assertThat(failures(all)).isEmpty();
    }

    @Test
    void anEntityWithoutAClassIsNamed() {
        factory = mapped(NOTE);

        assertThat(failures(new Kit(factory)))
                .containsOnlyKeys("Note/instance")
                .allSatisfy((path, failure) -> assertThat(failure)
                        .hasMessageContainingAll("Note: it is mapped without a class", "notProven()"));
    }

    @Test
    void idsOfSeveralAttributesAreMade() {
        factory = plain(Map.of(), true, Mapped.IDS);

        assertLeaks(
                List.of("Seat", "Reservation", "Ticket", "Papers"),
                List.of(
                        "find",
                        "find multiple",
                        "HQL by id",
                        "HQL without a condition",
                        "HQL update",
                        "criteria update"));
    }

    @Test
    void elementsAreMade() {
        factory = plain(Map.of(), true, Mapped.COLLECTIONS);

        Map<String, Throwable> found = failures(new Kit(factory));

        for (String collection : List.of("notes", "places", "labels", "photos", "pages", "tags", "named")) {
            for (String path : List.of("fetched", "loaded", "joined", "size")) {
                assertThat(found.get("Album/collection " + path + ": " + collection))
                        .as(path + " " + collection)
                        .hasMessageStartingWith("leak: Album, collection " + path + ": " + collection);
            }
        }
        for (String collection : List.of("notes", "labels", "photos", "pages", "tags", "named")) {
            assertThat(found.get("Album/member of: " + collection))
                    .as(collection)
                    .hasMessageStartingWith("leak: ");
        }
        for (String collection : List.of("notes", "places", "labels", "pages", "tags", "named")) {
            assertThat(found.get("Album/collection changed: " + collection))
                    .as(collection)
                    .hasMessageContaining("another tenant changed the row");
        }
        for (String collection : List.of("pages", "tags", "named")) {
            assertThat(found.get("Album/element added: " + collection))
                    .as(collection)
                    .hasMessageContaining("another tenant's row leads to one of the owner");
        }
    }

    @Test
    void elementsThatCannotBeMadeAreNamed() {
        factory = isolated(Map.of(), Drawer.class);

        assertThat(failures(new Kit(factory)))
                .containsOnlyKeys(
                        "Drawer/collection fetched: contents",
                        "Drawer/collection loaded: contents",
                        "Drawer/collection joined: contents",
                        "Drawer/collection size: contents",
                        "Drawer/member of: contents",
                        "Drawer/collection changed: contents")
                .allSatisfy((path, failure) -> assertThat(failure)
                        .hasMessageContainingAll("not proven: Drawer.contents: no key is known", "notProven()"));
    }

    @Test
    void otherWaysInAreRed() {
        factory = plain(Map.of(), true, EntityIsolationTestsTest.SHOP);

        assertLeaks(
                List.of("Client", "Contract", "Line"),
                List.of(
                        "find multiple",
                        "refresh",
                        "lock",
                        "criteria update",
                        "criteria delete",
                        "stateless upsert",
                        "tenant set: new row"));
        assertLeaks(List.of("Client"), List.of("natural id"));
        assertLeaks(List.of("Contract"), List.of("reference joined: client"));
        assertLeaks(List.of("Line"), List.of("HQL insert select"));
    }

    @Test
    void hibernatesOwnFilterLetsARowBeGivenAway() {
        factory = plain(Map.of(), false, EntityIsolationTestsTest.SHOP);

        assertLeaks(List.of("Client", "Contract", "Line"), List.of("tenant set: HQL update"));
    }

    @Test
    void idsThatAreCountedTogetherTellOfOthers() {
        factory = isolated(Map.of(), Invoice.class);

        assertThat(failures(new Kit(factory)))
                .containsOnlyKeys("Invoice/volume by id")
                .allSatisfy((path, failure) -> assertThat(failure)
                        .hasMessageContainingAll(
                                "leak: Invoice, volume by id", "2 apart", "5 after 4", "VERSION_7", "notProven()"));
    }

    @Test
    void idsThatAreCountedForEachTenantTellNothing() {
        factory = isolated(Map.of(), Counted.class);

        assertThat(run(new Kit(factory))).containsEntry("Counted/volume by id", null);
    }

    private void assertLeaks(List<String> entities, List<String> paths) {
        Map<String, Throwable> found = failures(new Kit(factory));
        for (String entity : entities) {
            for (String path : paths) {
                assertThat(found.get(entity + "/" + path))
                        .as(entity + "/" + path + " in " + found.keySet())
                        .hasMessageStartingWith("leak: " + entity + ", " + path + ": ");
            }
        }
    }

    private static final String LEDGER = """
            <entity class="dev.tenancy.mapped.Mapped$Ledger" name="Ledger" metadata-complete="true" access="FIELD">
              <tenant-id name="company"/>
              <attributes>
                <id name="id"><generated-value strategy="UUID"/></id>
                <basic name="text"/>
              </attributes>
            </entity>""";

    private static final String NOTE = """
            <entity name="Note" metadata-complete="true">
              <tenant-id name="company"><target>java.util.UUID</target></tenant-id>
              <attributes>
                <id name="id"><target>java.lang.String</target></id>
                <basic name="text"><target>java.lang.String</target></basic>
              </attributes>
            </entity>""";

    private static SessionFactory mapped(String entity) {
        Map<String, Object> settings = EntityIsolationTestsTest.settings(Map.of());
        TenantIsolation.applyTo(settings);
        Configuration configuration = new Configuration();
        configuration.getProperties().putAll(settings);
        String xml = "<entity-mappings xmlns=\"http://www.hibernate.org/xsd/orm/mapping\" version=\"7.0\">" + entity
                + "</entity-mappings>";
        configuration.addInputStream(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
        return configuration.buildSessionFactory();
    }
}
