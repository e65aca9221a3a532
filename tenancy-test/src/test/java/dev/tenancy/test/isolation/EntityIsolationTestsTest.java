package dev.tenancy.test.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.GlobalEntity;
import dev.tenancy.TenantIsolation;
import dev.tenancy.TenantOwned;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.numbered.Numbered;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Cacheable;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.PreUpdate;
import jakarta.validation.constraints.Pattern;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.cfg.Configuration;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Small applications under attack: of good ones nothing is found, and of broken ones what is broken. */
public class EntityIsolationTestsTest {

    static final Class<?>[] SHOP = {Country.class, Client.class, Contract.class, Line.class};

    private static final Map<String, Object> CACHE = Map.of(
            "hibernate.cache.use_second_level_cache",
            "true",
            "hibernate.cache.region.factory_class",
            "jcache",
            "hibernate.javax.cache.missing_cache_strategy",
            "create");

    private static final Map<String, Object> QUERY_CACHE = Map.of(
            "hibernate.cache.use_second_level_cache",
            "true",
            "hibernate.cache.use_query_cache",
            "true",
            "hibernate.cache.region.factory_class",
            "jcache",
            "hibernate.javax.cache.missing_cache_strategy",
            "create");

    private SessionFactory factory;

    @AfterEach
    void close() {
        factory.close();
        System.clearProperty(EntityIsolationTests.REPORT);
        System.clearProperty(EntityIsolationTests.REHEARSAL);
    }

    // ---- good

    @Test
    void ofAGoodApplicationNothingIsFoundAndNothingIsLeft() throws Exception {
        factory = isolated(Map.of(), SHOP);

        Map<String, Throwable> found = failures(new Kit(factory));

        assertThat(found).isEmpty();
        factory.inTransaction(session -> assertThat(session.createSelectionQuery("from Country", Country.class)
                        .getResultList())
                .isEmpty());
        CurrentTenant.acrossTenants(
                "what is left",
                () -> factory.inTransaction(session -> {
                    for (String entity : List.of("Client", "Contract", "Line")) {
                        assertThat(session.createSelectionQuery("from " + entity, Object.class)
                                        .getResultList())
                                .isEmpty();
                    }
                }));
    }

    @Test
    void theReportIsAMatrix() throws Exception {
        Path folder = Files.createTempDirectory("report").resolve("of");
        System.setProperty(EntityIsolationTests.REPORT, folder.toString());
        factory = isolated(Map.of(), Client.class, Country.class, Secret.class);

        assertThat(failures(new Matrix(factory))).isEmpty();

        String name = "EntityIsolationTestsTest-Matrix";
        assertThat(Files.readString(folder.resolve(name + ".txt")))
                .containsPattern("Database +H2 2")
                .containsPattern("Commit +[0-9a-f]{40}")
                .containsPattern("Isolation of entities: \\d+ of \\d+ proven")
                .containsPattern("\nClient( +\\+){9,} +-( +\\+)+ *\n")
                .containsPattern("\nSecret( +-)+\n")
                .contains(" 1  instance")
                .contains("Secret: not attacked, written by a trigger", "Client, merge: not attacked, nobody merges");

        JsonNode json =
                JsonMapper.shared().readTree(folder.resolve(name + ".json").toFile());
        assertThat(json.at("/facts/Hibernate").asString()).isEqualTo(org.hibernate.Version.getVersionString());
        assertThat(json.path("cells")
                        .valueStream()
                        .filter(cell -> cell.path("target").asString().equals("Client")
                                && cell.path("attack").asString().equals("find"))
                        .map(cell -> cell.path("verdict").asString() + " "
                                + cell.path("evidence").asString()))
                .containsExactly("PROVEN for the other tenant: nothing there; its owner gets there");

        JsonNode sarif =
                JsonMapper.shared().readTree(folder.resolve(name + ".sarif").toFile());
        assertThat(sarif.path("version").asString()).isEqualTo("2.1.0");
        assertThat(sarif.at("/runs/0/results")
                        .valueStream()
                        .map(result -> result.path("ruleId").asString() + " "
                                + result.path("level").asString()))
                .containsExactlyInAnyOrder("entities note", "entities/merge note");

        assertThat(Files.readString(folder.resolve(name + ".html")))
                .contains("nobody merges")
                .doesNotContain("{{report}}", "http://", "https://");
    }

