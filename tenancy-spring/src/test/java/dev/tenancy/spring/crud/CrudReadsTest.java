package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Memberships;
import dev.tenancy.TenantOwned;
import dev.tenancy.TenantPrincipal;
import jakarta.persistence.Access;
import jakarta.persistence.AccessType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.PostLoad;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaDialect;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a read costs, and that nothing is left out for it. The pool has one connection. */
@ExtendWith(OutputCaptureExtension.class)
class CrudReadsTest {

    private static final UUID TENANT = UUID.randomUUID();

    private static ConfigurableApplicationContext context;
    private static Statistics statistics;
    private static String told;

    @Entity(name = "Word")
    static class Word extends TenantOwned {

        @Column(name = "order_")
        int order;

        @Column(name = "select_")
        String select;

        @Column(name = "group_")
        String group;

        @Column(name = "from_")
        Integer from;
    }

    record WordDto(UUID id, int order, String select, String group, Integer from) {}

    @RestController
    @RequestMapping("/words")
    @Crud(read = "STAFF", write = "STAFF", filter = "select, from", sort = "order, from", search = "group")
    static class WordController extends TenantCrudController<Word, WordDto> {}

    @RestController
    @RequestMapping("/scoped")
    @Crud(read = "STAFF", write = "STAFF", filter = "select", sort = "order")
    static class ScopedController extends TenantCrudController<Word, WordDto> {

        private final JdbcTemplate jdbc;
        private boolean readOnly;

        ScopedController(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Override
        protected Predicate scope(CriteriaBuilder criteria, Root<Word> row) {
            readOnly = TransactionSynchronizationManager.isCurrentTransactionReadOnly();
            Integer least = jdbc.queryForObject("select 2", Integer.class);
            return criteria.ge(row.get("order"), least);
        }
    }

    @Entity(name = "Sealed")
    static class Sealed extends TenantOwned {

        String text;

        @PostLoad
        void unseal() {
            text = text + ", unsealed";
        }
    }

    @Entity(name = "Polite")
    @Access(AccessType.PROPERTY)
    static class Polite extends TenantOwned {

        private String text;

        public String getText() {
            return "please, " + text;
        }

        public void setText(String text) {
            this.text = text.replace("please, ", "");
        }
    }

    @Entity(name = "Mention")
    static class Mention extends TenantOwned {

        @ManyToOne(fetch = FetchType.LAZY)
        Word word;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinTable(name = "mention_second")
        Word second;
    }

    @Entity(name = "kept-words")
    @SQLRestriction("archived = false")
    static class Kept extends TenantOwned {

        boolean archived;
    }

    @Entity(name = "Sticker")
    static class Sticker extends TenantOwned {

        @ManyToOne(fetch = FetchType.LAZY)
        Kept kept;
    }

    record NoteDto(UUID id, UUID keptId) {}

    @RestController
    @RequestMapping("/notes")
    @Crud(read = "STAFF")
    static class NoteController extends TenantReadController<Sticker, NoteDto> {}

    record KeptDto(UUID id) {}

    @RestController
    @RequestMapping("/kept")
    @Crud(read = "STAFF")
    static class KeptController extends TenantReadController<Kept, KeptDto> {

        @Override
        protected Predicate scope(CriteriaBuilder criteria, Root<Kept> row) {
            return null;
        }
    }

    record MentionDto(UUID id, UUID wordId, UUID secondId) {}

    @RestController
    @RequestMapping("/mentions")
    @Crud(read = "STAFF", sort = "wordId")
    static class MentionController extends TenantReadController<Mention, MentionDto> {}

    @RestController
    @RequestMapping("/joining")
    @Crud(read = "STAFF")
    static class JoiningController extends TenantReadController<Mention, MentionDto> {

        @Override
        protected Predicate scope(CriteriaBuilder criteria, Root<Mention> row) {
            row.join("word");
            return null;
        }
    }

    record TextDto(UUID id, String text) {}

    @RestController
    @RequestMapping("/sealed")
    @Crud(read = "STAFF")
    static class SealedController extends TenantReadController<Sealed, TextDto> {}

