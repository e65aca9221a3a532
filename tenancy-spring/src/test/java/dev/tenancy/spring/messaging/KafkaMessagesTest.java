package dev.tenancy.spring.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.NoTenantException;
import dev.tenancy.TenantOwned;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.spring.task.ActiveTenants;
import dev.tenancy.spring.task.PropagationRefusedException;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.ContainerCustomizer;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ConsumerSeekAware;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultAfterRollbackProcessor;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.adapter.AsyncRepliesAware;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;
import org.springframework.kafka.transaction.KafkaTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.util.backoff.FixedBackOff;

/** Records of a real Kafka act for whoever sent them, with rows of a real database. */
class KafkaMessagesTest {

    private static final UUID ACME = new UUID(1, 1);
    private static final UUID GLOBEX = new UUID(2, 2);
    private static final Map<String, Membership> MEMBERS = new ConcurrentHashMap<>();
    private static final BlockingQueue<Heard> HEARD = new LinkedBlockingQueue<>();
    private static final BlockingQueue<ConsumerRecord<String, String>> DEAD = new LinkedBlockingQueue<>();
    private static final Set<String> CUSTOMIZED = ConcurrentHashMap.newKeySet();

    private static EmbeddedKafkaKraftBroker broker;
    private static ConfigurableApplicationContext application;

    record Heard(String text, Optional<TenantPrincipal> actor, List<String> rows, Map<String, String> headers) {}

    @BeforeAll
    static void start() {
        broker = new EmbeddedKafkaKraftBroker(
                1, 2, "notes", "own", "exactly-once", "batches", "rates.daily", "news", "dead");
        broker.brokerProperties(
                Map.of("transaction.state.log.replication.factor", "1", "transaction.state.log.min.isr", "1"));
        broker.afterPropertiesSet();
        application = new SpringApplicationBuilder(Notes.class)
                .properties(
                        "spring.main.web-application-type=none",
                        "spring.main.banner-mode=off",
                        "jdbc.datasource-proxy.enabled=false",
                        "logging.level.root=off",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "spring.jpa.hibernate.ddl-auto=create-drop",
                        "spring.kafka.bootstrap-servers=" + broker.getBrokersAsString(),
                        "spring.kafka.consumer.group-id=notes",
                        "spring.kafka.consumer.auto-offset-reset=earliest",
                        "spring.kafka.listener.concurrency=2",
                        "tenancy.messages.without-tenant.[rates.daily]=rates of the central bank",
                        "tenancy.messages.without-tenant.dead=read by operators")
                .run();
        Listeners listeners = application.getBean(Listeners.class);
        CurrentTenant.runAs(ACME, () -> listeners.store("of acme"));
        CurrentTenant.runAs(GLOBEX, () -> listeners.store("of globex"));
    }

    @AfterAll
    static void stop() {
        application.close();
        broker.destroy();
    }