    @Test
    void theTestIsOfEntitiesAndPaths() {
        factory = isolated(Map.of(), SHOP);

        assertThat(run(new Kit(factory)).keySet())
                .contains(
                        "isolation is on",
                        "Client/instance",
                        "Client/find",
                        "Client/same unique value: code",
                        "Client/found by unique: code",
                        "Contract/merge",
                        "Contract/collection fetched: lines",
                        "Contract/reference set: client",
                        "Contract/reference fetched: client",
                        "Line/stateless update",
                        "Line/native SQL",
                        "Line/no tenant");
    }

    @Test
    void idsOfTenantsAreOfAnyType() {
        factory = isolated(Map.of(), Numbered.class);

        assertThat(failures(new Kit(factory))).containsOnlyKeys("Numbered/volume by id");
    }

    @Test
    void aCacheAnswersItsOwnerOnly() {
        factory = isolated(CACHE, Rate.class);

        Map<String, Throwable> all = run(new Kit(factory));

        assertThat(all).containsKey("Rate/second-level cache");
        assertThat(failures(all)).isEmpty();
    }

    @Test
    void inARehearsalEachAttackIsNoticed() {
        System.setProperty(EntityIsolationTests.REHEARSAL, "true");
        for (Class<?>[] entities : List.of(SHOP, new Class<?>[] {Numbered.class})) {
            try (SessionFactory rehearsed = isolated(Map.of(), entities)) {
                assertThat(failures(new Kit(rehearsed))).isEmpty();
            }
        }
        factory = isolated(CACHE, Rate.class);

        assertThat(failures(new Kit(factory))).isEmpty();
    }

    @Test
    void anAttackThatNoticesNothingFailsItsRehearsal() {
        System.setProperty(EntityIsolationTests.REHEARSAL, "true");
        factory = isolated(Map.of(), Kept.class);

        assertThat(failures(new Kit(factory)))
                .containsOnlyKeys("Kept/merge", "Kept/stateless update")
                .allSatisfy((path, failure) -> assertThat(failure).hasMessageContaining("not proven: Kept, "));
    }

    @Test
    void aRehearsalsReportIsNotTakenForOneOfIsolation() throws Exception {
        Path folder = Files.createTempDirectory("report");
        System.setProperty(EntityIsolationTests.REPORT, folder.toString());
        factory = isolated(Map.of(), Client.class, Country.class, Secret.class);
        run(new Matrix(factory));
        Path normal = folder.resolve("EntityIsolationTestsTest-Matrix.json");
        String before = Files.readString(normal);

        System.setProperty(EntityIsolationTests.REHEARSAL, "true");
        run(new Matrix(factory));

        assertThat(normal).hasContent(before);
        String name = "rehearsal/EntityIsolationTestsTest-Matrix-rehearsal";
        assertThat(Files.readString(folder.resolve(name + ".txt")))
                .startsWith("Rehearsal of the isolation tests")
                .contains("This report proves no isolation.")
                .containsPattern("Rehearsal of entities: \\d+ of \\d+ noticed, 1 cannot be rehearsed")
                .containsPattern("\nClient +~( +\\*){8,} ")
                .doesNotContain("proven\n");
        JsonNode json =
                JsonMapper.shared().readTree(folder.resolve(name + ".json").toFile());
        assertThat(json.path("title").asString()).startsWith("Rehearsal");
        assertThat(json.at("/facts/Rehearsal").asString()).contains("proves no isolation");
        assertThat(json.path("cells")
                        .valueStream()
                        .map(cell -> cell.path("verdict").asString()))
                .contains("NOTICED", "UNREHEARSED")
                .doesNotContain("PROVEN");
        assertThat(JsonMapper.shared()
                        .readTree(folder.resolve(name + ".sarif").toFile())
                        .at("/runs/0/tool/driver/name")
                        .asString())
                .contains("rehearsal");
        assertThat(Files.readString(folder.resolve(name + ".html")))
                .contains("<title>Rehearsal of the isolation tests</title>", "proves no isolation");
    }

