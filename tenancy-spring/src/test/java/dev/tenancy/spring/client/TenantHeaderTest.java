package dev.tenancy.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.tenancy.CurrentTenant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** A real server that answers with the tenant's header as it came in. */
class TenantHeaderTest {

    private static final UUID ACME = new UUID(1, 1);

    private static HttpServer server;

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    RestClientAutoConfiguration.class,
                    RestTemplateAutoConfiguration.class,
                    TenancyClientAutoConfiguration.class));

    @BeforeAll
    static void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] answer = String.valueOf(exchange.getRequestHeaders().get("X-Tenant-Id"))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    private static String address(String host) {
        return "http://" + host + ":" + server.getAddress().getPort() + "/";
    }

    interface Other {
        @GetExchange
        String tenant();
    }

    @Test
    void aDeclaredHostIsToldOfTheTenant() {
        application.withPropertyValues("tenancy.client.hosts=LOCALHOST").run(context -> {
            RestClient client = context.getBean(RestClient.Builder.class)
                    .baseUrl(address("localhost"))
                    .build();
            Other exchange = HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client))
                    .build()
                    .createClient(Other.class);
            var template = context.getBean(RestTemplateBuilder.class).build();
            CurrentTenant.runAs(ACME, () -> {
                assertThat(client.get().retrieve().body(String.class)).isEqualTo("[" + ACME + "]");
                assertThat(exchange.tenant()).isEqualTo("[" + ACME + "]");
                assertThat(template.getForObject(address("localhost"), String.class))
                        .isEqualTo("[" + ACME + "]");
                assertThat(client.get().header("X-Tenant-Id", "own").retrieve().body(String.class))
                        .isEqualTo("[own]");
            });
            assertThat(client.get().retrieve().body(String.class)).isEqualTo("null");
            assertThat(CurrentTenant.<String, RuntimeException>acrossTenants(
                            "a report", () -> client.get().retrieve().body(String.class)))
                    .isEqualTo("null");
        });
    }

    @Test
    void noOtherHostLearnsOfATenant() {
        application
                .withPropertyValues("tenancy.client.hosts=localhost:1,example.com")
                .run(context -> {
                    RestClient client =
                            context.getBean(RestClient.Builder.class).build();
                    CurrentTenant.runAs(ACME, () -> {
                        for (String host : new String[] {"localhost", "127.0.0.1"}) {
                            assertThat(client.get()
                                            .uri(address(host))
                                            .retrieve()
                                            .body(String.class))
                                    .isEqualTo("null");
                        }
                    });
                });
    }

    @Test
    void aHostCanBeDeclaredWithItsPort() {
        application
                .withPropertyValues(
                        "tenancy.client.hosts=localhost:" + server.getAddress().getPort())
                .run(context -> CurrentTenant.runAs(
                        ACME,
                        () -> assertThat(context.getBean(RestClient.Builder.class)
                                        .build()
                                        .get()
                                        .uri(address("localhost"))
                                        .retrieve()
                                        .body(String.class))
                                .isEqualTo("[" + ACME + "]")));
    }
}
