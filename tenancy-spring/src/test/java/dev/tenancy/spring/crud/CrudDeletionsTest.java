package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Memberships;
import dev.tenancy.TenantOwned;
import dev.tenancy.TenantPrincipal;
import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToOne;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PreRemove;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.LoadEventListener;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.hibernate.integrator.spi.Integrator;
import org.hibernate.jpa.boot.spi.IntegratorProvider;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A row is deleted without being loaded where nobody could tell. */
class CrudDeletionsTest {

    private static final UUID TENANT = UUID.randomUUID();
    private static final List<Object> HEARD = new ArrayList<>();

    private static ConfigurableApplicationContext context;
    private static Statistics statistics;

    @Entity(name = "Pebble")
    static class Pebble extends TenantOwned {}

    @Entity(name = "Herald")
    static class Herald extends TenantOwned {

        @PreRemove
        void say() {
            HEARD.add(this);
        }
    }

    @Entity(name = "Sealed-off")
    static class SealedOff extends TenantOwned {

        @PostLoad
        void refuse() {
            throw new IllegalStateException("not your department");
        }
    }

    @Entity(name = "Hidden")
    @SQLRestriction("shown = true")
    static class Hidden extends TenantOwned {

        boolean shown;
    }

    @Entity(name = "Holding")
    static class Holding extends TenantOwned {

        @ManyToOne
        Pebble pebble;
    }

    @Entity(name = "Labelled")
    static class Labelled extends TenantOwned {

        @ElementCollection
        Set<String> tags = Set.of("one", "two");
    }

    @Entity(name = "Keeper")
    static class Keeper extends TenantOwned {

        @OneToOne(cascade = CascadeType.ALL)
        Pebble owned = new Pebble();
    }

    @Entity(name = "Fading")
    @SoftDelete
    static class Fading extends TenantOwned {}

    record Shown(UUID id) {}

    @RestController
    @RequestMapping("/pebble")
    @Crud(read = "STAFF", write = "STAFF")
    static class PebbleController extends TenantCrudController<Pebble, Shown> {}

    @RestController
    @RequestMapping("/careful")
    @Crud(read = "STAFF", write = "STAFF", requireIfMatch = true)
    static class CarefulController extends TenantCrudController<Pebble, Shown> {}

    static class Hooked extends TenantCrudController<Pebble, Shown> {

        @Override
        protected void beforeDelete(Pebble row) {
            HEARD.add(row);
        }
    }

    @RestController
    @RequestMapping("/hooked")
    @Crud(read = "STAFF", write = "STAFF")
    static class HookedController extends Hooked {}

    @RestController
    @RequestMapping("/scoped")
    @Crud(read = "STAFF", write = "STAFF")
    static class ScopedController extends TenantCrudController<Pebble, Shown> {

        @Override
        protected Predicate scope(CriteriaBuilder criteria, Root<Pebble> row) {
            return criteria.disjunction();
        }
    }

    @RestController
    @RequestMapping("/saying")
    @Crud(read = "STAFF", write = "STAFF")
    static class HeraldController extends TenantCrudController<Herald, Shown> {}

    @RestController
    @RequestMapping("/hidden")
    @Crud(read = "STAFF", write = "STAFF")
    static class HiddenController extends TenantCrudController<Hidden, Shown> {}

    @RestController
    @RequestMapping("/sealed-off")
    @Crud(read = "STAFF", write = "STAFF")
    static class SealedOffController extends TenantCrudController<SealedOff, Shown> {}

    @RestController
    @RequestMapping("/tagged")
    @Crud(read = "STAFF", write = "STAFF")
    static class LabelledController extends TenantCrudController<Labelled, Shown> {}

    @RestController
    @RequestMapping("/owner")
    @Crud(read = "STAFF", write = "STAFF")
    static class KeeperController extends TenantCrudController<Keeper, Shown> {}

    @RestController
    @RequestMapping("/marked")
    @Crud(read = "STAFF", write = "STAFF")
    static class FadingController extends TenantCrudController<Fading, Shown> {}

    static class Rows {

        @PersistenceContext
        EntityManager entities;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({
        Rows.class,
        PebbleController.class,
        CarefulController.class,
        HookedController.class,
        ScopedController.class,
        HeraldController.class,
        SealedOffController.class,
        HiddenController.class,
        LabelledController.class,
        KeeperController.class,
        FadingController.class
    })
    static class Application {

        @Bean
        Memberships memberships() {
            return (user, tenant) -> Optional.empty();
        }

        @Bean
        @Profile("watched")
        HibernatePropertiesCustomizer listener() {
            Integrator integrator = new Integrator() {

                @Override
                public void integrate(Metadata metadata, BootstrapContext boot, SessionFactoryImplementor factory) {
                    LoadEventListener listener = (event, type) -> HEARD.add(event.getEntityId());
                    factory.getEventListenerRegistry().appendListeners(EventType.LOAD, listener);
                }
            };
            return settings ->
                    settings.put("hibernate.integrator_provider", (IntegratorProvider) () -> List.of(integrator));
        }

