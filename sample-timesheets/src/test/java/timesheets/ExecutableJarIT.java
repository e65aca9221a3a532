package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The jar as operators run it, and as the Dockerfile unpacks it: on PostgreSQL with the roles of {@code roles.sql}, with letters by SMTP,
 * and asked by probes.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExecutableJarIT {

    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(3);

    private static final GreenMail MAIL = new GreenMail(ServerSetupTest.SMTP.dynamicPort());

    private static EmbeddedPostgres postgres;
    private static Process application;
    private static Path log;
    private static int port;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        MAIL.start();
        postgres = EmbeddedPostgres.start();
        makeRoles();
        Path layers = directory.resolve("layers");
        run(
                directory,
                "-Djarmode=tools",
                "-jar",
                System.getProperty("timesheets.jar"),
                "extract",
                "--layers",
                "--destination",
                layers.toString());
        // What the Dockerfile puts together.
        Path together = Files.createDirectory(directory.resolve("timesheets"));
        for (String line : Files.readAllLines(Path.of("Dockerfile"))) {
            Matcher copied =
                    Pattern.compile("COPY --from=layers /layers/(\\S+)/ ./").matcher(line);
            if (copied.matches()) {
                copy(layers.resolve(copied.group(1)), together);
            }
        }
        port = freePort();
        log = directory.resolve("log");
        application = java(together, "-jar", jar(together).toString());
        awaitReadiness();
    }

    private static Path jar(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    // By psql in operation, which reads the passwords from the environment.
    private static void makeRoles() throws Exception {
        String script = Files.readString(Path.of("roles.sql"))
                .replaceAll("(?m)^\\\\.*$", "")
                .replace(":'owner_password'", "'owner secret'")
                .replace(":'password'", "'secret'");
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : script.split(";")) {
                if (!sql.isBlank()) {
                    statement.execute(sql);
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Process java(Path directory, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(arguments));
        ProcessBuilder process =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        if (log != null) {
            process.redirectOutput(log.toFile());
        }
        process.environment()
                .putAll(Map.of(
                        "SPRING_PROFILES_ACTIVE", "production",
                        "SERVER_PORT", String.valueOf(port),
                        "TIMESHEETS_DATABASE_URL",
                                postgres.getJdbcUrl("timesheets", "timesheets").replaceAll("\\?.*", ""),
                        "TIMESHEETS_DATABASE_USERNAME", "timesheets",
                        "TIMESHEETS_DATABASE_PASSWORD", "secret",
                        "TIMESHEETS_OWNER_USERNAME", "timesheets_owner",
                        "TIMESHEETS_OWNER_PASSWORD", "owner secret",
                        "TIMESHEETS_JWT_SECRET", "a secret of forty characters and some more",
                        "TIMESHEETS_MAIL_HOST", "localhost",
                        "TIMESHEETS_MAIL_PORT", String.valueOf(MAIL.getSmtp().getPort())));
        process.environment()
                .putAll(Map.of(
                        "TIMESHEETS_ADDRESS",
                        "https://timesheets.example.test",
                        "TIMESHEETS_MAIL_FROM",
                        "timesheets@example.test",
                        "TIMESHEETS_MAIL_AUTH",
                        "false",
                        "TIMESHEETS_HOUSEKEEPING",
                        "* * * * * *",
                        "TIMESHEETS_SHUTDOWN_WAIT",
                        "6s",
                        "SERVER_TOMCAT_CONNECTION_TIMEOUT",
                        "30s",
                        "TIMESHEETS_MAIL_STARTTLS",
                        "false"));
        return process.start();
    }

    private static void run(Path directory, String... arguments) throws Exception {
        Process process = java(directory, arguments);
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static void awaitReadiness() throws Exception {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE) {
            assertThat(application.isAlive()).as(Files.readString(log)).isTrue();
            try {
                if (get("/actuator/health/readiness").statusCode() == 200) {
                    return;
                }
            } catch (IOException notYet) {
                Thread.sleep(200);
            }
        }
        throw new AssertionError("Not ready: " + Files.readString(log));
    }

    @AfterAll
    static void stop() throws Exception {
        if (application != null) {
            application.destroyForcibly().waitFor();
        }
        postgres.close();
        MAIL.stop();
    }

    private static HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder().GET(), path, headers);
    }

    private static JsonNode post(String path, Object body, String... headers) throws Exception {
        HttpResponse<String> answer = send(
                HttpRequest.newBuilder()
                        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                        .header("Content-Type", "application/json"),
                path,
                headers);
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        return JSON.readTree(answer.body());
    }

    private static HttpResponse<String> send(HttpRequest.Builder request, String path, String... headers)
            throws IOException, InterruptedException {
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HTTP.send(
                request.uri(URI.create("http://localhost:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    @Order(1)
    void probesAnswerWithoutACredentialAndNothingElseDoes() throws Exception {
        assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/metrics").statusCode()).isEqualTo(401);
        assertThat(get("/api/customers").statusCode()).isEqualTo(401);
        assertThat(get("/v3/api-docs").statusCode()).isNotEqualTo(200);
    }

    @Test
    @Order(2)
    void aCompanyRegistersByALetterAndWorks() throws Exception {
        post("/api/auth/registrations", Map.of("email", "ada@example.test", "company", "Analytical Engines"));
        assertThat(MAIL.waitForIncomingEmail(1)).isTrue();
        MimeMessage letter = MAIL.getReceivedMessages()[0];
        assertThat(GreenMailUtil.getBody(letter)).contains("https://timesheets.example.test/welcome?token=");
        assertThat(letter.getFrom()[0]).hasToString("timesheets@example.test");
        Matcher token = Pattern.compile("Token: (\\S+)").matcher(GreenMailUtil.getBody(letter));
        assertThat(token.find()).isTrue();
        String credential = post(
                        "/api/auth/registrations/complete",
                        Map.of("token", token.group(1), "name", "Ada", "password", "a good long password"))
                .get("accessToken")
                .asString();
        post("/api/customers", Map.of("name", "Babbage"), "Authorization", "Bearer " + credential);
        assertThat(get("/api/customers", "Authorization", "Bearer " + credential)
                        .body())
                .contains("Babbage");
    }

    @Test
    @Order(3)
    void whatIsPastItsEndIsDeleted() throws Exception {
        try (Connection connection =
                        postgres.getDatabase("postgres", "timesheets").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    insert into registration (id, token_hash, email, company, expires_at)
                    values (gen_random_uuid(), 'past', 'past@example.test', 'Past', now() - interval '1 second')""");
            await(() -> {
                try (ResultSet left = statement.executeQuery("select from registration where token_hash = 'past'")) {
                    return !left.next();
                }
            });
        }
    }

    @Test
    @Order(4)
    void whenItIsAskedToEndReadinessIsDownFirstAndEachRequestIsAnswered() throws Exception {
        String login = "{\"email\": \"ada@example.test\", \"password\": \"a good long password\"}";
        try (Socket early = new Socket("localhost", port)) {
            OutputStream out = early.getOutputStream();
            out.write(
                    ("POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                                    + login.length() + "\r\n\r\n" + login.substring(0, 10))
                            .getBytes());
            out.flush();
            application.destroy();
            await(() -> get("/actuator/health/readiness").statusCode() == 503);
            try (Socket late = new Socket("localhost", port)) {
                late.getOutputStream().write("GET /api/customers HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
                assertThat(status(late)).startsWith("HTTP/1.1 401");
            }
            assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
            await(() -> {
                try (Socket refused = new Socket("localhost", port)) {
                    return false;
                } catch (ConnectException closed) {
                    return true;
                }
            });
            out.write(login.substring(10).getBytes());
            out.flush();
            assertThat(status(early)).startsWith("HTTP/1.1 200");
        }
        assertThat(application.waitFor(40, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(log)).contains("Graceful shutdown complete");
    }

    private static String status(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.call()) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
            Thread.sleep(50);
        }
    }
}