    @RestController
    @RequestMapping("/polite")
    @Crud(read = "STAFF")
    static class PoliteController extends TenantReadController<Polite, TextDto> {}

    static class Rows {

        @PersistenceContext
        EntityManager entities;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({
        Rows.class,
        WordController.class,
        ScopedController.class,
        SealedController.class,
        PoliteController.class,
        MentionController.class,
        JoiningController.class,
        NoteController.class,
        KeptController.class
    })
    static class Application {

        @Bean
        Memberships memberships() {
            return (user, tenant) -> Optional.empty();
        }

        @Bean
        static PersistenceManagedTypes managedTypes() {
            return PersistenceManagedTypes.of(
                    Word.class.getName(),
                    Sealed.class.getName(),
                    Polite.class.getName(),
                    Mention.class.getName(),
                    Sticker.class.getName(),
                    Kept.class.getName());
        }
    }

    @BeforeAll
    static void start(CapturedOutput output) {
        context = application();
        told = output.getAll();
        statistics = context.getBean(EntityManagerFactory.class)
                .unwrap(SessionFactory.class)
                .getStatistics();
        asMember(() -> inTransaction(() -> {
            for (int i = 1; i <= 2; i++) {
                persist(word(i, i == 2 ? null : i));
            }
            Sealed sealed = new Sealed();
            sealed.text = "text";
            persist(sealed);
            Word word = persist(word(3, 3));
            Mention whole = new Mention();
            whole.word = word;
            whole.second = word;
            persist(whole);
            persist(new Mention());
            persist(new Sticker());
            Sticker note = new Sticker();
            note.kept = persist(new Kept());
            persist(note);
            Sticker ofArchived = new Sticker();
            Kept archived = new Kept();
            archived.archived = true;
            ofArchived.kept = persist(archived);
            persist(ofArchived);
            Polite polite = new Polite();
            polite.setText("text");
            return persist(polite);
        }));
    }

    private static ConfigurableApplicationContext application(String... settings) {
        return new SpringApplicationBuilder(Application.class)
                .properties(
                        "server.port=0",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "spring.datasource.hikari.maximum-pool-size=1",
                        "spring.datasource.hikari.connection-timeout=1000",
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

    @AfterAll
    static void stop() {
        context.close();
    }

    @BeforeEach
    void forget() {
        statistics.clear();
    }

    private static Word word(int order, Integer from) {
        Word word = new Word();
        word.order = order;
        word.select = "s" + order;
        word.group = "G%" + order;
        word.from = from;
        return word;
    }

    private static <T> T persist(T row) {
        context.getBean(Rows.class).entities.persist(row);
        return row;
    }

    private static <T> T asMember(Supplier<T> work) {
        return asMember(TENANT, work);
    }

    private static <T> T asMember(UUID tenant, Supplier<T> work) {
        try (CurrentTenant.Scope scope = CurrentTenant.enter(new TenantPrincipal(tenant, "user", "STAFF"))) {
            return work.get();
        }
    }

    private static <T> T inTransaction(Supplier<T> work) {
        return new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).execute(status -> work.get());
    }

    private static MultiValueMap<String, String> query(String... pairs) {
        MultiValueMap<String, String> query = new LinkedMultiValueMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            query.add(pairs[i], pairs[i + 1]);
        }
        return query;
    }

    private static List<Integer> orders(Class<? extends TenantReadController<Word, WordDto>> type, String... pairs) {
        return asMember(() -> context.getBean(type).list(query(pairs)).content().stream()
                .map(WordDto::order)
                .toList());
    }

    @Test
    void theDatabaseKnowsHowManyRowsTheUsualFirstPageHas() {
        Class<WordController> words = WordController.class;

        assertThat(orders(words, "page", "1")).isEmpty();
        assertThat(orders(words, "size", "2")).hasSize(2);
        assertThat(orders(words, "search", "no such word")).isEmpty();
        assertThat(statistics.getQueries()).isNotEmpty().noneMatch(query -> query.contains("fetch first"));

        assertThat(orders(words)).hasSizeGreaterThan(2);
        assertThat(statistics.getQueries()).anyMatch(query -> query.endsWith(" fetch first 20 rows only"));
        assertThat(orders(words, "total", "false")).hasSizeGreaterThan(2);
        assertThat(statistics.getQueries()).anyMatch(query -> query.endsWith(" fetch first 21 rows only"));
    }

