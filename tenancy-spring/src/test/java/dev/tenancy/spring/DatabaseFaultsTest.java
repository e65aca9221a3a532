package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.tenancy.jwt.TokenIssuer;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import testserver.NotOnCluster;
import testserver.TestServer;

/** A real PostgreSQL that is away, full, read-only, busy or frozen: callers are asked to come back, and the log stays short. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseFaultsTest {

    private static final String SECRET = "Ada's secret";
    private static final String ANOTHER = "Grace's secret";

    private static TestServer server;
    private static Wire wire;
    private static ConfigurableApplicationContext application;
    private static Connection superuser;
    private static RawHttp http;
    private static String token;

    private int before;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start();
        server.role("shop", "login inherit");
        server.create("shop", "shop");
        superuser = DriverManager.getConnection(server.getJdbcUrl("postgres", "shop"));
        wire = new Wire(server.getHost(), server.getPort());
        application = TestApplication.start(
                Own.class,
                "spring.datasource.url="
                        + server.getJdbcUrl("shop", "shop")
                                .replaceFirst("//[^/]+/", "//localhost:" + wire.port() + "/"),
                "spring.datasource.username=shop",
                "spring.data.jpa.repositories.enabled=false",
                "spring.datasource.hikari.maximum-pool-size=4",
                "spring.datasource.hikari.data-source-properties.socketTimeout=4",
                "spring.jpa.properties.hibernate.jdbc.batch_size=20",
                "logging.level.root=warn",
                "tenancy.open=GET /actuator/health/{group}");
        http = RawHttp.to(application);
        token = "Authorization: Bearer "
                + application.getBean(TokenIssuer.class).issue("alice", "acme");
    }

    @AfterAll
    static void stop() throws Exception {
        application.close();
        wire.close();
        superuser.close();
        server.close();
    }

    @BeforeEach
    void mark(CapturedOutput log) {
        before = log.getAll().length();
    }

    @AfterEach
    void mend() throws Exception {
        wire.thaw();
        wire.mend();
        for (String setting : List.of("statement_timeout", "lock_timeout", "default_transaction_read_only")) {
            tell("alter role shop reset " + setting);
        }
        renewConnections();
        assertThat(eventually(list())).as("after the fault").isEqualTo(200);
    }

    // ---- what goes wrong

    @Test
    void connectionsThatAreKilled(CapturedOutput log) throws Exception {
        List<RawHttp.Response> answers = new ArrayList<>();
        ExecutorService clients = Executors.newFixedThreadPool(4);
        long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        List<Future<List<RawHttp.Response>>> running = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Call call = i % 2 == 0 ? list() : create(SECRET);
            running.add(clients.submit(() -> {
                List<RawHttp.Response> got = new ArrayList<>();
                while (System.nanoTime() < end) {
                    got.add(call.send());
                }
                return got;
            }));
        }
        while (System.nanoTime() < end) {
            Thread.sleep(40);
            tell("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'shop'");
        }
        for (Future<List<RawHttp.Response>> one : running) {
            answers.addAll(one.get());
        }
        clients.shutdown();
        assertThat(answers.stream().map(RawHttp.Response::status)).containsOnly(200, 201, 503);
        List<RawHttp.Response> refused =
                answers.stream().filter(answer -> answer.status() == 503).toList();
        assertThat(refused).isNotEmpty().allSatisfy(DatabaseFaultsTest::asksToComeBack);
        isShort(log, refused.size());
    }

    @Test
    void sameRowsInOppositeOrders() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(2);
        for (int i = 0; i < 40; i++) {
            String[] names = new String[30];
            Arrays.fill(names, "Shelf");
            List<String> ids = new ArrayList<>();
            Matcher id = Pattern.compile("\"id\":\"([^\"]+)")
                    .matcher(createMany(names).send().body());
            while (id.find()) {
                ids.add(id.group(1));
            }
            List<String> back = new ArrayList<>(ids);
            Collections.reverse(back);
            for (String method : List.of("PATCH", "DELETE")) {
                Future<RawHttp.Response> one =
                        clients.submit(() -> bulk(method, ids).send());
                Future<RawHttp.Response> other =
                        clients.submit(() -> bulk(method, back).send());
                assertThat(List.of(one.get().status(), other.get().status())).allMatch(status -> status < 500);
            }
        }
        clients.shutdown();
        // A connection tells what it counted when it ends.
        renewConnections();
        assertThat(list().send().status()).isEqualTo(200);
        Thread.sleep(1000);
        try (Statement statement = superuser.createStatement();
                ResultSet row = statement.executeQuery(
                        "select deadlocks from pg_stat_database where datname = current_database()")) {
            row.next();
            assertThat(row.getLong(1)).as("deadlocks").isZero();
        }
    }

    @Test
    void statementsThatTakeTooLong(CapturedOutput log) throws Exception {
        tell("alter role shop set statement_timeout = '200ms'");
        whileTheTableIsLocked(log);
    }

    @Test
    void locksThatAreNotToBeHad(CapturedOutput log) throws Exception {
        tell("alter role shop set lock_timeout = '200ms'");
        whileTheTableIsLocked(log);
    }

    private void whileTheTableIsLocked(CapturedOutput log) throws Exception {
        renewConnections();
        superuser.setAutoCommit(false);
        try {
            tell("lock table shelf in access exclusive mode");
            asksToComeBack(list().send());
            asksToComeBack(create(SECRET).send());
        } finally {
            superuser.rollback();
            superuser.setAutoCommit(true);
        }
        isShort(log, 2);
    }

    @Test
    void aDatabaseThatOnlyReads(CapturedOutput log) throws Exception {
        tell("alter role shop set default_transaction_read_only = on");
        renewConnections();
        assertThat(list().send().status()).isEqualTo(200);
        asksToComeBack(create(SECRET).send());
        asksToComeBack(createMany(SECRET, ANOTHER).send());
        isShort(log, 2);
    }

    @Test
    void aTransactionThatTheApplicationDeclaresReadOnly(CapturedOutput log) throws Exception {
        for (String path : List.of("/own/entities", "/own/jdbc")) {
            RawHttp.Response answer = post(path, "{}").send();

            assertThat(answer.status()).as(answer.body()).isEqualTo(500);
            assertThat(answer.header("Retry-After")).isNull();
        }
        assertThat(log.getAll().substring(before)).contains("@Transactional(readOnly = true)");
    }

    @Test
    void valuesThatAreTooLargeForAnIndex() throws Exception {
        tell("create function many_times(text) returns text immutable language sql as"
                + " $$ select string_agg(md5($1 || i), '') from generate_series(1, 400) i $$");
        tell("create index too_large on shelf (many_times(name)) where name like 'Long%'");
        try {
            create("Short").send();
            for (Call call : List.of(create("Longer"), post("/own/long", "{}"))) {
                RawHttp.Response answer = call.send();

                assertThat(answer.status()).as(answer.body()).isEqualTo(400);
                assertThat(answer.body())
                        .contains("A value is too long for the database")
                        .doesNotContain("too_large");
            }
            assertThat(createMany("Short", "Longer").send().body())
                    .contains("\"row\":1")
                    .contains("is too long");
        } finally {
            tell("drop index too_large");
            tell("drop function many_times");
        }
    }

    @Test
    @NotOnCluster("triggers")
    void aDiskThatIsFull(CapturedOutput log) throws Exception {
        tell("create function full_disk() returns trigger language plpgsql as $$ begin"
                + " raise exception 'could not extend file \"base/1/2\": No space left on device' using errcode = '53100';"
                + " end $$");
        tell("create trigger full_disk before insert on shelf for each row execute function full_disk()");
        try {
            asksToComeBack(create(SECRET).send());
            asksToComeBack(createMany(SECRET, ANOTHER).send());
        } finally {
            tell("drop trigger full_disk on shelf");
            tell("drop function full_disk");
        }
        isShort(log, 2);
        assertThat(log.getAll()).contains("53100", "No space left on device");
    }

    @Test
    void aDatabaseThatIsAway(CapturedOutput log) throws Exception {
        wire.cut();
        for (Call call : List.of(list(), create(SECRET), list())) {
            asksToComeBackWithin(Duration.ofSeconds(4), call);
        }
        isShort(log, 3);
        assertThat(http.get("/actuator/health/readiness").status()).isEqualTo(503);
        wire.mend();
        long began = System.nanoTime();
        assertThat(eventually(list())).isEqualTo(200);
        // The pool tries again after five seconds at most.
        assertThat(since(began)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void aConnectionThatIsLostWithinATransaction(CapturedOutput log) throws Exception {
        superuser.setAutoCommit(false);
        ExecutorService client = Executors.newSingleThreadExecutor();
        try {
            tell("lock table shelf in access exclusive mode");
            Call create = create(SECRET);
            Future<RawHttp.Response> waiting = client.submit(create::send);
            Thread.sleep(500);
            wire.breakAll();
            asksToComeBack(waiting.get(10, TimeUnit.SECONDS));
        } finally {
            superuser.rollback();
            superuser.setAutoCommit(true);
            client.shutdown();
        }
        isShort(log, 1);
        assertThat(log.getAll().substring(before)).doesNotContain("ollback");
    }

    @Test
    void aDatabaseThatIsFrozen(CapturedOutput log) throws Exception {
        assertThat(list().send().status()).isEqualTo(200);
        wire.freeze();
        asksToComeBackWithin(Duration.ofSeconds(7), list());
        asksToComeBackWithin(Duration.ofSeconds(7), create(SECRET));
        long began = System.nanoTime();
        assertThat(http.get("/actuator/health/readiness").status()).isEqualTo(503);
        assertThat(since(began)).isLessThan(Duration.ofSeconds(4));
        assertThat(http.get("/actuator/health/liveness").status()).isEqualTo(200);
        isShort(log, 2);
    }

    // ---- how that is told

    private static void asksToComeBack(RawHttp.Response answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("5");
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.body()).doesNotContain("ERROR", "secret", "shelf");
    }

    private static void asksToComeBackWithin(Duration longest, Call call) throws IOException {
        long began = System.nanoTime();
        asksToComeBack(call.send());
        assertThat(since(began)).isLessThan(longest);
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Two lines for each request that failed, and some of the pool's about its connections. */
    private void isShort(CapturedOutput log, int failures) {
        String all = log.getAll().substring(before);
        List<String> lines = all.lines().toList();
        assertThat(all).doesNotContain("secret").doesNotContain("\tat ").doesNotContain("Caused by");
        assertThat(lines).as(all).hasSizeLessThanOrEqualTo(2 * failures + 12);
        assertThat(lines.stream().filter(line -> line.contains("The database cannot serve")))
                .as(all)
                .hasSize(failures);
    }

    // ---- the shop

    /** What an application writes beside the CRUD controllers. */
    @RestController
    @ProblemDetails
    @RequiresRole("STAFF")
    @RequestMapping("/own")
    static class Own {

        private final EntityManager entities;
        private final JdbcTemplate jdbc;

        Own(EntityManager entities, DataSource dataSource) {
            this.entities = entities;
            this.jdbc = new JdbcTemplate(dataSource);
        }

        @PostMapping("/entities")
        @Transactional(readOnly = true)
        void writeEntities() {
            entities.createQuery("update Shelf set name = 'Other'").executeUpdate();
        }

        @PostMapping("/jdbc")
        @Transactional(readOnly = true)
        void write() {
            jdbc.update("update shelf set name = 'Other' where tenant_id = ?", TestApplication.ACME);
        }

        @PostMapping("/long")
        void writeLong() {
            jdbc.update("update shelf set name = 'Longest' where tenant_id = ?", TestApplication.ACME);
        }
    }

    @FunctionalInterface
    private interface Call {
        RawHttp.Response send() throws IOException;
    }

    private static Call list() {
        return () -> http.get("/shelves?total=false", token);
    }

    private static Call create(String name) {
        return post("/shelves", "{\"name\": \"" + name + "\"}");
    }

    private static Call createMany(String... names) {
        List<String> rows = new ArrayList<>();
        for (String name : names) {
            rows.add("{\"name\": \"" + name + "\"}");
        }
        return post("/shelves/bulk", rows.toString());
    }

    private static Call bulk(String method, List<String> ids) {
        List<String> rows = new ArrayList<>();
        for (String id : ids) {
            rows.add("{\"id\": \"" + id + "\""
                    + (method.equals("PATCH") ? ", \"name\": \"" + method + rows.size() + "\"}" : "}"));
        }
        byte[] body = rows.toString().getBytes(StandardCharsets.UTF_8);
        return () -> http.post(method, "/shelves/bulk", body, token, "Content-Type: application/json");
    }

    private static Call post(String path, String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return () -> http.post("POST", path, body, token, "Content-Type: application/json");
    }

    private static int eventually(Call call) throws Exception {
        int status = call.send().status();
        for (int i = 0; i < 50 && status != 200; i++) {
            Thread.sleep(100);
            status = call.send().status();
        }
        return status;
    }

    private static void tell(String sql) throws SQLException {
        try (Statement statement = superuser.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void renewConnections() throws SQLException {
        HikariDataSource pool =
                GuardedBean.behind(application.getBean(DataSource.class)).unwrap(HikariDataSource.class);
        Objects.requireNonNull(pool.getHikariPoolMXBean()).softEvictConnections();
    }
}
