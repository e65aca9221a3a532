package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.jwt.TokenIssuer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import testserver.NotOnCluster;
import testserver.TestServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A function that answers as that of Citus does; that a coordinator does is seen on a cluster, as docs/scaling.md lists. */
@NotOnCluster("it has a function of its own in the place of Citus'")
class ClusterHealthTest {

    private static TestServer server;
    private static DataSource coordinator;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start();
        coordinator = server.getPostgresDatabase();
        server.role("shop", "login inherit");
        server.create("shop", "shop");
        run(
                "create table workers (nodename text, nodeport int, success boolean, seconds int default 0)",
                "create sequence asked",
                "select nextval('asked')",
                "create function run_command_on_workers(command text, parallel boolean default true)"
                        + " returns table (nodename text, nodeport int, success boolean, result text) language sql as"
                        + " 'select nextval(''asked''); select pg_sleep(max(seconds)) from workers;"
                        + " select nodename, nodeport, success, ''t'' from workers'");
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void twoWorkers() throws SQLException {
        run("truncate workers", "insert into workers values ('w1', 5432, true), ('w2', 5432, true)");
    }

    private static void run(String... statements) throws SQLException {
        try (Connection connection = coordinator.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static Health health(HealthIndicator indicator) {
        return Objects.requireNonNull(indicator.health(true));
    }

    @Test
    void itIsUpWhileAllWorkersAnswer() {
        assertThat(health(new ClusterHealth(List.of(coordinator))).getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void aWorkerThatIsLostIsNamed() throws SQLException {
        run("update workers set success = false where nodename = 'w2'");
        Health health = health(new ClusterHealth(List.of(coordinator)));
        assertThat(health.getStatus().getCode()).isEqualTo("DEGRADED");
        assertThat(health.getDetails()).containsEntry("lost", List.of("w2:5432"));
    }

    @Test
    void aWorkerThatDoesNotAnswerIsNotWaitedFor() throws SQLException {
        run("update workers set seconds = 30");
        long began = System.nanoTime();
        assertThat(health(new ClusterHealth(List.of(coordinator))).getStatus().getCode())
                .isEqualTo("DEGRADED");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void theAnswerIsRememberedForAWhile() throws SQLException {
        ClusterHealth remembering = new ClusterHealth(List.of(coordinator));
        long before = asked();
        remembering.health();
        remembering.health();
        assertThat(asked()).isEqualTo(before + 1);
    }

    private static long asked() throws SQLException {
        try (Connection connection = coordinator.getConnection();
                ResultSet row = connection.createStatement().executeQuery("select last_value from asked")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** It is the health of the database then, which takes the node out of service. */
    @Test
    void aCoordinatorThatIsAwayIsAnothersToTell() {
        DataSource away = server.getDatabase("postgres", "nowhere");
        assertThat(health(new ClusterHealth(List.of(away))).getStatus()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void whereThereAreNoWorkersNothingIsShown() throws Exception {
        try (ConfigurableApplicationContext application = application("shop")) {
            RawHttp.Response health = RawHttp.to(application).get("/actuator/health", token(application));
            assertThat(health.body()).contains("\"db\"").doesNotContain("\"citus\"");
        }
    }

    @Test
    void theApplicationIsDegradedAndTakenOutOfNoService() throws Exception {
        try (ConfigurableApplicationContext application = application("postgres")) {
            run("update workers set success = false where nodename = 'w1'");
            RawHttp http = RawHttp.to(application);
            RawHttp.Response health = http.get("/actuator/health", token(application));
            assertThat(health.status()).isEqualTo(200);
            String body = health.body();
            // It is in chunks.
            JsonNode told = JsonMapper.shared().readTree(body.substring(body.indexOf('{'), body.lastIndexOf('}') + 1));
            assertThat(told.path("status").asString()).isEqualTo("DEGRADED");
            assertThat(told.at("/components/citus/details/lost/0").asString()).isEqualTo("w1:5432");
            for (String probe : List.of("readiness", "liveness")) {
                RawHttp.Response answer = http.get("/actuator/health/" + probe, token(application));
                assertThat(answer.status()).as(probe).isEqualTo(200);
                assertThat(answer.body()).as(probe).contains("UP").doesNotContain("DEGRADED");
            }
        }
    }

    @Test
    void aDataSourceThatIsLeftOutIsNotLookedAfter() throws Exception {
        try (ConfigurableApplicationContext application =
                application(Warehouse.class, "shop", "tenancy.data-sources.unguarded.warehouse=a test")) {
            // By the start, which looks for tables of owned entities.
            assertThat(Warehouse.asked).hasValue(1);
            assertThat(RawHttp.to(application)
                            .get("/actuator/health", token(application))
                            .body())
                    .contains("\"db\"")
                    .doesNotContain("\"citus\"");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Warehouse {

        static final AtomicInteger asked = new AtomicInteger();

        @Bean(defaultCandidate = false)
        DataSource warehouse() {
            asked.set(0);
            return new DelegatingDataSource(coordinator) {
                @Override
                public Connection getConnection() throws SQLException {
                    asked.incrementAndGet();
                    return super.getConnection();
                }
            };
        }
    }

    private static ConfigurableApplicationContext application(String database) {
        return application(TestApplication.class, database);
    }

    private static ConfigurableApplicationContext application(Class<?> more, String database, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of(
                "spring.datasource.url=" + server.getJdbcUrl("postgres", database),
                "spring.datasource.username=postgres",
                "management.endpoint.health.show-details=always",
                "management.endpoint.health.probes.enabled=true",
                "tenancy.open=GET /actuator/health,GET /actuator/health/{group}"));
        return TestApplication.start(more, all.toArray(String[]::new));
    }

    private static String token(ConfigurableApplicationContext application) {
        return "Authorization: Bearer " + application.getBean(TokenIssuer.class).issue("alice", "acme");
    }
}
