package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.IdGeneratorType;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.NaturalIdCache;
import org.hibernate.cfg.Configuration;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.id.enhanced.SequenceStyleGenerator;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows that no tenant owns behave as if the library was not there, caches and ids included. Hibernate by itself is asked: the same
 * random steps run on it and on a factory with the isolation, where each step has another tenant, or none.
 */
@SuppressWarnings("deprecation") // Hibernate 7.2 has no other way to load by a natural id.
class RowsWithoutOwnerTest {

    private static final int STEPS = 400;

    @Entity(name = "Owned")
    static class Owned extends TenantOwned {}

    @Entity(name = "Country")
    @Inheritance(strategy = InheritanceType.JOINED)
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    @NaturalIdCache
    @GlobalEntity(reason = "the same for all")
    static class Country {

        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        long id;

        @Version
        int version;

        @NaturalId(mutable = true)
        String code;

        String name;

        @ElementCollection
        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
        Set<String> aliases = new TreeSet<>();

        @OneToMany(mappedBy = "country", cascade = CascadeType.ALL, orphanRemoval = true)
        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
        List<Region> regions = new ArrayList<>();
    }

    @Entity(name = "Federation")
    @GlobalEntity(reason = "the same for all")
    static class Federation extends Country {

        String capital = "none";
    }

    @Entity(name = "Region")
    @Cache(usage = CacheConcurrencyStrategy.NONSTRICT_READ_WRITE)
    @GlobalEntity(reason = "the same for all")
    static class Region {

        @Id
        @GeneratedValue(strategy = GenerationType.TABLE)
        long id;

        String name;

        @ManyToOne
        Country country;
    }

    /** An application's own generator, with a type that nobody else sees. */
    static class Numbers extends SequenceStyleGenerator implements Own {

        @Override
        public Object generate(SharedSessionContractImplementor session, Object row) {
            return own((Long) super.generate(session, row));
        }

        @Override
        public Long own(Long id) {
            return id * 1000;
        }
    }

    private interface Own {

        Long own(Long id);
    }

    @IdGeneratorType(Numbers.class)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Numbered {}

    @Entity(name = "Town")
    @GlobalEntity(reason = "the same for all")
    static class Town {

        @Id
        @Numbered
        Long id;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void behaveAsInHibernateByItself(long seed) {
        Random whose = new Random(-seed);
        UUID[] tenants = {UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), null};
        try (SessionFactory plain = factory(false);
                SessionFactory isolated = factory(true)) {
            assertThat(run(seed, isolated, work -> {
                        UUID tenant = tenants[whose.nextInt(tenants.length)];
                        return tenant == null ? work.get() : CurrentTenant.callAs(tenant, work::get);
                    }))
                    .containsExactlyElementsOf(run(seed, plain, Supplier::get));
            assertThat(counts(isolated.getStatistics())).isEqualTo(counts(plain.getStatistics()));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 8, 9})
    void behaveAsInHibernateByItselfAcrossTenantsToo(long seed) {
        Random whose = new Random(-seed);
        UUID tenant = UUID.randomUUID();
        try (SessionFactory plain = factory(false);
                SessionFactory isolated = factory(true)) {
            // A session across tenants puts nothing into the caches, so that their numbers are others.
            assertThat(run(
                            seed,
                            isolated,
                            work -> whose.nextBoolean()
                                    ? CurrentTenant.acrossTenants("a test", work::get)
                                    : CurrentTenant.callAs(tenant, work::get)))
                    .containsExactlyElementsOf(run(seed, plain, Supplier::get));
        }
    }

