package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.Cacheable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.NotFound;
import org.hibernate.annotations.NotFoundAction;
import org.hibernate.annotations.SQLUpdate;
import org.hibernate.cfg.Configuration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A row of nobody's that leads to rows of tenants is read alike with and without the second-level cache, whoever read it first: what
 * one tenant cannot see is not missing for its owner, and what the owner saw is not told to others.
 */
class CachedGlobalRowsTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    @Entity(name = "Note")
    static class Note extends TenantOwned {}

    @Embeddable
    static class Link {

        @ManyToOne
        @NotFound(action = NotFoundAction.IGNORE)
        Note note;

        String text = "text";
    }

    @Entity(name = "Plain")
    @Cacheable
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    @GlobalEntity(reason = "the same for all")
    static class Plain {

        @Id
        int id = 1;

        String name;

        @ManyToOne
        Note note;
    }

    @Entity(name = "Worded")
    @SQLUpdate(sql = "update Worded set name = ?, note_id = ? where id = ?")
    @GlobalEntity(reason = "the same for all")
    static class Worded {

        @Id
        int id = 1;

        String name;

        @ManyToOne
        Note note;
    }

    @Entity(name = "Late")
    @Cacheable
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    @GlobalEntity(reason = "the same for all")
    static class Late {

        @Id
        int id = 1;

        @ManyToOne(fetch = FetchType.LAZY)
        Note note;
    }

    @Entity(name = "Embedding")
    @Cacheable
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    @Inheritance(strategy = InheritanceType.JOINED)
    @GlobalEntity(reason = "the same for all")
    static class Embedding {

        @Id
        int id = 1;
    }

    @Entity(name = "EmbeddingMore")
    @GlobalEntity(reason = "the same for all")
    static class EmbeddingMore extends Embedding {

        @Embedded
        Link link = new Link();
    }

    @Entity(name = "Collecting")
    @GlobalEntity(reason = "the same for all")
    static class Collecting {

        @Id
        int id = 1;

        @ElementCollection
        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
        List<Link> links = new ArrayList<>();

        @ElementCollection
        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
        Map<Note, Integer> counts = new HashMap<>();

        @ManyToMany
        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
        List<Note> notes = new ArrayList<>();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AG", "GA", "NAG", "NGA", "ANG", "GNA", "AUG", "GUA", "GAUG", "AGUA"})
    void areReadAlikeWithAndWithoutTheCache(String order) {
        assertThat(read(order, true)).isEqualTo(read(order, false));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepTheReferencesThatWhoeverChangesThemDoesNotSee(boolean cached) {
        try (SessionFactory factory = factory(cached)) {
            CurrentTenant.runAs(ACME, () -> factory.inTransaction(CachedGlobalRowsTest::store));
            CurrentTenant.runAs(
                    GLOBEX, () -> factory.inTransaction(session -> session.find(Plain.class, 1).name = "changed"));
            CurrentTenant.runAs(
                    ACME,
                    () -> factory.inTransaction(session -> {
                        assertThat(session.find(Plain.class, 1).name).isEqualTo("changed");
                        assertThat(session.find(Plain.class, 1).note).isNotNull();
                    }));
        }
    }

    @Test
    void anUpdateInWordsOfTheApplicationRunsAsItIs() {
        try (SessionFactory factory = factory(false)) {
            CurrentTenant.runAs(ACME, () -> {
                factory.inTransaction(session -> {
                    Worded worded = new Worded();
                    worded.note = new Note();
                    session.persist(worded.note);
                    session.persist(worded);
                });
                factory.inTransaction(session -> session.find(Worded.class, 1).name = "changed");
                factory.inTransaction(session -> {
                    assertThat(session.find(Worded.class, 1).name).isEqualTo("changed");
                    assertThat(session.find(Worded.class, 1).note).isNotNull();
                });
            });
        }
    }

    /** @param order A for the owner, G for another tenant, N for nobody, U for a change by the owner */
    private static List<String> read(String order, boolean cached) {
        List<String> results = new ArrayList<>();
        try (SessionFactory factory = factory(cached)) {
            CurrentTenant.runAs(ACME, () -> factory.inTransaction(CachedGlobalRowsTest::store));
            factory.getCache().evictAllRegions();
            for (char who : order.toCharArray()) {
                switch (who) {
                    case 'A' -> CurrentTenant.runAs(ACME, () -> results.addAll(all(factory)));
                    case 'G' -> CurrentTenant.runAs(GLOBEX, () -> results.addAll(all(factory)));
                    case 'N' -> results.addAll(all(factory));
                    case 'U' ->
                        CurrentTenant.runAs(
                                ACME,
                                () -> factory.inTransaction(session -> session.find(Plain.class, 1).name = "changed"));
                    default -> throw new IllegalStateException("who is " + who);
                }
            }
        }
        return results;
    }

    private static void store(Session session) {
        Note note = new Note();
        session.persist(note);
        Plain plain = new Plain();
        plain.note = note;
        Late late = new Late();
        late.note = note;
        EmbeddingMore embedding = new EmbeddingMore();
        embedding.link.note = note;
        Collecting collecting = new Collecting();
        Link link = new Link();
        link.note = note;
        collecting.links.add(link);
        collecting.counts.put(note, 7);
        collecting.notes.add(note);
        List.of(plain, late, embedding, collecting).forEach(session::persist);
    }

    private static List<String> all(SessionFactory factory) {
        Map<String, Function<Session, Object>> paths = new HashMap<>();
        paths.put("plain", session -> seen(session.find(Plain.class, 1).note));
        paths.put("late", session -> seen(session.find(Late.class, 1).note));
        paths.put(
                "late, fetched",
                session -> seen(session.createSelectionQuery("from Late l left join fetch l.note", Late.class)
                        .getSingleResult()
                        .note));
        paths.put("embedding", session -> seen(((EmbeddingMore) session.find(Embedding.class, 1)).link.note));
        paths.put(
                "links",
                session -> session.find(Collecting.class, 1).links.stream()
                        .map(link -> link == null ? "none" : link.text + seen(link.note))
                        .toList());
        paths.put(
                "counts",
                session -> session.find(Collecting.class, 1).counts.entrySet().stream()
                        .collect(Collectors.toMap(count -> seen(count.getKey()), Map.Entry::getValue)));
        paths.put(
                "notes",
                session -> session.find(Collecting.class, 1).notes.stream()
                        .map(CachedGlobalRowsTest::seen)
                        .toList());
        return paths.entrySet().stream()
                .map(path -> path.getKey() + ": " + outcome(factory, path.getValue()))
                .sorted()
                .toList();
    }

    private static Object outcome(SessionFactory factory, Function<Session, Object> path) {
        try {
            return factory.fromTransaction(path::apply);
        } catch (RuntimeException refused) {
            return refused.getClass();
        }
    }

    private static String seen(@Nullable Note note) {
        if (note == null) {
            return "nothing";
        }
        Hibernate.initialize(note);
        return "a note";
    }

    private static SessionFactory factory(boolean cached) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.connection.url", "jdbc:h2:mem:" + UUID.randomUUID());
        settings.put("hibernate.hbm2ddl.auto", "create-drop");
        settings.put("hibernate.cache.use_second_level_cache", String.valueOf(cached));
        settings.put("hibernate.cache.region.factory_class", "jcache");
        settings.put("hibernate.javax.cache.missing_cache_strategy", "create");
        settings.put("hibernate.cache.region_prefix", UUID.randomUUID().toString());
        TenantIsolation.applyTo(settings);
        Configuration configuration = new Configuration();
        configuration.getProperties().putAll(settings);
        List.of(
                        Note.class,
                        Plain.class,
                        Worded.class,
                        Late.class,
                        Embedding.class,
                        EmbeddingMore.class,
                        Collecting.class)
                .forEach(configuration::addAnnotatedClass);
        return configuration.buildSessionFactory();
    }
}