    @Test
    void whatMakesTheTestRedStandsInTheReport() throws Exception {
        Path folder = Files.createTempDirectory("report");
        System.setProperty(EntityIsolationTests.REPORT, folder.toString());
        factory = isolated(Map.of(), Client.class, Country.class);

        assertThat(failures(new Kit(factory) {
                    @Override
                    protected Map<String, Function<Object, ?>> values() {
                        return Map.of("Nothing.atAll", tenant -> 1);
                    }

                    @Override
                    protected Map<String, String> notProven() {
                        return Map.of("Nobody", "it is not there");
                    }
                }))
                .containsOnlyKeys("what is given is taken", "what is listed exists");

        try (Stream<Path> written = Files.list(folder)) {
            Path text = written.filter(file -> file.toString().endsWith(".txt"))
                    .findFirst()
                    .orElseThrow();
            assertThat(Files.readString(text))
                    .contains(
                            "Isolation of the test itself: 0 of 2 proven",
                            "values(), what is given is taken: values() gives",
                            "\"Nothing.atAll\"",
                            "\"Nobody\"");
        }
    }

    @Test
    void theReportOfAnEarlierRunDoesNotStandForOneThatEndsEarly() throws Exception {
        Path folder = Files.createTempDirectory("report");
        System.setProperty(EntityIsolationTests.REPORT, folder.toString());
        factory = isolated(Map.of(), Client.class, Country.class);
        Path earlier =
                Files.writeString(folder.resolve("EntityIsolationTestsTest-Kit.txt"), "Isolation of entities: 1 of 1");

        new Kit(factory).isolation();

        assertThat(earlier).doesNotExist();
    }

    @Test
    void whatACheckRefusesIsNamedAsValuesTakesItAndToldInFullOnce() {
        factory = isolated(Map.of(), Checked.class, Dialled.class);

        Map<String, Throwable> found = failures(new Kit(factory));

        assertThat(found.get("Checked/instance"))
                .hasMessageContainingAll(
                        "a check refuses \"Checked.telephone\" (ten digits)", "values() of Kit", "for requests");
        assertThat(found.get("Dialled/instance"))
                .hasMessage("not proven: a row of Dialled could not be stored, see \"Checked, instance\":"
                        + " \"Checked.telephone\" (ten digits)");
    }

    // ---- broken

    @Test
    void aCachedRowThatAnotherReachesIsALeak() {
        factory = plain(CACHE, true, Rate.class);

        assertThat(failures(new Kit(factory)).get("Rate/second-level cache"))
                .hasMessageContaining("leak: Rate, second-level cache");
    }

    @Test
    void plainHibernateIsRed() {
        factory = plain(Map.of(), false, SHOP);

        Map<String, Throwable> found = failures(new Kit(factory));

        assertThat(found.get("isolation is on")).hasMessageContaining("TenantIsolation.applyTo");
        assertThat(found.keySet())
                .contains(
                        "Client/native SQL",
                        "Contract/no tenant",
                        "Contract/native SQL",
                        "Contract/reference set: client");
    }

