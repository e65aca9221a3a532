package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.tenancy.CurrentTenant;
import dev.tenancy.Memberships;
import dev.tenancy.TenantOwned;
import dev.tenancy.TenantPrincipal;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Converter;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToOne;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.PrePersist;
import jakarta.persistence.PreUpdate;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import jakarta.validation.constraints.Size;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.OptimisticLock;
import org.hibernate.annotations.TenantId;
import org.hibernate.annotations.ValueGenerationType;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PostInsertEvent;
import org.hibernate.event.spi.PostInsertEventListener;
import org.hibernate.event.spi.PostUpdateEvent;
import org.hibernate.event.spi.PostUpdateEventListener;
import org.hibernate.generator.BeforeExecutionGenerator;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** One statement of which nobody hears commits by itself; whatever else a request does is one transaction. */
class CrudCommitsTest {

    private static final UUID TENANT = UUID.randomUUID();

    /** What was sent to the database, and whether it committed by itself. */
    private static final List<String> SENT = new ArrayList<>();

    private static ConfigurableApplicationContext context;

    @Entity(name = "Stone")
    static class Stone extends TenantOwned {

        @Column(unique = true)
        String name;

        int weight;
    }

    @Entity(name = "Heard")
    static class Heard extends TenantOwned {

        String name;

        @PrePersist
        @PreUpdate
        void hear() {
            SENT.add("callback");
        }
    }

    @Entity(name = "Pair")
    static class Pair extends TenantOwned {

        String name;

        @ManyToOne(fetch = FetchType.LAZY)
        Stone stone;
    }

    @Entity(name = "Bag")
    static class Bag extends TenantOwned {

        String name;

        @ElementCollection
        Set<String> tags = new HashSet<>(Set.of("one", "two"));
    }

    @Entity(name = "Box")
    static class Box extends TenantOwned {

        String name;

        @OneToOne(cascade = CascadeType.ALL)
        Stone inside = new Stone();
    }

    /** Of which the database makes a column. */
    @Entity(name = "Made")
    static class Made extends TenantOwned {

        String name;

        @Generated(event = {org.hibernate.generator.EventType.INSERT, org.hibernate.generator.EventType.UPDATE})
        @Column(columnDefinition = "varchar generated always as (upper(name))")
        String upper;
    }

    @Entity(name = "Known")
    static class Known extends TenantOwned {

        @NaturalId(mutable = true)
        String name;
    }

    @Entity(name = "Split")
    @SecondaryTable(name = "splitter")
    static class Split extends TenantOwned {

        String name;

        @Column(table = "splitter")
        String other = "other";
    }

    @Entity(name = "General")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class General extends TenantOwned {

        String name;
    }

    @Entity(name = "Special")
    static class Special extends General {

        int rank;
    }

    /** Made by the application when the row is written: it may count in a table. */
    @ValueGenerationType(generatedBy = Counter.class)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Number {}

    static class Counter implements BeforeExecutionGenerator {

        @Override
        public Object generate(
                SharedSessionContractImplementor session,
                Object owner,
                @Nullable Object present,
                org.hibernate.generator.EventType event) {
            return 7;
        }

        @Override
        public EnumSet<org.hibernate.generator.EventType> getEventTypes() {
            return EnumSet.of(org.hibernate.generator.EventType.INSERT, org.hibernate.generator.EventType.UPDATE);
        }
    }

    @Entity(name = "Counted")
    static class Counted extends TenantOwned {

        String name;

        @Number
        Integer number;
    }

    /** Of no equality: each flush takes a copy for another price. */
    static class Money {
        int cents = 1;
    }

    @Converter
    static class MoneyConverter implements AttributeConverter<Money, Integer> {

        @Override
        public Integer convertToDatabaseColumn(Money money) {
            return money.cents;
        }

        @Override
        public Money convertToEntityAttribute(Integer cents) {
            Money money = new Money();
            money.cents = cents;
            return money;
        }
    }

    @Entity(name = "Priced")
    static class Priced extends TenantOwned {

        String name;

        @Convert(converter = MoneyConverter.class)
        Money price = new Money();
    }

    @Embeddable
    static class Price {
        @Convert(converter = MoneyConverter.class)
        Money money = new Money();
    }

    @Entity(name = "Sold")
    static class Sold extends TenantOwned {

        String name;

        @Embedded
        Price price = new Price();
    }