    @Test
    void aListAndARowAreOneStatementEachWithoutATransaction() {
        UUID id = asMember(() -> context.getBean(WordController.class)
                .list(query())
                .content()
                .get(0)
                .id());
        assertThat(statistics.getEntityLoadCount()).isZero();
        asMember(() -> context.getBean(WordController.class)
                .get(id.toString(), new MockHttpServletRequest(), new MockHttpServletResponse()));

        assertThat(statistics.getPrepareStatementCount()).isEqualTo(2);
        assertThat(statistics.getTransactionCount()).isZero();
        assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
    }

    @Test
    void aPageTellsHowManyRowsThereAreWithoutAStatementForThat() {
        asMember(UUID.randomUUID(), () -> inTransaction(() -> persist(word(1, 1))));
        statistics.clear();

        assertThat(total("size", "2")).isEqualTo(3);
        assertThat(total("size", "1", "page", "1", "sort", "order,desc")).isEqualTo(3);
        assertThat(total("size", "1", "from.isnull", "false")).isEqualTo(2);
        assertThat(total("size", "1", "select.in", "s1,s3", "from.gte", "1", "sort", "from,desc"))
                .isEqualTo(2);
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(4);

        // No row to tell it.
        assertThat(total("page", "7")).isEqualTo(3);
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(6);
    }

    @Test
    void whatNoIndexServesIsReadForItsNumberOnlyIfThePageDoesNotTell() {
        assertThat(total("search", "g%2")).isEqualTo(1);
        assertThat(total("select.contains", "S3")).isEqualTo(1);
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(2);
        assertThat(statistics.getQueries()).isNotEmpty().noneMatch(query -> query.contains("count("));

        assertThat(total("search", "g", "size", "2")).isEqualTo(3);
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(4);
    }

    @Test
    void whatAScopeKeepsBackIsNotCountedEither() {
        assertThat(total(ScopedController.class, "size", "1")).isEqualTo(2);
        assertThat(total(ScopedController.class, "size", "1", "select", "s3")).isEqualTo(1);

        List<String> queries = List.of(statistics.getQueries());
        assertThat(queries).isNotEmpty().noneMatch(query -> query.startsWith("select count("));
        assertThat(total(JoiningController.class, "size", "1")).isEqualTo(1);
    }

    private static long total(String... pairs) {
        return total(WordController.class, pairs);
    }

    private static long total(Class<? extends TenantReadController<?, ?>> type, String... pairs) {
        return asMember(() -> context.getBean(type).list(query(pairs)).page().totalElements());
    }

    @Test
    void requestsOfOneKindAreTranslatedOnce() {
        orders(WordController.class, "select", "s1", "search", "g%");
        long translated = statistics.getQueryPlanCacheMissCount();
        orders(WordController.class, "select", "s3", "search", "1");

        assertThat(statistics.getQueryPlanCacheMissCount()).isEqualTo(translated);
    }

    @Test
    void attributesMayBeWordsOfTheQueryLanguage() {
        assertThat(orders(WordController.class, "sort", "order,desc")).containsExactly(3, 2, 1);
        assertThat(orders(WordController.class, "sort", "from,desc")).containsExactly(2, 3, 1);
        assertThat(orders(WordController.class, "select", "s2")).containsExactly(2);
        assertThat(orders(WordController.class, "from.isnull", "true")).containsExactly(2);
        assertThat(orders(WordController.class, "search", "g%3")).containsExactly(3);
        assertThat(orders(WordController.class, "search", "g_3")).isEmpty();
    }

    @Test
    void whatNoIndexServesIsNamedWithTheIndexThatWould() {
        assertThat(told)
                .contains("Lists of " + WordController.class.getName(), "by [order, from, select]")
                .contains("create index on word (tenant_id, order_, id)")
                .doesNotContain("Lists of " + SealedController.class.getName());
    }

