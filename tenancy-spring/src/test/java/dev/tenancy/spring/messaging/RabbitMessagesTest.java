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
import java.nio.file.Path;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.qpid.server.SystemLauncher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.listener.ConditionalRejectingErrorHandler;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.TestSocketUtils;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.util.ErrorHandler;

/** Messages over a real broker act for whoever sent them, with rows of a real database. */
class RabbitMessagesTest {

    private static final UUID ACME = new UUID(1, 1);
    private static final UUID GLOBEX = new UUID(2, 2);
    private static final Map<String, Membership> MEMBERS = new ConcurrentHashMap<>();
    private static final BlockingQueue<Heard> HEARD = new LinkedBlockingQueue<>();
    private static final BlockingQueue<Throwable> FAILED = new LinkedBlockingQueue<>();
    private static final AtomicInteger ADVISED = new AtomicInteger();

    @TempDir
    static Path folder;

    private static SystemLauncher broker;
    private static ConfigurableApplicationContext application;

    record Heard(String text, Optional<TenantPrincipal> actor, List<String> rows, Set<String> headers) {}

    @BeforeAll
    static void start() throws Exception {
        int port = TestSocketUtils.findAvailableTcpPort();
        broker = new SystemLauncher();
        broker.startup(Map.of(
                "type",
                "Memory",
                "initialConfigurationLocation",
                RabbitMessagesTest.class.getResource("/broker/qpid.json").toString(),
                "startupLoggedToSystemOut",
                "false",
                "context",
                Map.of("qpid.amqp_port", String.valueOf(port), "qpid.work_dir", folder.toString())));
        application = new SpringApplicationBuilder(Letters.class)
                .properties(
                        "spring.main.web-application-type=none",
                        "spring.main.banner-mode=off",
                        "jdbc.datasource-proxy.enabled=false",
                        "logging.level.root=off",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "spring.jpa.hibernate.ddl-auto=create-drop",
                        "spring.rabbitmq.host=localhost",
                        "spring.rabbitmq.port=" + port,
                        "spring.rabbitmq.listener.simple.concurrency=2",
                        "tenancy.messages.without-tenant.rates=rates of the central bank")
                .run();
        Listeners listeners = application.getBean(Listeners.class);
        CurrentTenant.runAs(ACME, () -> listeners.store("of acme"));
        CurrentTenant.runAs(GLOBEX, () -> listeners.store("of globex"));
    }

    @AfterAll
    static void stop() {
        application.close();
        broker.shutdown();
    }

    @BeforeEach
    void members() {
        MEMBERS.clear();
        MEMBERS.put("alice@" + ACME, new Membership(ACME, "OWNER"));
        MEMBERS.put("carol@" + GLOBEX, new Membership(GLOBEX, "STAFF"));
        HEARD.clear();
        FAILED.clear();
    }