    /** Of which a change is not noticed by its version. */
    @Entity(name = "Noted")
    static class Noted extends TenantOwned {

        String name;

        @OptimisticLock(excluded = true)
        String note = "note";
    }

    @Target(ElementType.FIELD)
    @Retention(RetentionPolicy.RUNTIME)
    @Constraint(validatedBy = Any.class)
    @interface Anything {
        String message() default "is not anything";

        Class<?>[] groups() default {};

        Class<? extends Payload>[] payload() default {};
    }

    public static class Any implements ConstraintValidator<Anything, String> {

        @Override
        public boolean isValid(@Nullable String name, ConstraintValidatorContext context) {
            return true;
        }
    }

    /** With a check of the application's, which may ask the database as Hibernate writes. */
    @Entity(name = "Bounded")
    static class Bounded extends TenantOwned {

        @Anything
        String name;
    }

    /** Whose own checks ask nobody. */
    @Entity(name = "Sized")
    static class Sized extends TenantOwned {

        @Size(max = 100) String name;
    }

    /** Of types of the JDK's that can be changed, but compared as well. */
    @Entity(name = "Dated")
    static class Dated extends TenantOwned {

        String name;

        Date date = new Date();

        byte[] bytes = {1};
    }

    /** Of which another's change would be lost. */
    @Entity(name = "Loose")
    static class Loose {

        @Id
        UUID id;

        @TenantId
        UUID tenantId;

        String name;
    }

    record Named(@Nullable UUID id, @Nullable String name) {}

    record Paired(
            @Nullable UUID id,
            @Nullable String name,
            @Nullable UUID stoneId) {}

    /** Refuses what its body, which names no id, could say. */
    record Brittle(@Nullable UUID id, @Nullable String name) {
        Brittle {
            if (id != null && "brittle".equals(name)) {
                throw new IllegalStateException("cannot be shown");
            }
        }
    }

    @RestController
    @RequestMapping("/stones")
    @Crud(read = "STAFF", write = "STAFF")
    static class StoneController extends TenantCrudController<Stone, Named> {}

    @RestController
    @RequestMapping("/brittle")
    @Crud(read = "STAFF", write = "STAFF")
    static class BrittleController extends TenantCrudController<Stone, Brittle> {}

    @RestController
    @RequestMapping("/hooked")
    @Crud(read = "STAFF", write = "STAFF")
    static class HookedController extends TenantCrudController<Stone, Named> {

        @Override
        protected void beforeCreate(Stone row) {
            row.weight = 1;
        }

        @Override
        protected void beforeUpdate(Named was, Stone row) {
            row.weight = 2;
        }

        @Override
        protected void beforeDelete(Stone row) {}
    }

    @RestController
    @RequestMapping("/scoped")
    @Crud(read = "STAFF", write = "STAFF")
    static class ScopedController extends TenantCrudController<Stone, Named> {

        @Override
        protected Predicate scope(CriteriaBuilder criteria, Root<Stone> row) {
            return criteria.lessThan(row.get("weight"), 10);
        }
    }

    @RestController
    @RequestMapping("/asking")
    @Crud(read = "STAFF", write = "STAFF")
    static class AskingController extends TenantCrudController<Stone, Named> {

        @PersistenceContext
        EntityManager entities;

        @Override
        protected Predicate scope(CriteriaBuilder criteria, Root<Stone> row) {
            long all = entities.createQuery("select count(*) from Stone", Long.class)
                    .getSingleResult();
            return criteria.lessThan(row.get("weight"), 10 + (int) all);
        }
    }

    /** Narrows for some only, and looks at the row for all. */
    @RestController
    @RequestMapping("/fickle")
    @Crud(read = "STAFF", write = "STAFF")
    static class FickleController extends TenantCrudController<Stone, Named> {

        static boolean narrows;

        @Override
        protected @Nullable Predicate scope(CriteriaBuilder criteria, Root<Stone> row) {
            Predicate none = criteria.equal(row.get("weight"), -1);
            return narrows ? none : null;
        }
    }

    @RestController
    @RequestMapping("/heard")
    @Crud(read = "STAFF", write = "STAFF")
    static class HeardController extends TenantCrudController<Heard, Named> {}

    @RestController
    @RequestMapping("/pairs")
    @Crud(read = "STAFF", write = "STAFF")
    static class PairController extends TenantCrudController<Pair, Paired> {}