    @Test
    void whatTheApplicationHasBegunIsJoined() {
        asMember(() -> inTransaction(() -> {
            Word fresh = persist(word(9, null));
            assertThat(orders(WordController.class)).contains(9);
            context.getBean(Rows.class).entities.remove(fresh);
            return fresh;
        }));
        assertThat(orders(WordController.class)).doesNotContain(9);
    }

    @Test
    void aScopeMayAskTheDatabaseOverTheOnlyConnection() {
        assertThat(orders(ScopedController.class, "size", "1")).containsExactly(2);
        assertThat(context.getBean(ScopedController.class).readOnly).isTrue();
        assertThat(TransactionSynchronizationManager.isCurrentTransactionReadOnly())
                .isFalse();
    }

    @Test
    void whatRefersToNothingIsShown() {
        List<MentionDto> shown = asMember(
                        () -> context.getBean(MentionController.class).list(query("sort", "wordId")))
                .content();
        assertThat(shown).hasSize(2);
        assertThat(shown.get(0).wordId()).isNotNull().isEqualTo(shown.get(0).secondId());
        assertThat(shown.get(1))
                .extracting(MentionDto::wordId, MentionDto::secondId)
                .containsExactly(null, null);
    }

    @Test
    void noRowIsLeftOutForWhatItRefersTo() {
        PageOf<NoteDto> notes =
                asMember(() -> context.getBean(NoteController.class).list(query()));
        assertThat(notes.content()).hasSize(3);
        assertThat(notes.page().totalElements()).isEqualTo(3);
    }

    @Test
    void anEntityMayHaveANameThatIsNoWord() {
        assertThat(asMember(() -> context.getBean(KeptController.class).list(query()))
                        .content())
                .hasSize(1);
    }

    @Test
    void whatTheTransactionsOfTheApplicationDoIsDoneToReads() {
        EntityManagerFactory factory = context.getBean(EntityManagerFactory.class);
        JpaTransactionManager manager = new JpaTransactionManager(factory);
        assertThat(transactionsOf(manager)).isZero();
        manager.setDefaultTimeout(10);
        assertThat(transactionsOf(manager)).isEqualTo(1);
        manager = new JpaTransactionManager(factory);
        manager.setEntityManagerInitializer(session -> {});
        assertThat(transactionsOf(manager)).isEqualTo(1);
        manager = new JpaTransactionManager(factory);
        manager.setJpaDialect(new HibernateJpaDialect() {});
        assertThat(transactionsOf(manager)).isEqualTo(1);
        assertThat(transactionsOf(new JpaTransactionManager(factory) {})).isEqualTo(1);
    }

    @Test
    void whereConnectionsDoNotCommitByThemselvesReadsHaveATransaction() {
        try (ConfigurableApplicationContext other = application("--spring.datasource.hikari.auto-commit=false")) {
            Statistics counted = other.getBean(EntityManagerFactory.class)
                    .unwrap(SessionFactory.class)
                    .getStatistics();
            counted.clear();
            asMember(() -> other.getBean(WordController.class).list(query()));
            assertThat(counted.getTransactionCount()).isEqualTo(1);
        }
    }

    private static long transactionsOf(JpaTransactionManager manager) {
        statistics.clear();
        EntityManagerFactory factory = context.getBean(EntityManagerFactory.class);
        EntityManager shared = SharedEntityManagerCreator.createSharedEntityManager(factory);
        new ReadScope(new OwnTransactions(factory, shared, manager, true), true, false).read(narrowed -> 1);
        return statistics.getTransactionCount();
    }

    @Test
    void whatTheEntityMakesOfAColumnIsShown() {
        assertThat(asMember(() -> context.getBean(SealedController.class).list(query()))
                        .content())
                .extracting(TextDto::text)
                .containsExactly("text, unsealed");
        assertThat(asMember(() -> context.getBean(PoliteController.class).list(query()))
                        .content())
                .extracting(TextDto::text)
                .containsExactly("please, text");
    }
}