    @Test
    void withoutAnyFilterMostIsRed() {
        factory = plain(Map.of(), true, SHOP);
        Map<String, Throwable> all = run(new Kit(factory));

        Map<String, Throwable> found = failures(all);

        assertThat(found.size()).isGreaterThan(all.size() * 3 / 5);
        for (String entity : List.of("Client", "Contract", "Line")) {
            for (String path : List.of(
                    "find",
                    "find with a lock",
                    "getReference",
                    "HQL by id",
                    "HQL without a condition",
                    "HQL count",
                    "HQL update",
                    "HQL delete",
                    "criteria",
                    "stateless get",
                    "native SQL")) {
                assertThat(found.get(entity + "/" + path))
                        .as(entity + "/" + path)
                        .hasMessageStartingWith("leak: " + entity + ", " + path + ": another tenant");
            }
        }
    }

    @Test
    void aUniqueKeyWithoutTenantIsNamed() {
        factory = isolated(Map.of(), SHOP);
        execute("create unique index client_mail on client (mail)");

        Map<String, Throwable> found = failures(new Kit(factory));

        assertThat(found).containsOnlyKeys("Client/same unique value: mail");
        assertThat(found.get("Client/same unique value: mail"))
                .hasMessageContaining("leak: Client: ")
                .hasMessageContainingAll("CLIENT_MAIL", "tenant_id", "unique");
    }

    @Test
    void aUniqueComputedColumnWithoutTenantIsNamed() {
        factory = isolated(Map.of(), SHOP);
        execute("alter table client add column lower_mail varchar(255) generated always as (lower(mail))");
        execute("create unique index client_lower_mail on client (lower_mail)");

        assertThat(failures(new Kit(factory))).containsOnlyKeys("Client/same unique value: mail");
    }

    @Test
    void aUniqueComputedColumnWithTenantIsGood() {
        factory = isolated(Map.of(), SHOP);
        execute("alter table client add column lower_mail varchar(255) generated always as (lower(mail))");
        execute("create unique index client_lower_mail on client (tenant_id, lower_mail)");

        assertThat(run(new Kit(factory))).containsEntry("Client/same unique value: mail", null);
    }

    @Test
    void aQueryCacheAnswersItsOwnerOnly() {
        factory = isolated(QUERY_CACHE, Rate.class);

        Map<String, Throwable> all = run(new Kit(factory));

        assertThat(all).containsKey("Rate/query cache");
        assertThat(failures(all)).isEmpty();
    }

    @Test
    void aCachedAnswerThatAnotherGetsIsALeak() {
        factory = plain(QUERY_CACHE, true, Rate.class);

        assertThat(failures(new Kit(factory)).get("Rate/query cache")).hasMessageContaining("leak: Rate, query cache");
    }

    @Test
    void whatCannotBeMadeIsNamedWithTheRemedy() {
        factory = isolated(Map.of(), Secret.class);

        Map<String, Throwable> found = failures(new Kit(factory));

        assertThat(found).containsOnlyKeys("Secret/instance");
        assertThat(found.get("Secret/instance"))
                .hasMessageContainingAll("Secret.key", "Key", "values() of Kit", "rows()", "notProven()");
    }

    @Test
    void whatCannotBeMadeIsGiven() {
        factory = isolated(Map.of(), Secret.class);

        assertThat(failures(new Kit(factory) {
                    @Override
                    protected Map<Class<?>, Supplier<?>> rows() {
                        return Map.of(Secret.class, Secret::withKey);
                    }
                }))
                .isEmpty();
    }

    @Test
    void aReasonIsNotBlank() {
        factory = isolated(Map.of(), Secret.class);

        assertThat(failures(new Kit(factory) {
                    @Override
                    protected Map<String, String> notProven() {
                        return Map.of("Secret", " ");
                    }
                }))
                .hasSize(1)
                .allSatisfy((path, failure) ->
                        assertThat(failure).hasMessageContaining("\"Secret\" is in notProven() without a reason"));
    }

    @Test
    void whatIsListedIsAttackedOtherwise() {
        factory = isolated(Map.of(), SHOP);

        assertThat(failures(new Kit(factory) {
                    @Override
                    protected Map<String, String> notProven() {
                        return Map.of("Country", "global", "Client, find", "known");
                    }
                }))
                .containsOnlyKeys("what is listed exists")
                .allSatisfy((path, failure) ->
                        assertThat(failure).hasMessageContaining("lists what is not attacked: \"Country\"."));
    }