    @RestController
    @RequestMapping("/bags")
    @Crud(read = "STAFF", write = "STAFF")
    static class BagController extends TenantCrudController<Bag, Named> {}

    @RestController
    @RequestMapping("/boxes")
    @Crud(read = "STAFF", write = "STAFF")
    static class BoxController extends TenantCrudController<Box, Named> {}

    @RestController
    @RequestMapping("/made")
    @Crud(read = "STAFF", write = "STAFF")
    static class MadeController extends TenantCrudController<Made, Named> {}

    @RestController
    @RequestMapping("/known")
    @Crud(read = "STAFF", write = "STAFF")
    static class KnownController extends TenantCrudController<Known, Named> {}

    @RestController
    @RequestMapping("/split")
    @Crud(read = "STAFF", write = "STAFF")
    static class SplitController extends TenantCrudController<Split, Named> {}

    @RestController
    @RequestMapping("/special")
    @Crud(read = "STAFF", write = "STAFF")
    static class SpecialController extends TenantCrudController<Special, Named> {}

    @RestController
    @RequestMapping("/counted")
    @Crud(read = "STAFF", write = "STAFF")
    static class CountedController extends TenantCrudController<Counted, Named> {}

    @RestController
    @RequestMapping("/priced")
    @Crud(read = "STAFF", write = "STAFF")
    static class PricedController extends TenantCrudController<Priced, Named> {}

    @RestController
    @RequestMapping("/sold")
    @Crud(read = "STAFF", write = "STAFF")
    static class SoldController extends TenantCrudController<Sold, Named> {}

    @RestController
    @RequestMapping("/noted")
    @Crud(read = "STAFF", write = "STAFF")
    static class NotedController extends TenantCrudController<Noted, Named> {}

    @RestController
    @RequestMapping("/bounded")
    @Crud(read = "STAFF", write = "STAFF")
    static class BoundedController extends TenantCrudController<Bounded, Named> {}

    @RestController
    @RequestMapping("/sized")
    @Crud(read = "STAFF", write = "STAFF")
    static class SizedController extends TenantCrudController<Sized, Named> {}

    @RestController
    @RequestMapping("/dated")
    @Crud(read = "STAFF", write = "STAFF")
    static class DatedController extends TenantCrudController<Dated, Named> {}

    /** Asks the database for nothing but the number of all rows. */
    @RestController
    @RequestMapping("/late")
    @Crud(read = "STAFF", write = "STAFF", search = "name")
    static class LateController extends TenantCrudController<Stone, Named> {

        static int asked;

        @PersistenceContext
        EntityManager entities;

        @Override
        protected @Nullable Predicate scope(CriteriaBuilder criteria, Root<Stone> row) {
            if (asked++ > 0) {
                entities.createQuery("select count(*) from Stone", Long.class).getSingleResult();
            }
            return criteria.lessThan(row.get("weight"), 10);
        }
    }

    /** Fetches for some, which is no predicate. */
    @RestController
    @RequestMapping("/fetching")
    @Crud(read = "STAFF", write = "STAFF")
    static class FetchingController extends TenantCrudController<Pair, Paired> {

        static boolean fetches;

        @Override
        protected @Nullable Predicate scope(CriteriaBuilder criteria, Root<Pair> row) {
            if (fetches) {
                row.fetch("stone");
                return null;
            }
            return criteria.isNotNull(row.get("id"));
        }
    }

    @Target(ElementType.FIELD)
    @Retention(RetentionPolicy.RUNTIME)
    @Constraint(validatedBy = Checking.class)
    @interface Checked {
        String message() default "is not free";

        Class<?>[] groups() default {};

        Class<? extends Payload>[] payload() default {};
    }

    /** Asks the database whether a name is free. */
    static class Checking implements ConstraintValidator<Checked, String> {

        @PersistenceContext
        EntityManager entities;

        @Autowired
        PlatformTransactionManager transactions;