        @Bean
        static PersistenceManagedTypes managedTypes() {
            return PersistenceManagedTypes.of(
                    Pebble.class.getName(),
                    Herald.class.getName(),
                    SealedOff.class.getName(),
                    Hidden.class.getName(),
                    Holding.class.getName(),
                    Labelled.class.getName(),
                    Keeper.class.getName(),
                    Fading.class.getName());
        }
    }

    @BeforeAll
    static void start() {
        context = application();
        statistics = statistics(context);
    }

    private static ConfigurableApplicationContext application(String... settings) {
        return new SpringApplicationBuilder(Application.class)
                .properties(
                        "server.port=0",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "spring.jpa.open-in-view=false",
                        "spring.data.jpa.repositories.enabled=false",
                        "spring.jpa.hibernate.ddl-auto=create-drop",
                        "spring.jpa.properties.hibernate.generate_statistics=true",
                        "tenancy.roles=OWNER > STAFF",
                        "tenancy.jwt.secret=0123456789abcdef0123456789abcdef",
                        "tenancy.jwt.issuer=test",
                        "tenancy.jwt.audience=test")
                .run(settings);
    }

    private static Statistics statistics(ConfigurableApplicationContext application) {
        return application
                .getBean(EntityManagerFactory.class)
                .unwrap(SessionFactory.class)
                .getStatistics();
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @AfterEach
    void forget() {
        HEARD.clear();
    }

    private static <T> T as(UUID tenant, Supplier<T> work) {
        try (CurrentTenant.Scope scope = CurrentTenant.enter(new TenantPrincipal(tenant, "user", "STAFF"))) {
            return work.get();
        }
    }

    private static <T extends TenantOwned> UUID persisted(ConfigurableApplicationContext application, T row) {
        as(
                TENANT,
                () -> new TransactionTemplate(application.getBean(PlatformTransactionManager.class)).execute(status -> {
                    application.getBean(Rows.class).entities.persist(row);
                    return row;
                }));
        statistics(application).clear();
        return row.getId();
    }

    private static void delete(
            ConfigurableApplicationContext application,
            Class<? extends TenantCrudController<?, ?>> controller,
            UUID tenant,
            UUID id) {
        as(tenant, () -> {
            application.getBean(controller).delete(id.toString(), new MockHttpServletRequest());
            return id;
        });
    }

    private static long count(String entity) {
        return as(
                TENANT,
                () -> context.getBean(Rows.class)
                        .entities
                        .createQuery("select count(*) from " + entity, Long.class)
                        .getSingleResult());
    }

    @Test
    void aRowOfWhichNobodyHearsIsDeletedByOneStatement() {
        UUID id = persisted(context, new Pebble());

        delete(context, PebbleController.class, TENANT, id);

        assertThat(statistics.getPrepareStatementCount()).isEqualTo(1);
        assertThat(statistics.getEntityLoadCount()).isZero();
        assertThat(count("Pebble")).isZero();
    }

    @Test
    void anothersRowIsMissingAndStays() {
        UUID id = persisted(context, new Pebble());

        assertThatThrownBy(() -> delete(context, PebbleController.class, UUID.randomUUID(), id))
                .hasMessageContaining("404");
        assertThatThrownBy(() -> delete(context, PebbleController.class, TENANT, UUID.randomUUID()))
                .hasMessageContaining("404");

        assertThat(count("Pebble")).isEqualTo(1);
        delete(context, PebbleController.class, TENANT, id);
    }

    @Test
    void whatKeepsADeletionBackIsAskedFirst() {
        UUID id = persisted(context, new Pebble());

        assertThatThrownBy(() -> delete(context, CarefulController.class, TENANT, id))
                .hasMessageContaining("428");
        assertThatThrownBy(() -> delete(context, ScopedController.class, TENANT, id))
                .hasMessageContaining("404");
        assertThat(count("Pebble")).isEqualTo(1);

        delete(context, HookedController.class, TENANT, id);
        assertThat(HEARD).hasSize(1);
        assertThat(count("Pebble")).isZero();
    }

    @Test
    void callbacksOfTheEntityAreCalled() {
        delete(context, HeraldController.class, TENANT, persisted(context, new Herald()));
        assertThat(HEARD).hasSize(1);
    }

    @Test
    void rowsOfCollectionsGoAndWhatIsDeletedSoftlyStays() {
        delete(context, LabelledController.class, TENANT, persisted(context, new Labelled()));
        assertThat(count("Labelled t join t.tags")).isZero();

        delete(context, FadingController.class, TENANT, persisted(context, new Fading()));
        assertThat(count("Fading")).isZero();
        Long rows = as(
                TENANT,
                () -> context.getBean(JdbcTemplate.class)
                        .queryForObject("select count(*) from fading where tenant_id = ?", Long.class, TENANT));
        assertThat(rows).isEqualTo(1);
    }

    @Test
    void whatADeletionCascadesToIsDeleted() {
        UUID owner = persisted(context, new Keeper());
        assertThat(count("Pebble")).isEqualTo(1);
        delete(context, KeeperController.class, TENANT, owner);
        assertThat(count("Pebble")).isZero();
    }

    @Test
    void whoHoldsTheRowLosesIt() {
        UUID id = persisted(context, new Pebble());

        as(
                TENANT,
                () -> new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).execute(status -> {
                    EntityManager entities = context.getBean(Rows.class).entities;
                    Pebble held = entities.find(Pebble.class, id);
                    delete(context, PebbleController.class, TENANT, id);
                    assertThat(entities.contains(held)).isFalse();
                    return id;
                }));

        assertThat(count("Pebble")).isZero();
    }