    @Test
    void aRowThatItsOwnerDoesNotFindProvesNothing() {
        factory = isolated(Map.of(), Hidden.class);

        assertThat(failures(new Kit(factory)))
                .containsOnlyKeys("Hidden/instance")
                .allSatisfy((path, failure) -> assertThat(failure).hasMessageContaining("its owner does not find"));
    }

    @Test
    void whatNotEvenTheOwnerCanDoIsNotProven() {
        factory = isolated(Map.of(), Kept.class);

        Map<String, Throwable> found = failures(new Kit(factory));

        assertThat(found).containsOnlyKeys("Kept/merge", "Kept/stateless update");
        assertThat(found.get("Kept/merge")).hasMessageContainingAll("not proven: Kept, merge", "kept as it is");
    }

    @Test
    void whereNothingIsOwnedNothingIsProven() {
        factory = isolated(Map.of(), Country.class);

        assertThat(failures(new Kit(factory))).containsOnlyKeys("isolation is on");
    }

    // ---- running it

    static class Kit extends EntityIsolationTests {

        private final EntityManagerFactory factory;

        Kit(EntityManagerFactory factory) {
            this.factory = factory;
            if (System.getProperty(REPORT) == null) {
                System.setProperty(REPORT, "target/isolation");
            }
        }

        @Override
        protected EntityManagerFactory entityManagerFactory() {
            return factory;
        }
    }

    static class Matrix extends Kit {

        Matrix(EntityManagerFactory factory) {
            super(factory);
        }

        @Override
        protected Map<String, String> notProven() {
            return Map.of("Secret", "written by a trigger", "Client, merge", "nobody merges");
        }
    }

    static Map<String, Throwable> failures(EntityIsolationTests kit) {
        return failures(run(kit));
    }

    static Map<String, Throwable> failures(Map<String, Throwable> all) {
        Map<String, Throwable> failures = new LinkedHashMap<>(all);
        failures.values().removeIf(failure -> failure == null);
        return failures;
    }

    /** Each test, and how it failed; null if it did not. */
    static Map<String, Throwable> run(EntityIsolationTests kit) {
        Map<String, Throwable> outcomes = new LinkedHashMap<>();
        kit.isolation().forEach(node -> run("", node, outcomes::put));
        return outcomes;
    }

    private static void run(String prefix, DynamicNode node, BiConsumer<String, Throwable> outcome) {
        String name = prefix + node.getDisplayName();
        if (node instanceof DynamicContainer container) {
            String inside = name.equals("entities") ? "" : name + "/";
            container.getChildren().forEach(child -> run(inside, child, outcome));
            return;
        }
        try {
            ((DynamicTest) node).getExecutable().execute();
            outcome.accept(name, null);
        } catch (Throwable failure) {
            outcome.accept(name, failure);
        }
    }