        @Override
        public boolean isValid(@Nullable String name, ConstraintValidatorContext context) {
            if (name != null && name.startsWith("other ")) {
                Stone other = new Stone();
                other.name = name + " too";
                entities.persist(other);
                return true;
            }
            if ("awaited".equals(name)) {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void beforeCommit(boolean readOnly) {
                        throw new IllegalStateException("not that one");
                    }
                });
                return true;
            }
            if ("doomed".equals(name)) {
                new TransactionTemplate(transactions).executeWithoutResult(TransactionStatus::setRollbackOnly);
                return true;
            }
            return entities.createQuery("from Stone where name = :name", Stone.class)
                    .setParameter("name", name)
                    .getResultList()
                    .isEmpty();
        }
    }

    record Free(@Nullable UUID id, @Checked @Nullable String name) {}

    @RestController
    @RequestMapping("/free")
    @Crud(read = "STAFF", write = "STAFF")
    static class FreeController extends TenantCrudController<Stone, Free> {}

    @RestController
    @RequestMapping("/loose")
    @Crud(read = "STAFF", write = "STAFF")
    static class LooseController extends TenantCrudController<Loose, Named> {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({
        StoneController.class,
        BrittleController.class,
        HookedController.class,
        ScopedController.class,
        AskingController.class,
        FickleController.class,
        HeardController.class,
        PairController.class,
        BagController.class,
        BoxController.class,
        MadeController.class,
        KnownController.class,
        SplitController.class,
        SpecialController.class,
        CountedController.class,
        PricedController.class,
        SoldController.class,
        NotedController.class,
        DatedController.class,
        BoundedController.class,
        SizedController.class,
        LateController.class,
        FetchingController.class,
        FreeController.class,
        LooseController.class
    })
    static class Application {

        @Bean
        Memberships memberships() {
            return (user, tenant) -> Optional.empty();
        }

        @Bean
        DelegatingDataSource dataSource(@Value("${auto-commit:true}") boolean autoCommit) {
            HikariDataSource pool = new HikariDataSource();
            pool.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
            pool.setMaximumPoolSize(2);
            pool.setAutoCommit(autoCommit);
            return new DelegatingDataSource(pool) {
                @Override
                public Connection getConnection() throws SQLException {
                    return recorded(super.getConnection());
                }
            };
        }

        @Bean
        static PersistenceManagedTypes managedTypes() {
            return PersistenceManagedTypes.of(
                    Stone.class.getName(),
                    Heard.class.getName(),
                    Pair.class.getName(),
                    Bag.class.getName(),
                    Box.class.getName(),
                    Made.class.getName(),
                    Known.class.getName(),
                    Split.class.getName(),
                    General.class.getName(),
                    Special.class.getName(),
                    Counted.class.getName(),
                    Priced.class.getName(),
                    Price.class.getName(),
                    Sold.class.getName(),
                    Noted.class.getName(),
                    Dated.class.getName(),
                    Bounded.class.getName(),
                    Sized.class.getName(),
                    Loose.class.getName());
        }
    }

    private static Connection recorded(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                CrudCommitsTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, given) -> {
                    if (method.getName().equals("prepareStatement")) {
                        String word = given[0].toString().strip().split("\\s")[0];
                        SENT.add(connection.getAutoCommit() ? word : word + " in transaction");
                    }
                    try {
                        return method.invoke(connection, given);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    @BeforeAll
    static void start() {
        context = application();
    }

    private static ConfigurableApplicationContext application(String... settings) {
        return new SpringApplicationBuilder(Application.class)
                .properties(
                        "server.port=0",
                        "spring.jpa.open-in-view=false",
                        "spring.data.jpa.repositories.enabled=false",
                        "spring.jpa.hibernate.ddl-auto=create-drop",
                        "tenancy.roles=OWNER > STAFF",
                        "tenancy.jwt.secret=0123456789abcdef0123456789abcdef",
                        "tenancy.jwt.issuer=test",
                        "tenancy.jwt.audience=test")
                .run(settings);
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @BeforeEach
    void forget() {
        SENT.clear();
        FickleController.narrows = false;
    }

    private static <T> T as(Supplier<T> work) {
        try (CurrentTenant.Scope scope = CurrentTenant.enter(new TenantPrincipal(TENANT, "user", "STAFF"))) {
            return work.get();
        }
    }

    private static MockHttpServletRequest request(String body) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setContentType("application/json");
        request.setContent(body.getBytes(StandardCharsets.UTF_8));
        return request;
    }

    private static <D extends Record> D create(Class<? extends TenantCrudController<?, D>> controller, String body) {
        return create(context, controller, body);
    }

    private static <D extends Record> D create(
            ConfigurableApplicationContext application,
            Class<? extends TenantCrudController<?, D>> controller,
            String body) {
        return as(() -> application.getBean(controller).create(request(body), new MockHttpServletResponse()));
    }

    private static <D extends Record> D patch(
            Class<? extends TenantCrudController<?, D>> controller, @Nullable UUID id, String body) {
        return as(() ->
                context.getBean(controller).patch(String.valueOf(id), request(body), new MockHttpServletResponse()));
    }

    private static List<String> sent() {
        List<String> sent = List.copyOf(SENT);
        SENT.clear();
        return sent;
    }

    private static String unique() {
        return "{\"name\":\"" + UUID.randomUUID() + "\"}";
    }

    private static long count(String entity) {
        return as(() -> context.getBean(AskingController.class)
                .entities
                .createQuery("select count(*) from " + entity, Long.class)
                .getSingleResult());
    }

    @Test
    void oneStatementOfWhichNobodyHearsCommitsByItself() {
        StoneController stones = context.getBean(StoneController.class);
        UUID id = create(StoneController.class, unique()).id();
        assertThat(sent()).containsExactly("insert");
        patch(StoneController.class, id, unique());
        assertThat(sent()).containsExactly("select", "update");
        as(() -> stones.replace(String.valueOf(id), request(unique()), new MockHttpServletResponse()));
        assertThat(sent()).containsExactly("select", "update");
        as(() -> {
            stones.delete(String.valueOf(id), request(""));
            return id;
        });
        assertThat(sent()).containsExactly("delete");
        assertThatThrownBy(() -> patch(StoneController.class, id, unique())).hasMessageContaining("404");
    }

    @Test
    void manyRowsAreWrittenTogether() {
        String two = "[" + unique() + "," + unique() + "]";
        as(() -> context.getBean(StoneController.class).createMany(request(two)));
        assertThat(sent()).isNotEmpty().allMatch(statement -> statement.equals("insert in transaction"));
    }

    static Stream<Class<? extends TenantCrudController<?, Named>>> whatSomebodyHearsOf() {
        return Stream.of(
                HookedController.class,
                HeardController.class,
                BagController.class,
                BoxController.class,
                MadeController.class,
                KnownController.class,
                SplitController.class,
                SpecialController.class,
                CountedController.class,
                PricedController.class,
                SoldController.class,
                BoundedController.class);
    }

    @ParameterizedTest
    @MethodSource
    void whatSomebodyHearsOf(Class<? extends TenantCrudController<?, Named>> controller) {
        UUID id = create(controller, unique()).id();
        assertThat(sent()).contains("insert in transaction").doesNotContain("insert");
        patch(controller, id, unique());
        assertThat(sent())
                .contains("select in transaction", "update in transaction")
                .doesNotContain("select", "update");
    }

    @Test
    void withoutAVersionTheRowIsReadAndWrittenInOneTransaction() {
        UUID id = create(LooseController.class, "{\"id\":\"" + UUID.randomUUID() + "\"}")
                .id();
        sent();
        patch(LooseController.class, id, unique());
        assertThat(sent()).containsExactly("select in transaction", "update in transaction");
    }

    @Test
    void whatItsVersionDoesNotTellIsReadAndWrittenInOneTransaction() {
        UUID id = create(NotedController.class, unique()).id();
        assertThat(sent()).containsExactly("insert");
        patch(NotedController.class, id, unique());
        assertThat(sent()).containsExactly("select in transaction", "update in transaction");
    }

    static Stream<Class<? extends TenantCrudController<?, Named>>> whatCanBeComparedOrCheckedByItselfIsWrittenOnce() {
        return Stream.of(DatedController.class, SizedController.class);
    }

    @ParameterizedTest
    @MethodSource
    void whatCanBeComparedOrCheckedByItselfIsWrittenOnce(Class<? extends TenantCrudController<?, Named>> controller) {
        UUID id = create(controller, unique()).id();
        assertThat(sent()).containsExactly("insert");
        patch(controller, id, unique());
        assertThat(sent()).containsExactly("select", "update");
    }

    @Test
    void whatElseIsToBeWrittenIsWrittenInTheSameTransaction() {
        UUID id = create(FreeController.class, unique()).id();
        sent();
        patch(FreeController.class, id, "{\"name\":\"other 1\"}");
        assertThat(sent()).contains("insert in transaction").doesNotContain("insert", "update");
    }

    @Test
    void whoWaitsForTheCommitMayRefuseIt() {
        UUID id = create(FreeController.class, unique()).id();
        assertThatThrownBy(() -> patch(FreeController.class, id, "{\"name\":\"awaited\"}"))
                .hasMessageContaining("not that one");
        assertThat(as(() -> context.getBean(StoneController.class)
                                .get(String.valueOf(id), request(""), new MockHttpServletResponse()))
                        .name())
                .isNotEqualTo("awaited");
    }

    @Test
    void whatChecksABodyIsInTheTransactionThatWritesIt() {
        UUID id = create(FreeController.class, unique()).id();
        sent();
        patch(FreeController.class, id, unique());
        assertThat(sent()).containsExactly("select", "select in transaction", "update in transaction");
    }

    @Test
    void whatIsMarkedToBeTakenBackIsNotWritten() {
        UUID id = create(FreeController.class, unique()).id();
        assertThatThrownBy(() -> patch(FreeController.class, id, "{\"name\":\"doomed\"}"))
                .isInstanceOf(UnexpectedRollbackException.class);
        assertThat(as(() -> context.getBean(StoneController.class)
                                .get(String.valueOf(id), request(""), new MockHttpServletResponse()))
                        .name())
                .isNotEqualTo("doomed");
    }

    @Test
    void aRowIsReferredToInTheTransactionThatAskedForIt() {
        UUID stone = create(StoneController.class, unique()).id();
        sent();
        String refers = "{\"stoneId\":\"" + stone + "\"}";
        UUID id = create(PairController.class, refers).id();
        assertThat(sent()).containsExactly("select in transaction", "insert in transaction");
        patch(PairController.class, id, unique());
        assertThat(sent()).containsExactly("select", "update");
        patch(PairController.class, id, "{\"stoneId\":null}");
        assertThat(sent()).containsExactly("select", "update");
        patch(PairController.class, id, refers);
        assertThat(sent()).containsExactly("select", "select in transaction", "update in transaction");
    }

    @Test
    void aTransactionAroundTheControllerTakesItsWritesBack() {
        TransactionTemplate around = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        long before = count("Stone");
        sent();
        as(() -> around.execute(status -> {
            status.setRollbackOnly();
            return context.getBean(StoneController.class).create(request(unique()), new MockHttpServletResponse());
        }));
        assertThat(sent()).containsExactly("insert in transaction");
        assertThat(count("Stone")).isEqualTo(before);
    }

    @Test
    void inASessionOfTheApplicationsThereIsATransaction() {
        EntityManagerFactory factory = context.getBean(EntityManagerFactory.class);
        as(() -> {
            EntityManager open = factory.createEntityManager();
            TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(open));
            try {
                create(StoneController.class, unique());
            } finally {
                TransactionSynchronizationManager.unbindResource(factory);
                open.close();
            }
            return open;
        });
        assertThat(sent()).containsExactly("insert in transaction");
    }

    @Test
    void listenersThatComeLaterAreInTheTransaction() {
        try (ConfigurableApplicationContext other = application()) {
            create(other, StoneController.class, unique());
            assertThat(sent()).endsWith("insert");
            var listeners = other.getBean(EntityManagerFactory.class)
                    .unwrap(SessionFactoryImplementor.class)
                    .getEventListenerRegistry();
            listeners.appendListeners(EventType.POST_INSERT, new PostInsertEventListener() {
                @Override
                public void onPostInsert(PostInsertEvent event) {
                    throw new IllegalStateException("not that one");
                }

                @Override
                public boolean requiresPostCommitHandling(EntityPersister entity) {
                    return false;
                }
            });
            assertThatThrownBy(() -> create(other, StoneController.class, unique()))
                    .hasMessageContaining("not that one");
            assertThat(sent()).containsExactly("insert in transaction");
            listeners.appendListeners(EventType.POST_UPDATE, new PostUpdateEventListener() {
                @Override
                public void onPostUpdate(PostUpdateEvent event) {}

                @Override
                public boolean requiresPostCommitHandling(EntityPersister entity) {
                    return false;
                }
            });
            assertThatThrownBy(() -> as(() -> other.getBean(StoneController.class)
                            .patch(UUID.randomUUID().toString(), request(unique()), new MockHttpServletResponse())))
                    .hasMessageContaining("404");
            assertThat(sent()).containsExactly("select in transaction");
        }
    }

    @Test
    void whatItsRecordCannotShowIsNotWritten() {
        long before = count("Stone");
        assertThatThrownBy(() -> create(BrittleController.class, "{\"name\":\"brittle\"}"));
        assertThat(count("Stone")).isEqualTo(before);
        UUID id = create(BrittleController.class, unique()).id();
        assertThatThrownBy(() -> patch(BrittleController.class, id, "{\"name\":\"brittle\"}"));
        assertThat(as(() -> context.getBean(StoneController.class)
                                .get(String.valueOf(id), request(""), new MockHttpServletResponse()))
                        .name())
                .isNotEqualTo("brittle");
    }

    @Test
    void whatFailsIsToldAndLeavesTheConnectionAsItWas() {
        String body = unique();
        create(StoneController.class, body);
        assertThatThrownBy(() -> create(StoneController.class, body)).hasMessageContaining("409");
        sent();
        create(HookedController.class, unique());
        assertThat(sent()).containsExactly("insert in transaction");
    }

    @Test
    void underAScopeThatAsksNothingAListCommitsByItselfAndAWriteDoesNot() {
        UUID id = create(StoneController.class, unique()).id();
        ScopedController scoped = context.getBean(ScopedController.class);
        sent();
        as(() -> scoped.list(new LinkedMultiValueMap<>()));
        assertThat(sent()).isNotEmpty().allMatch(statement -> statement.equals("select"));
        as(() -> scoped.get(String.valueOf(id), request(""), new MockHttpServletResponse()));
        assertThat(sent()).containsExactly("select");
        patch(ScopedController.class, id, unique());
        assertThat(sent()).containsExactly("select in transaction", "update in transaction");
        create(ScopedController.class, unique());
        assertThat(sent()).containsExactly("insert in transaction");
    }

    @Test
    void whatAScopeAsksIsOfTheSameTransaction() {
        create(StoneController.class, unique());
        sent();
        as(() -> context.getBean(AskingController.class).list(new LinkedMultiValueMap<>()));
        assertThat(sent()).isNotEmpty().allMatch(statement -> statement.equals("select in transaction"));
    }

    @Test
    void aScopeThatIsAskedOnceMoreForTheNumberIsAskedInTheSameTransaction() {
        create(StoneController.class, "{\"name\":\"late 1\"}");
        create(StoneController.class, "{\"name\":\"late 2\"}");
        LinkedMultiValueMap<String, String> search = new LinkedMultiValueMap<>();
        search.add("search", "late");
        search.add("size", "1");
        sent();
        LateController.asked = 0;
        as(() -> context.getBean(LateController.class).list(search));
        assertThat(sent()).hasSizeGreaterThan(2).allMatch(statement -> statement.equals("select in transaction"));
        search.remove("search");
        search.add("page", "1000");
        LateController.asked = 0;
        as(() -> context.getBean(LateController.class).list(search));
        assertThat(sent()).hasSizeGreaterThan(2).allMatch(statement -> statement.equals("select in transaction"));
    }

    @Test
    void whatAScopeFetchesForOneIsNotFetchedForTheNext() {
        create(PairController.class, unique());
        FetchingController fetching = context.getBean(FetchingController.class);
        FetchingController.fetches = true;
        assertThatThrownBy(() -> as(() -> fetching.list(new LinkedMultiValueMap<>())))
                .hasMessageContaining("fetch");
        FetchingController.fetches = false;
        assertThat(as(() -> fetching.list(new LinkedMultiValueMap<>())).content())
                .isNotEmpty();
    }

    @Test
    void aScopeNarrowsNobodyElsesList() {
        create(StoneController.class, unique());
        FickleController fickle = context.getBean(FickleController.class);
        for (int i = 0; i < 6; i++) {
            FickleController.narrows = i % 3 == 1;
            assertThat(as(() -> fickle.list(new LinkedMultiValueMap<>()))
                            .content()
                            .isEmpty())
                    .isEqualTo(FickleController.narrows);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--auto-commit=false", "--spring.jpa.properties.hibernate.jdbc.batch_size=20"})
    void itDoesNotMatterHowTheConnectionsAreSet(String setting) {
        try (ConfigurableApplicationContext other = application(setting)) {
            UUID id = create(other, StoneController.class, unique()).id();
            assertThat(sent()).endsWith("insert");
            assertThat(as(() -> other.getBean(StoneController.class)
                                    .get(String.valueOf(id), request(""), new MockHttpServletResponse()))
                            .id())
                    .isEqualTo(id);
        }
    }
}