    @ParameterizedTest
    @ValueSource(strings = {"letters", "own"})
    void aListenerActsForWhoeverSentAndReachesTheirRows(String queue) throws Exception {
        as(ACME, "alice", () -> template().convertAndSend(queue, "hello"));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS))
                .extracting(Heard::actor, Heard::rows)
                .containsExactly(Optional.of(new TenantPrincipal(ACME, "alice", "OWNER")), List.of("of acme"));
        CurrentTenant.runAs(GLOBEX, () -> template().convertAndSend(queue, "hello"));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS))
                .extracting(Heard::actor, Heard::rows)
                .containsExactly(Optional.of(TenantPrincipal.system(GLOBEX)), List.of("of globex"));
        assertThat(FAILED).isEmpty();
    }

    @Test
    void manyMessagesOfTwoTenantsAreNeverTakenForEachOthers() throws Exception {
        for (int i = 0; i < 400; i++) {
            String text = String.valueOf(i);
            if (i % 2 == 0) {
                as(ACME, "alice", () -> template().convertAndSend("letters", text));
            } else {
                as(GLOBEX, "carol", () -> template().convertAndSend("letters", text));
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
        assertThat(FAILED).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"letters", "own"})
    void whatNamesNobodyWhoMayActReachesTheErrorHandlerOnceAndNotTheListener(String queue) throws Exception {
        refused(queue, null, "alice");
        refused(queue, UUID.randomUUID().toString(), null);
        refused(queue, UUID.randomUUID().toString(), "alice");
        refused(queue, GLOBEX.toString(), "alice");
        MEMBERS.clear();
        refused(queue, ACME.toString(), "alice");
        // It is not queued again.
        assertThat(FAILED.poll(300, TimeUnit.MILLISECONDS)).isNull();
        assertThat(HEARD).isEmpty();
        assertThat(application.getBean(RabbitAdmin.class).getQueueInfo(queue).getMessageCount())
                .isZero();
    }

    @Test
    void aMessageOfAnotherApplicationIsHeardForNobodyAndReachesNoRows() throws Exception {
        template()
                .send(
                        "news",
                        MessageBuilder.withBody("hello".getBytes(StandardCharsets.UTF_8))
                                .build());
        assertThat(HEARD.poll(20, TimeUnit.SECONDS))
                .isEqualTo(new Heard("hello", Optional.empty(), List.of(), Set.of()));

        template()
                .send(
                        "letters",
                        MessageBuilder.withBody("hello".getBytes(StandardCharsets.UTF_8))
                                .build());
        assertThat(FAILED.poll(20, TimeUnit.SECONDS)).isNotNull().hasRootCauseInstanceOf(NoTenantException.class);
        assertThat(FAILED.poll(300, TimeUnit.MILLISECONDS)).isNull();
        assertThat(HEARD).isEmpty();
    }

    private static void refused(String queue, @Nullable String tenant, @Nullable String user) throws Exception {
        MessageBuilder forged = MessageBuilder.withBody("forged".getBytes(StandardCharsets.UTF_8));
        if (tenant != null) {
            forged.setHeader("tenancy-tenant", tenant);
        }
        if (user != null) {
            forged.setHeader("tenancy-user", user);
        }
        template().send(queue, forged.build());
        assertThat(FAILED.poll(20, TimeUnit.SECONDS))
                .isNotNull()
                .hasRootCauseInstanceOf(PropagationRefusedException.class)
                .hasMessageContaining(queue);
    }

    @Test
    void aQueueThatBelongsToNoTenantTellsOfNobodyAndIsHeardByNobody() throws Exception {
        as(ACME, "alice", () -> template().convertAndSend("rates", "1.08"));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS))
                .isEqualTo(new Heard("1.08", Optional.empty(), List.of(), Set.of()));
    }

    @Test
    void inABatchNobodyActs() throws Exception {
        as(ACME, "alice", () -> template().convertAndSend("batches", "hello"));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS))
                .isEqualTo(new Heard("hello", Optional.empty(), List.of(), Set.of("tenancy-tenant", "tenancy-user")));
    }

    @Test
    void whatNamesATenantAlreadyStaysAsItIs() throws Exception {
        Message named = MessageBuilder.withBody("hello".getBytes(StandardCharsets.UTF_8))
                .setHeader("tenancy-tenant", GLOBEX.toString())
                .build();
        as(ACME, "alice", () -> template().send("letters", named));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS).actor()).hasValue(TenantPrincipal.system(GLOBEX));
    }

    @Test
    void aMessageThatIsSentAgainActsForWhoeverSendsItThen() throws Exception {
        Message again = MessageBuilder.withBody("hello".getBytes(StandardCharsets.UTF_8))
                .build();
        as(ACME, "alice", () -> template().send("letters", again));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS).actor()).hasValue(new TenantPrincipal(ACME, "alice", "OWNER"));
        as(GLOBEX, "carol", () -> template().send("letters", again));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS).actor()).hasValue(new TenantPrincipal(GLOBEX, "carol", "STAFF"));
    }

    @Test
    void adviceOfTheApplicationGoesOnAdvising() throws Exception {
        int before = ADVISED.get();
        as(ACME, "alice", () -> template().convertAndSend("own", "hello"));
        assertThat(HEARD.poll(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(ADVISED).hasValue(before + 1);
    }

    private static void as(UUID tenant, String user, Runnable work) {
        try (CurrentTenant.Scope scope =
                CurrentTenant.enter(new TenantPrincipal(tenant, user, "whatever it was then"))) {
            work.run();
        }
    }

    private static RabbitTemplate template() {
        return application.getBean(RabbitTemplate.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EntityScan(basePackageClasses = RabbitMessagesTest.class)
    static class Letters {

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

        // This broker queues what was rejected again, up to this limit; what is to be queued again does not count
        // towards it.
        private static Queue queue(String name) {
            return QueueBuilder.durable(name)
                    .withArgument("x-qpid-maximum-delivery-count", 1)
                    .build();
        }

        @Bean
        Queue letters() {
            return queue("letters");
        }

        @Bean
        Queue own() {
            return queue("own");
        }

        @Bean
        Queue rates() {
            return queue("rates");
        }

        @Bean
        Queue news() {
            return queue("news");
        }

        @Bean
        Queue batches() {
            return queue("batches");
        }

        // Beside what the default one does.
        private static ErrorHandler errors() {
            ConditionalRejectingErrorHandler handler = new ConditionalRejectingErrorHandler();
            return failure -> {
                FAILED.add(failure);
                handler.handleError(failure);
            };
        }

        @Bean
        ContainerCustomizer<SimpleMessageListenerContainer> customizer() {
            return container -> container.setErrorHandler(errors());
        }

        @Bean
        SimpleRabbitListenerContainerFactory ownContainers(ConnectionFactory connections) {
            SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
            factory.setConnectionFactory(connections);
            factory.setErrorHandler(errors());
            factory.setAdviceChain((MethodInterceptor) call -> {
                ADVISED.incrementAndGet();
                return call.proceed();
            });
            return factory;
        }

        @Bean
        SimpleRabbitListenerContainerFactory batchContainers(ConnectionFactory connections) {
            SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
            factory.setConnectionFactory(connections);
            factory.setBatchListener(true);
            factory.setConsumerBatchEnabled(true);
            factory.setBatchSize(2);
            factory.setReceiveTimeout(100L);
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
            Letter letter = new Letter();
            letter.text = text;
            entities.persist(letter);
        }

        @RabbitListener(queues = "letters")
        @Transactional
        public void letters(Message message) {
            hear(message);
        }

        @RabbitListener(queues = "own", containerFactory = "ownContainers")
        @Transactional
        public void own(Message message) {
            hear(message);
        }

        private void hear(Message message) {
            List<String> rows = entities.createQuery("select text from Letter", String.class)
                    .getResultList();
            HEARD.add(new Heard(text(message), CurrentTenant.find(), rows, headers(message)));
        }

        @RabbitListener(queues = {"rates", "news"})
        public void rates(Message message) {
            HEARD.add(new Heard(text(message), CurrentTenant.find(), List.of(), headers(message)));
        }

        @RabbitListener(queues = "batches", containerFactory = "batchContainers")
        public void batch(List<Message> messages) {
            messages.forEach(this::rates);
        }

        private static String text(Message message) {
            return new String(message.getBody(), StandardCharsets.UTF_8);
        }

        private static Set<String> headers(Message message) {
            Set<String> names =
                    new HashSet<>(message.getMessageProperties().getHeaders().keySet());
            names.removeIf(name -> !name.startsWith("tenancy-"));
            return names;
        }
    }

    @Entity(name = "Letter")
    static class Letter extends TenantOwned {
        String text;
    }
}