    private static List<Object> run(long seed, SessionFactory factory, Function<Supplier<Object>, Object> scope) {
        // The doctor's statements are not counted.
        factory.getStatistics().clear();
        Random random = new Random(seed);
        List<Long> ids = new ArrayList<>();
        List<Object> results = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            int chosen = random.nextInt(16);
            long id = ids.isEmpty() ? -1 : ids.get(random.nextInt(ids.size()));
            String text = "t" + step;
            String code = "t" + random.nextInt(step + 1);
            results.add(List.of(step, chosen, id, scope.apply(() -> {
                Object result = step(factory, chosen, id, text, code, ids);
                return result == null ? "nothing" : result;
            })));
        }
        return results;
    }

    private static Object step(SessionFactory factory, int chosen, long id, String text, String code, List<Long> ids) {
        return switch (chosen) {
            case 0 -> in(factory, session -> made(session, new Country(), text, ids));
            case 1 ->
                in(factory, session -> {
                    Town town = new Town();
                    session.persist(town);
                    return town.id;
                });
            case 2 -> in(factory, session -> made(session, new Federation(), text, ids));
            case 3 ->
                in(factory, session -> {
                    Country country = session.find(Country.class, id);
                    if (country != null) {
                        country.name = text;
                    }
                    return described(country);
                });
            case 4 -> in(factory, session -> described(session.find(Country.class, id)));
            case 5 ->
                in(
                        factory,
                        session -> described(
                                session.bySimpleNaturalId(Country.class).load(code)));
            case 6 ->
                in(factory, session -> {
                    Country country = session.find(Country.class, id);
                    return country != null && country.aliases.add(text);
                });
            case 7 ->
                in(factory, session -> {
                    Country country = session.find(Country.class, id);
                    return country == null ? null : List.copyOf(country.aliases);
                });
            case 8 ->
                in(factory, session -> {
                    Country country = session.find(Country.class, id);
                    if (country == null) {
                        return null;
                    }
                    Region region = new Region();
                    region.name = text;
                    region.country = country;
                    country.regions.add(region);
                    session.flush();
                    return region.id;
                });
            case 9 ->
                in(factory, session -> {
                    Country country = session.find(Country.class, id);
                    return country == null
                            ? null
                            : country.regions.stream()
                                    .map(region -> region.name)
                                    .sorted()
                                    .toList();
                });
            case 10 ->
                in(
                        factory,
                        session -> session.createMutationQuery("update Country set name = :text where id = :id")
                                .setParameter("text", text)
                                .setParameter("id", id)
                                .executeUpdate());
            case 11 -> {
                factory.getCache().evictEntityData(Country.class, id);
                yield factory.getCache().containsEntity(Country.class, id);
            }
            case 12 -> factory.fromStatelessTransaction(session -> described(session.get(Country.class, id)));
            case 13 ->
                factory.fromStatelessTransaction(session -> {
                    Country country = new Country();
                    country.code = text;
                    ids.add((Long) session.insert(country));
                    return country.id;
                });
            case 14 ->
                in(factory, session -> {
                    Country country = session.find(Country.class, id);
                    if (country != null) {
                        session.remove(country);
                    }
                    return described(country);
                });
            case 15 ->
                in(factory, session -> {
                    Country country = session.find(Country.class, id);
                    if (country != null) {
                        country.code = text;
                    }
                    return described(country);
                });
            default -> throw new IllegalStateException("step " + chosen);
        };
    }

    private static Object in(SessionFactory factory, Function<Session, Object> work) {
        return factory.fromTransaction(work::apply);
    }

    private static Object made(Session session, Country country, String text, List<Long> ids) {
        country.code = text;
        session.persist(country);
        ids.add(country.id);
        return country.id;
    }

    private static String described(Country country) {
        return country == null
                ? null
                : country.getClass().getSimpleName() + country.id + country.code + country.name + country.version;
    }

    private static List<Long> counts(Statistics statistics) {
        return Arrays.asList(
                statistics.getSecondLevelCacheHitCount(),
                statistics.getSecondLevelCacheMissCount(),
                statistics.getSecondLevelCachePutCount(),
                statistics.getNaturalIdCacheHitCount(),
                statistics.getNaturalIdCacheMissCount(),
                statistics.getNaturalIdCachePutCount(),
                statistics.getPrepareStatementCount());
    }

    private static SessionFactory factory(boolean isolated) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.connection.url", "jdbc:h2:mem:" + UUID.randomUUID());
        settings.put("hibernate.hbm2ddl.auto", "create-drop");
        settings.put("hibernate.cache.use_second_level_cache", "true");
        settings.put("hibernate.cache.region.factory_class", "jcache");
        settings.put("hibernate.javax.cache.missing_cache_strategy", "create");
        settings.put("hibernate.generate_statistics", "true");
        settings.put("hibernate.cache.region_prefix", UUID.randomUUID().toString());
        if (isolated) {
            TenantIsolation.applyTo(settings);
        }
        Configuration configuration = new Configuration();
        configuration.getProperties().putAll(settings);
        List.of(Country.class, Federation.class, Region.class, Town.class).forEach(configuration::addAnnotatedClass);
        if (isolated) {
            configuration.addAnnotatedClass(Owned.class);
        }
        return configuration.buildSessionFactory();
    }
}
