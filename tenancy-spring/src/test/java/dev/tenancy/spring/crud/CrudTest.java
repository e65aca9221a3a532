package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.spring.TestApplication;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;
import testserver.TestServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The {@link Workshop} over real HTTP and on each database: all tests of CRUD share one start of it on either. */
@ParameterizedClass
@EnumSource
abstract class CrudTest {

    static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    enum Database {
        H2 {
            @Override
            String[] settings() {
                return new String[0];
            }
        },
        POSTGRESQL {
            @Override
            String[] settings() throws IOException, SQLException {
                // Closed when the JVM ends, as the applications are.
                TestServer server = TestServer.start();
                server.role("workshop", "login inherit");
                server.create("workshop", "workshop");
                return new String[] {
                    "spring.datasource.url=" + server.getJdbcUrl("workshop", "workshop"),
                    "spring.datasource.username=workshop"
                };
            }
        };

        private ConfigurableApplicationContext application;
        private boolean isStarted;

        abstract String[] settings() throws IOException, SQLException;

        private synchronized ConfigurableApplicationContext application() throws IOException, SQLException {
            if (this == POSTGRESQL) {
                TestServer.assumeNoCluster("@LibraryRows cannot be distributed (TENANCY-607)");
            }
            if (isStarted && application == null) {
                throw new IllegalStateException("The application did not start; see the first test.");
            }
            isStarted = true;
            if (application == null) {
                List<String> settings = new ArrayList<>(List.of(settings()));
                settings.add("spring.jpa.properties.hibernate.generate_statistics=true");
                settings.add("tenancy.max-bulk-size=60");
                settings.add("tenancy.errors.answer-unhandled=true");
                settings.add("spring.datasource.hikari.connection-timeout=1000");
                application = TestApplication.start(Workshop.class, settings.toArray(String[]::new));
            }
            return application;
        }
    }

    @Parameter
    Database database;

    ConfigurableApplicationContext application;
    Caller alice;
    Caller bob;
    Caller carol;
    String maker;

    @BeforeEach
    void aMakerOfTheirOwn() throws IOException, SQLException {
        application = database.application();
        alice = new Caller(application, "alice", "acme");
        bob = new Caller(application, "bob", "acme");
        carol = new Caller(application, "carol", "globex");
        maker = alice.created("/makers", Map.of("name", unique("Maker")));
    }

    record Answer(HttpResponse<String> response) {

        int status() {
            return response.statusCode();
        }

        String body() {
            return response.body();
        }

        JsonNode json() {
            return JSON.readTree(response.body());
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        /** The fields of {@code errors}, with the number of the row before them if there is one. */
        List<String> faults() {
            return json().path("errors")
                    .valueStream()
                    .map(fault -> (fault.has("row") ? fault.get("row").asInt() + ":" : "")
                            + fault.path("field").asString(""))
                    .toList();
        }

        Answer is(int status) {
            assertThat(status()).as(body()).isEqualTo(status);
            if (status >= 400) {
                assertThat(header("Content-Type")).as(body()).isEqualTo("application/problem+json");
                assertThat(json().get("status").asInt()).isEqualTo(status);
                assertThat(body())
                        .doesNotContainIgnoringCase("exception")
                        .doesNotContain("dev.tenancy", "java.", "org.", "select ", "insert ");
            }
            return this;
        }
    }

    record Caller(ConfigurableApplicationContext application, String user, String company) {

        Answer get(String path, String... headers) {
            return send("GET", path, null, headers);
        }

        Answer post(String path, Object body, String... headers) {
            return send("POST", path, body, headers);
        }

        Answer put(String path, Object body, String... headers) {
            return send("PUT", path, body, headers);
        }

        Answer patch(String path, Object body, String... headers) {
            return send("PATCH", path, body, headers);
        }

        Answer delete(String path, String... headers) {
            return send("DELETE", path, null, headers);
        }

        /** Sends bytes and text as they are, anything else as JSON. */
        Answer send(String method, String path, Object body, String... headers) {
            byte[] bytes = body == null
                    ? new byte[0]
                    : body instanceof byte[] raw
                            ? raw
                            : (body instanceof String text ? text : JSON.writeValueAsString(body))
                                    .getBytes(StandardCharsets.UTF_8);
            String server = "http://localhost:" + application.getEnvironment().getProperty("local.server.port");
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                    .method(method, HttpRequest.BodyPublishers.ofByteArray(bytes))
                    .header(
                            "Authorization",
                            "Bearer " + application.getBean(TokenIssuer.class).issue(user, company));
            if (body != null) {
                request.header("Content-Type", "application/json");
            }
            for (int i = 0; i < headers.length; i += 2) {
                request.setHeader(headers[i], headers[i + 1]);
            }
            try {
                return new Answer(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
            } catch (IOException | InterruptedException failure) {
                throw new IllegalStateException(failure);
            }
        }

        String created(String path, Object body) {
            return post(path, body).is(201).json().get("id").asString();
        }

        /** The values of a field on a page of a list. */
        List<String> list(String path, String field) {
            return get(path)
                    .is(200)
                    .json()
                    .get("content")
                    .valueStream()
                    .map(row -> row.get(field).asString("null"))
                    .toList();
        }
    }

    private Statistics statistics() {
        return application.getBean(SessionFactory.class).getStatistics();
    }

    /** A row of acme as it is in the database. */
    <T> T stored(Class<T> entity, Object id) {
        return CurrentTenant.callAs(
                TestApplication.ACME,
                () -> bean(EntityManagerFactory.class).callInTransaction(session -> session.find(entity, id)));
    }

    <T> T bean(Class<T> type) {
        return application.getBean(type);
    }

    /** How many statements are sent to answer. */
    long statements(Runnable request) {
        statistics().clear();
        request.run();
        return statistics().getPrepareStatementCount();
    }

    static String unique(String name) {
        return name + " " + UUID.randomUUID();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static Map<String, Object> item(String name, String maker) {
        return Map.of("name", name, "kind", "BOWL", "price", 12.5, "used", false, "makerId", maker);
    }
}