    @BeforeEach
    void members() {
        MEMBERS.clear();
        MEMBERS.put("alice@" + ACME, new Membership(ACME, "OWNER"));
        MEMBERS.put("carol@" + GLOBEX, new Membership(GLOBEX, "STAFF"));
        HEARD.clear();
        DEAD.clear();
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes", "own", "exactly-once"})
    void aListenerActsForWhoeverSentAndReachesTheirRows(String topic) throws Exception {
        as(ACME, "alice", () -> template().send(topic, "hello"));
        Heard heard = HEARD.poll(20, TimeUnit.SECONDS);
        assertThat(heard).isNotNull();
        assertThat(heard.actor()).hasValue(new TenantPrincipal(ACME, "alice", "OWNER"));
        assertThat(heard.rows()).containsExactly("of acme");
        assertThat(DEAD).isEmpty();
    }

    @Test
    void aUserActsWithTheRoleThatTheyHaveNow() throws Exception {
        MEMBERS.put("alice@" + ACME, new Membership(ACME, "STAFF"));
        as(ACME, "alice", () -> template().send("notes", "hello"));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS).actor()).hasValue(new TenantPrincipal(ACME, "alice", "STAFF"));
    }

    @Test
    void workOnNobodysBehalfIsCarriedToo() throws Exception {
        CurrentTenant.runAs(GLOBEX, () -> template().send("notes", "hello"));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS))
                .extracting(Heard::actor, Heard::rows)
                .containsExactly(Optional.of(TenantPrincipal.system(GLOBEX)), List.of("of globex"));
    }

    @Test
    void manyMessagesOfTwoTenantsAreNeverTakenForEachOthers() throws Exception {
        for (int i = 0; i < 400; i++) {
            String text = String.valueOf(i);
            if (i % 2 == 0) {
                as(ACME, "alice", () -> template().send("notes", text));
            } else {
                as(GLOBEX, "carol", () -> template().send("notes", text));
            }
        }
        Set<String> texts = new HashSet<>();
        int wrong = 0;
        while (texts.size() < 400) {
            Heard heard = HEARD.poll(20, TimeUnit.SECONDS);
            assertThat(heard).as("after " + texts.size()).isNotNull();
            texts.add(heard.text());
            boolean acme = Integer.parseInt(heard.text()) % 2 == 0;
            TenantPrincipal expected =
                    acme ? new TenantPrincipal(ACME, "alice", "OWNER") : new TenantPrincipal(GLOBEX, "carol", "STAFF");
            if (!heard.actor().equals(Optional.of(expected))
                    || !heard.rows().equals(List.of(acme ? "of acme" : "of globex"))) {
                wrong++;
            }
        }
        assertThat(wrong).isZero();
        assertThat(DEAD).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes", "own", "exactly-once"})
    void whatNamesNobodyWhoMayActReachesTheErrorHandlerAndNotTheListener(String topic) throws Exception {
        refused(topic, null, "alice");
        refused(topic, UUID.randomUUID().toString(), null);
        refused(topic, UUID.randomUUID().toString(), "alice");
        refused(topic, GLOBEX.toString(), "alice");
        MEMBERS.clear();
        refused(topic, ACME.toString(), "alice");
        assertThat(HEARD).isEmpty();
    }

    private static void refused(String topic, @Nullable String tenant, @Nullable String user) throws Exception {
        ProducerRecord<String, String> forged = new ProducerRecord<>(topic, "forged");
        if (tenant != null) {
            forged.headers().add("tenancy-tenant", tenant.getBytes(StandardCharsets.UTF_8));
        }
        if (user != null) {
            forged.headers().add("tenancy-user", user.getBytes(StandardCharsets.UTF_8));
        }
        template().send(forged);
        ConsumerRecord<String, String> dead = DEAD.poll(20, TimeUnit.SECONDS);
        assertThat(dead).isNotNull();
        assertThat(text(dead, "kafka_dlt-original-topic")).isEqualTo(topic);
        assertThat(text(dead, "kafka_dlt-exception-cause-fqcn")).isEqualTo(PropagationRefusedException.class.getName());
        assertThat(text(dead, "tenancy-tenant")).isEqualTo(tenant);
        assertThat(text(dead, "tenancy-user")).isEqualTo(user);
    }

    @Test
    void aRecordOfAnotherApplicationIsHeardForNobodyAndReachesNoRows() throws Exception {
        template().send("news", "hello");
        Heard heard = HEARD.poll(20, TimeUnit.SECONDS);
        assertThat(heard.text()).isEqualTo("hello");
        assertThat(heard.actor()).isEmpty();

        template().send("notes", "hello");
        ConsumerRecord<String, String> dead = DEAD.poll(20, TimeUnit.SECONDS);
        assertThat(text(dead, "kafka_dlt-exception-cause-fqcn")).isEqualTo(NoTenantException.class.getName());
        assertThat(HEARD).isEmpty();
    }

    @Test
    void aCrossingIsNotCarried() throws Exception {
        CurrentTenant.acrossTenants("a report", () -> template().send("notes", "hello"));
        assertThat(DEAD.poll(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(HEARD).isEmpty();
    }

    @Test
    void aTopicThatBelongsToNoTenantTellsOfNobodyAndIsHeardByNobody() throws Exception {
        as(ACME, "alice", () -> template().send("rates.daily", "1.08"));
        Heard heard = HEARD.poll(20, TimeUnit.SECONDS);
        assertThat(heard.text()).isEqualTo("1.08");
        assertThat(heard.actor()).isEmpty();
        assertThat(heard.headers()).isEmpty();
    }

    @Test
    void inABatchNobodyActs() throws Exception {
        as(ACME, "alice", () -> template().send("batches", "hello"));
        Heard heard = HEARD.poll(20, TimeUnit.SECONDS);
        assertThat(heard.actor()).isEmpty();
        assertThat(heard.headers()).containsEntry("tenancy-tenant", ACME.toString());
    }

    @Test
    void whatNamesATenantAlreadyStaysAsItIs() throws Exception {
        ProducerRecord<String, String> named = new ProducerRecord<>("notes", "hello");
        named.headers().add("tenancy-tenant", GLOBEX.toString().getBytes(StandardCharsets.UTF_8));
        as(ACME, "alice", () -> template().send(named));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS).actor()).hasValue(TenantPrincipal.system(GLOBEX));
    }

    @Test
    void aRecordThatIsSentAgainActsForWhoeverSendsItThen() throws Exception {
        ProducerRecord<String, String> again = new ProducerRecord<>("notes", "hello");
        as(ACME, "alice", () -> template().send(again));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS).actor()).hasValue(new TenantPrincipal(ACME, "alice", "OWNER"));
        as(GLOBEX, "carol", () -> template().send(again));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS).actor()).hasValue(new TenantPrincipal(GLOBEX, "carol", "STAFF"));
    }

    @Test
    void templatesOverOtherFactoriesCarryWhoActsToo() throws Exception {
        for (String template : List.of("templateOfItsOwn", "transactional")) {
            @SuppressWarnings("unchecked")
            KafkaTemplate<String, String> other = application.getBean(template, KafkaTemplate.class);
            as(ACME, "alice", () -> {
                if (other.isTransactional()) {
                    other.executeInTransaction(sending -> sending.send("notes", template));
                } else {
                    other.send("notes", template);
                }
            });
            Heard heard = HEARD.poll(20, TimeUnit.SECONDS);
            assertThat(heard.text()).isEqualTo(template);
            assertThat(heard.actor()).hasValue(new TenantPrincipal(ACME, "alice", "OWNER"));
        }
    }

    @Test
    void aListenerThatSeeksOrAnswersLaterGoesOnDoingSo() {
        class Seeking implements MessageListener<String, String>, ConsumerSeekAware, AsyncRepliesAware {

            private final List<String> calls = new ArrayList<>();

            @Override
            public void onMessage(ConsumerRecord<String, String> message) {}

            @Override
            public void onFirstPoll() {
                calls.add("first poll");
            }

            @Override
            public void unregisterSeekCallback() {
                calls.add("unregister");
            }

            @Override
            public boolean isAsyncReplies() {
                return true;
            }
        }
        Seeking seeking = new Seeking();
        TenantRecordListener<String, String> wrapped =
                new TenantRecordListener<>(seeking, application.getBean(TenantMessages.class));
        wrapped.onFirstPoll();
        wrapped.unregisterSeekCallback();
        assertThat(seeking.calls).containsExactly("first poll", "unregister");
        assertThat(wrapped.isAsyncReplies()).isTrue();
    }

    @Test
    void whatCustomizesTheApplicationsContainersGoesOnDoingSo() {
        assertThat(CUSTOMIZED).containsExactly("own");
    }

    private static void as(UUID tenant, String user, Runnable work) {
        try (CurrentTenant.Scope scope =
                CurrentTenant.enter(new TenantPrincipal(tenant, user, "whatever it was then"))) {
            work.run();
        }
    }

    @SuppressWarnings("unchecked")
    private static KafkaTemplate<String, String> template() {
        return application.getBean("kafkaTemplate", KafkaTemplate.class);
    }

    private static @Nullable String text(ConsumerRecord<?, ?> message, String key) {
        return message.headers().lastHeader(key) == null
                ? null
                : new String(message.headers().lastHeader(key).value(), StandardCharsets.UTF_8);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EntityScan(basePackageClasses = KafkaMessagesTest.class)
    static class Notes {

        @Bean
        Memberships memberships() {
            return (user, tenant) -> Optional.ofNullable(MEMBERS.get(user + "@" + tenant));
        }

        @Bean
        ActiveTenants tenants() {
            return () -> List.of(ACME, GLOBEX);
        }

        @Bean
        Listeners listeners(EntityManager entities) {
            return new Listeners(entities);
        }

        @Bean
        DeadLetterPublishingRecoverer dead(KafkaTemplate<String, String> kafkaTemplate) {
            DeadLetterPublishingRecoverer recoverer = new DeadLetterPublishingRecoverer(
                    kafkaTemplate, (message, failure) -> new TopicPartition("dead", -1));
            recoverer.setFailIfSendResultIsError(true);
            return recoverer;
        }

        @Bean
        DefaultErrorHandler errors(DeadLetterPublishingRecoverer dead) {
            return new DefaultErrorHandler(dead, new FixedBackOff(0, 0));
        }

        @Bean
        ProducerFactory<String, String> kafkaProducerFactory() {
            return new DefaultKafkaProducerFactory<>(settings());
        }

        @Bean
        KafkaTemplate<String, String> kafkaTemplate(ProducerFactory<String, String> kafkaProducerFactory) {
            return new KafkaTemplate<>(kafkaProducerFactory);
        }

        @Bean(defaultCandidate = false)
        KafkaTemplate<String, String> templateOfItsOwn() {
            return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(settings()));
        }

        @Bean(defaultCandidate = false)
        KafkaTemplate<String, String> transactional() {
            return new KafkaTemplate<>(transactions());
        }

        private static DefaultKafkaProducerFactory<String, String> transactions() {
            DefaultKafkaProducerFactory<String, String> factory = new DefaultKafkaProducerFactory<>(settings());
            factory.setTransactionIdPrefix("tx-" + UUID.randomUUID());
            return factory;
        }

        private static Map<String, Object> settings() {
            return Map.of(
                    ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                    broker.getBrokersAsString(),
                    ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                    StringSerializer.class,
                    ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                    StringSerializer.class);
        }

        @Bean
        ConcurrentKafkaListenerContainerFactory<String, String> ownContainers(
                ConsumerFactory<String, String> consumers, DefaultErrorHandler errors) {
            ConcurrentKafkaListenerContainerFactory<String, String> factory =
                    new ConcurrentKafkaListenerContainerFactory<>();
            factory.setConsumerFactory(consumers);
            factory.setCommonErrorHandler(errors);
            ContainerCustomizer<String, String, ConcurrentMessageListenerContainer<String, String>> customizer =
                    container ->
                            CUSTOMIZED.add(container.getContainerProperties().getTopics()[0]);
            factory.setContainerCustomizer(customizer);
            return factory;
        }

        @Bean
        ConcurrentKafkaListenerContainerFactory<String, String> transactionalContainers(
                ConsumerFactory<String, String> consumers, DeadLetterPublishingRecoverer dead) {
            ConcurrentKafkaListenerContainerFactory<String, String> factory =
                    new ConcurrentKafkaListenerContainerFactory<>();
            factory.setConsumerFactory(consumers);
            factory.getContainerProperties()
                    .setKafkaAwareTransactionManager(new KafkaTransactionManager<>(transactions()));
            factory.setAfterRollbackProcessor(new DefaultAfterRollbackProcessor<>(dead, new FixedBackOff(0, 0)));
            return factory;
        }
    }

    static class Listeners {

        private final EntityManager entities;

        Listeners(EntityManager entities) {
            this.entities = entities;
        }

        @Transactional
        public void store(String text) {
            Note note = new Note();
            note.text = text;
            entities.persist(note);
        }

        @KafkaListener(topics = "notes")
        @Transactional
        public void notes(ConsumerRecord<String, String> message) {
            hear(message);
        }

        @KafkaListener(topics = "own", containerFactory = "ownContainers")
        @Transactional
        public void own(ConsumerRecord<String, String> message) {
            hear(message);
        }

        @KafkaListener(topics = "exactly-once", containerFactory = "transactionalContainers")
        @Transactional
        public void exactlyOnce(ConsumerRecord<String, String> message) {
            hear(message);
        }

        private void hear(ConsumerRecord<String, String> message) {
            HEARD.add(new Heard(
                    message.value(),
                    CurrentTenant.find(),
                    entities.createQuery("select text from Note", String.class).getResultList(),
                    Map.of()));
        }

        @KafkaListener(topics = {"rates.daily", "news"})
        public void rates(ConsumerRecord<String, String> message) {
            HEARD.add(new Heard(message.value(), CurrentTenant.find(), List.of(), headers(message)));
        }

        @KafkaListener(topics = "batches", batch = "true")
        public void batch(List<ConsumerRecord<String, String>> messages) {
            for (ConsumerRecord<String, String> message : messages) {
                HEARD.add(new Heard(message.value(), CurrentTenant.find(), List.of(), headers(message)));
            }
        }

        private static Map<String, String> headers(ConsumerRecord<String, String> message) {
            String tenant = text(message, "tenancy-tenant");
            return tenant == null ? Map.of() : Map.of("tenancy-tenant", tenant);
        }

        @KafkaListener(topics = "dead")
        public void dead(ConsumerRecord<String, String> message) {
            DEAD.add(message);
        }
    }

    @Entity(name = "Note")
    static class Note extends TenantOwned {
        String text;
    }
}