    @Test
    void listenersHearOfEachDeletionWheneverTheyCome() {
        try (ConfigurableApplicationContext listened = application()) {
            PreDeleteEventListener listener = event -> !HEARD.add(event.getEntity());
            listened.getBean(EntityManagerFactory.class)
                    .unwrap(SessionFactoryImplementor.class)
                    .getEventListenerRegistry()
                    .appendListeners(EventType.PRE_DELETE, listener);

            delete(listened, PebbleController.class, TENANT, persisted(listened, new Pebble()));

            assertThat(HEARD).hasSize(1);
        }
    }

    @Test
    void listenersOfLoadsHearOfEachDeletion() {
        try (ConfigurableApplicationContext watched = application("--spring.profiles.active=watched")) {
            UUID id = persisted(watched, new Pebble());
            HEARD.clear();

            delete(watched, PebbleController.class, TENANT, id);

            assertThat(HEARD).contains(id);
        }
    }

    @Test
    void conditionsOfTheRequestHoldForADeletionToo() {
        UUID id = persisted(context, new Pebble());
        MockHttpServletRequest unless = new MockHttpServletRequest();
        unless.addHeader("If-None-Match", "*");

        assertThatThrownBy(() -> as(TENANT, () -> {
                    context.getBean(PebbleController.class).delete(id.toString(), unless);
                    return id;
                }))
                .hasMessageContaining("412");

        assertThat(count("Pebble")).isEqualTo(1);
        delete(context, PebbleController.class, TENANT, id);
    }

    @Test
    void whatKeepsARowFromBeingLoadedKeepsItFromBeingDeleted() {
        UUID id = persisted(context, new SealedOff());

        assertThatThrownBy(() -> delete(context, SealedOffController.class, TENANT, id))
                .hasStackTraceContaining("not your department");
        assertThat(count("`Sealed-off`")).isEqualTo(1);
    }

    @Test
    void aRowThatTheMappingHidesIsMissingAndStays() {
        UUID id = persisted(context, new Hidden());

        assertThatThrownBy(() -> delete(context, HiddenController.class, TENANT, id))
                .hasMessageContaining("404");
        Long rows = as(
                TENANT,
                () -> context.getBean(JdbcTemplate.class)
                        .queryForObject("select count(*) from hidden where tenant_id = ?", Long.class, TENANT));
        assertThat(rows).isEqualTo(1);
    }

    @Test
    void aRowThatIsReferredToStays() {
        UUID id = persisted(context, new Pebble());
        Holding holding = new Holding();
        UUID held = as(TENANT, () -> {
            holding.pebble = context.getBean(Rows.class).entities.find(Pebble.class, id);
            return persisted(context, holding);
        });

        assertThatThrownBy(() -> delete(context, PebbleController.class, TENANT, id))
                .hasMessageContaining("409");

        as(
                TENANT,
                () -> new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).execute(status -> {
                    EntityManager entities = context.getBean(Rows.class).entities;
                    entities.remove(entities.find(Holding.class, held));
                    return held;
                }));
        delete(context, PebbleController.class, TENANT, id);
    }

    @Test
    void whoHoldsTheRowForTheWholeRequestLosesIt() {
        UUID id = persisted(context, new Pebble());
        EntityManagerFactory factory = context.getBean(EntityManagerFactory.class);

        as(TENANT, () -> {
            EntityManager open = factory.createEntityManager();
            TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(open));
            try {
                Pebble held = open.find(Pebble.class, id);
                delete(context, PebbleController.class, TENANT, id);
                assertThat(open.contains(held)).isFalse();
            } finally {
                TransactionSynchronizationManager.unbindResource(factory);
                open.close();
            }
            return id;
        });
    }

    @Test
    void cachedQueriesForgetTheRow() {
        try (ConfigurableApplicationContext cached = application(
                "--spring.jpa.properties.hibernate.cache.use_query_cache=true",
                "--spring.jpa.properties.hibernate.cache.region.factory_class=jcache",
                "--spring.jpa.properties.hibernate.javax.cache.missing_cache_strategy=create")) {
            UUID id = persisted(cached, new Pebble());
            Supplier<Integer> found = () -> as(
                    TENANT,
                    () -> cached.getBean(Rows.class)
                            .entities
                            .createQuery("from Pebble", Pebble.class)
                            .setHint("org.hibernate.cacheable", true)
                            .getResultList()
                            .size());
            assertThat(found.get()).isEqualTo(1);

            delete(cached, PebbleController.class, TENANT, id);

            assertThat(found.get()).isZero();
        }
    }
}
