package dev.tenancy.spring.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.NoTenantException;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.spring.MembershipCache;
import dev.tenancy.spring.TestApplication;
import jakarta.persistence.EntityManager;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.messaging.WebSocketStompClient;

/** STOMP over a real WebSocket, by a real client. */
class WebSocketTest {

    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application = TestApplication.start(Chat.class, "tenancy.open=GET /open/**");
        for (UUID tenant : List.of(TestApplication.ACME, TestApplication.GLOBEX)) {
            CurrentTenant.runAs(
                    tenant,
                    () -> application
                            .getBean(TransactionTemplate.class)
                            .executeWithoutResult(status -> application
                                    .getBean(EntityManager.class)
                                    .persist(TestApplication.shelf("of " + tenant))));
        }
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static final class Connection extends StompSessionHandlerAdapter {

        private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        private final StompSession session;

        Connection(String path, String user, String company) throws Exception {
            WebSocketHttpHeaders headers = new WebSocketHttpHeaders();
            if (user != null) {
                headers.set(
                        "Authorization",
                        "Bearer " + application.getBean(TokenIssuer.class).issue(user, company));
            }
            WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
            client.setMessageConverter(new StringMessageConverter());
            session = client.connectAsync(
                            "ws://localhost:" + application.getEnvironment().getProperty("local.server.port") + path,
                            headers,
                            this)
                    .get(30, TimeUnit.SECONDS);
            session.subscribe("/user/queue/answers", this);
            // A subscription is there when a receipt says so; the broker here sends none.
            ask();
        }

        @Override
        public Type getPayloadType(StompHeaders headers) {
            return String.class;
        }

        @Override
        public void handleFrame(StompHeaders headers, Object payload) {
            answers.add(String.valueOf(payload == null ? headers.getFirst("message") : payload));
        }

        @Override
        public void handleTransportError(StompSession session, Throwable failure) {
            answers.add("closed");
        }

        void ask() {
            session.send("/app/read", "x");
        }

        String answer() throws InterruptedException {
            return String.valueOf(answers.poll(30, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/chat", "/sock/websocket"})
    void aMessageIsHandledForWhoeverOpenedItsConnection(String path) throws Exception {
        Connection alice = new Connection(path, "alice", "acme");
        assertThat(alice.answer()).isEqualTo("alice of " + TestApplication.ACME);
        Connection carol = new Connection(path, "carol", "globex");
        assertThat(carol.answer()).isEqualTo("carol of " + TestApplication.GLOBEX);
        for (int i = 0; i < 100; i++) {
            alice.ask();
            carol.ask();
        }
        List<String> ofAlice = new ArrayList<>();
        List<String> ofCarol = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ofAlice.add(alice.answer());
            ofCarol.add(carol.answer());
        }
        assertThat(ofAlice).containsOnly("alice of " + TestApplication.ACME);
        assertThat(ofCarol).containsOnly("carol of " + TestApplication.GLOBEX);
    }

    @Test
    void whoeverIsRemovedIsDisconnected() throws Exception {
        Connection bob = new Connection("/chat", "bob", "acme");
        assertThat(bob.answer()).isEqualTo("bob of " + TestApplication.ACME);
        Chat.REMOVED.add("bob");
        application.getBean(MembershipCache.class).forget("bob");
        bob.ask();
        // The server closes behind the message, and now and then before the client has read it.
        assertThat(bob.answer()).containsPattern("Failed to send message|^closed$");
        Chat.REMOVED.clear();
    }

    @Test
    void aConnectionOfNobodyReachesNoRows() throws Exception {
        Connection nobody = new Connection("/open/chat", null, "");
        assertThat(nobody.answer()).isEqualTo("refused");
    }

    @Controller
    @EnableWebSocketMessageBroker
    static class Chat implements WebSocketMessageBrokerConfigurer {

        static final Set<String> REMOVED = ConcurrentHashMap.newKeySet();

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/chat", "/open/chat");
            registry.addEndpoint("/sock").withSockJS();
        }

        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableSimpleBroker("/queue");
            registry.setApplicationDestinationPrefixes("/app");
        }

        @Bean
        @Primary
        Memberships people() {
            Memberships all = TestApplication.members();
            // By the slugs of tokens, and by ids.
            Map<String, String> slugs =
                    Map.of(TestApplication.ACME.toString(), "acme", TestApplication.GLOBEX.toString(), "globex");
            return (user, tenant) -> REMOVED.contains(user)
                    ? Optional.<Membership>empty()
                    : all.find(user, slugs.getOrDefault(tenant, tenant));
        }

        private final EntityManager entities;

        Chat(EntityManager entities) {
            this.entities = entities;
        }

        @MessageMapping("/read")
        @SendToUser("/queue/answers")
        String read() {
            String name =
                    entities.createQuery("select name from Shelf", String.class).getSingleResult();
            return CurrentTenant.require().getName() + " " + name;
        }

        @MessageExceptionHandler
        @SendToUser("/queue/answers")
        String refused(NoTenantException refusal) {
            return "refused";
        }
    }
}
