package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.jwt.TokenIssuer;
import java.time.Duration;
import java.util.UUID;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What callers and probes are told while the database is away. */
class DatabaseDownTest {

    @Test
    void callersAreAskedToComeBackSoonAndTheNodeIsAliveButNotReady() throws Exception {
        Server database =
                Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        try (ConfigurableApplicationContext application = TestApplication.start(
                MembersInTheDatabase.class,
                "spring.datasource.url=jdbc:h2:tcp://localhost:" + database.getPort() + "/mem:" + UUID.randomUUID(),
                "spring.jpa.hibernate.ddl-auto=none",
                "tenancy.membership-cache=0",
                "tenancy.open=GET /actuator/health/{group}")) {
            RawHttp http = RawHttp.to(application);
            String token = "Authorization: Bearer "
                    + application.getBean(TokenIssuer.class).issue("alice", "acme");
            assertThat(http.get("/who", token).status()).isEqualTo(200);
            assertThat(http.get("/actuator/health/readiness").status()).isEqualTo(200);

            database.stop();
            long began = System.nanoTime();
            RawHttp.Response refusal = http.get("/who", token);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.header("Retry-After")).isNotNull();
            assertThat(http.get("/actuator/health/readiness").status()).isEqualTo(503);
            assertThat(http.get("/actuator/health/liveness").status()).isEqualTo(200);
        } finally {
            database.stop();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(RequestTest.Handlers.class)
    static class MembersInTheDatabase {

        @Bean
        @Primary
        Memberships members(JdbcClient jdbc) {
            return (user, tenant) -> jdbc.sql("select cast(? as varchar)")
                    .param(tenant)
                    .query(String.class)
                    .optional()
                    .map(found -> new Membership(TestApplication.ACME, "STAFF"));
        }
    }
}