    private void execute(String sql) {
        try (var connection = DriverManager.getConnection(url(factory), "sa", "");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    private static String url(SessionFactory factory) {
        return (String) factory.getProperties().get("hibernate.connection.url");
    }

    static SessionFactory isolated(Map<String, Object> more, Class<?>... entities) {
        Map<String, Object> settings = settings(more);
        TenantIsolation.applyTo(settings);
        return factory(settings, entities);
    }

    /** Hibernate's own multi-tenancy; it has a root tenant, for which it does not filter. */
    static SessionFactory plain(Map<String, Object> more, boolean root, Class<?>... entities) {
        Map<String, Object> settings = settings(more);
        settings.put("hibernate.tenant_identifier_resolver", new CurrentTenantIdentifierResolver<Object>() {
            @Override
            public Object resolveCurrentTenantIdentifier() {
                return CurrentTenant.find().map(TenantPrincipal::tenantId).orElse(new UUID(0, 0));
            }

            @Override
            public boolean validateExistingCurrentSessions() {
                return false;
            }

            @Override
            public boolean isRoot(Object tenant) {
                return root;
            }
        });
        return factory(settings, entities);
    }

    static Map<String, Object> settings(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.putIfAbsent("hibernate.connection.url", "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        settings.putIfAbsent("hibernate.connection.username", "sa");
        settings.put("hibernate.connection.password", "");
        settings.put("hibernate.hbm2ddl.auto", "create-drop");
        settings.putIfAbsent("hibernate.cache.use_second_level_cache", "false");
        settings.put("hibernate.cache.region_prefix", UUID.randomUUID().toString());
        return settings;
    }

    private static SessionFactory factory(Map<String, Object> settings, Class<?>... entities) {
        Configuration configuration = new Configuration();
        configuration.getProperties().putAll(settings);
        Stream.of(entities).forEach(configuration::addAnnotatedClass);
        return configuration.buildSessionFactory();
    }

    // ---- their entities

    @Entity(name = "Country")
    @GlobalEntity(reason = "the same for all")
    public static class Country {

        @Id
        public String code;

        String name;
    }

    @Entity(name = "Client")
    static class Client extends TenantOwned {

        enum Kind {
            PERSON,
            FIRM
        }

        @NaturalId(mutable = true)
        @Column(length = 12)
        String code;

        String mail;

        @Column(nullable = false)
        Kind kind;

        @Embedded
        Address address;

        @ManyToOne(optional = false, fetch = FetchType.LAZY)
        Country country;

        @ManyToOne(fetch = FetchType.LAZY)
        Client parent;
    }

    @Embeddable
    record Address(@Column(nullable = false) String street, byte[] map) {}

    @Entity(name = "Contract")
    static class Contract extends TenantOwned {

        @ManyToOne(optional = false, fetch = FetchType.LAZY)
        Client client;

        @Column(nullable = false)
        LocalDate begin;

        Instant signed;
        BigDecimal amount;
        boolean open;

        @OneToMany(mappedBy = "contract")
        Set<Line> lines = new HashSet<>();

        @ElementCollection
        List<String> notes = new ArrayList<>();
    }

    @Entity(name = "Line")
    static class Line extends TenantOwned {

        @ManyToOne(optional = false)
        Contract contract;

        int number;
    }

    @Entity(name = "Hidden")
    @SQLRestriction("shown = true")
    static class Hidden extends TenantOwned {
        boolean shown;

        static Hidden shown() {
            Hidden hidden = new Hidden();
            hidden.shown = true;
            return hidden;
        }
    }

    @Entity(name = "Rate")
    @Cacheable
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    static class Rate extends TenantOwned {
        int percent;
    }

    @Entity(name = "Kept")
    static class Kept extends TenantOwned {

        String text;

        @PreUpdate
        void keep() {
            throw new IllegalStateException("kept as it is");
        }
    }

    record Key(String text) {}

    static class Keys implements AttributeConverter<Key, String> {

        @Override
        public String convertToDatabaseColumn(Key key) {
            return key == null ? null : key.text();
        }

        @Override
        public Key convertToEntityAttribute(String text) {
            return text == null ? null : new Key(text);
        }
    }

    @Entity(name = "Secret")
    static class Secret extends TenantOwned {

        @Convert(converter = Keys.class)
        @Column(name = "secret_key", nullable = false)
        Key key;

        String text;

        static Secret withKey() {
            Secret secret = new Secret();
            secret.key = new Key("k");
            return secret;
        }
    }

    @Entity(name = "Checked")
    static class Checked extends TenantOwned {

        @Pattern(regexp = "\\d{10}", message = "ten digits") String telephone;
    }

    @Entity(name = "Dialled")
    static class Dialled extends TenantOwned {

        @ManyToOne(optional = false)
        Checked called;
    }
}
