package timesheets;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The application at work, over real HTTP, on the database that the system property {@code timesheets.database} names: h2, or
 * postgres for a real PostgreSQL, or for the empty database at the address that {@code tenancy.test.url} names, as docs/scaling.md
 * makes it. All tests share one start of it and leave what they did not create as they found it.
 */
@Import({SentStatements.class, Postbox.class, TestClock.class, CountedPasswords.class})
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "timesheets.limits.failures-per-address=1000000") // All tests call from one.
abstract class TimesheetsTest {

    static final String CUSTOMERS = "/api/customers";
    static final String PROJECTS = "/api/projects";
    static final String ENTRIES = "/api/time-entries";

    @LocalServerPort
    private int port;

    // A login takes its time on purpose; each account needs one.
    private static final Map<String, Api> LOGGED_IN = new ConcurrentHashMap<>();

    Api anonymous;
    Api acme;
    Api globex;

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry properties) {
        if (System.getProperty("timesheets.database", "h2").equals("postgres")) {
            String given = System.getProperty("tenancy.test.url");
            String url = given != null ? given : Postgres.SERVER.getJdbcUrl("timesheets", "timesheets");
            properties.add("spring.datasource.url", () -> url);
            properties.add("timesheets.demo.database", () -> url);
            properties.add("spring.datasource.username", () -> "timesheets");
            properties.add("spring.datasource.password", () -> System.getProperty("tenancy.test.password", ""));
            if (given != null && isCitus(given)) {
                properties.add(
                        "spring.flyway.locations",
                        () -> "classpath:db/migration,classpath:db/citus,classpath:db/postgresql");
            }
        } else {
            // Some tests let a request wait for a lock; H2 would give up after two seconds.
            properties.add(
                    "spring.datasource.url", () -> "jdbc:h2:mem:timesheets;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000");
        }
    }

    static boolean isCitus(String url) {
        try (Connection connection = DriverManager.getConnection(
                        url, "timesheets", System.getProperty("tenancy.test.password", ""));
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("select 1 from pg_extension where extname = 'citus'")) {
            return found.next();
        } catch (SQLException unreachable) {
            throw new IllegalStateException("tenancy.test.url leads to no database: " + url, unreachable);
        }
    }

    private static final class Postgres {

        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.start();
                try (Connection superuser = server.getPostgresDatabase().getConnection();
                        Statement statement = superuser.createStatement()) {
                    // As docs/quickstart.md has it.
                    statement.execute("create role tenancy_across nologin");
                    statement.execute("create role timesheets login nosuperuser nobypassrls");
                    statement.execute("grant tenancy_across to timesheets with inherit false, set true");
                    statement.execute("create database timesheets owner timesheets");
                }
                return server;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    @BeforeEach
    void logIn() {
        anonymous = Api.anonymous(port);
        acme = as("owner@acme.test");
        globex = as("owner@globex.test");
    }

    Api as(String email) {
        return LOGGED_IN.computeIfAbsent(email, anonymous::login);
    }

    static String unique(String name) {
        return name + " " + UUID.randomUUID();
    }

    static Map<String, Object> customer(String name) {
        return Map.of("name", name, "email", "office@example.test");
    }

    static Map<String, Object> project(String name, String customerId) {
        return Map.of("name", name, "customerId", customerId, "status", "ACTIVE");
    }

    static Map<String, Object> entry(String projectId) {
        return Map.of(
                "projectId",
                projectId,
                "date",
                "2020-03-02",
                "minutes",
                90,
                "description",
                "Drafted the data model",
                "billable",
                true);
    }
}
