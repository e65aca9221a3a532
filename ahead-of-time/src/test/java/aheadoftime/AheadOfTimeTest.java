package aheadoftime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample with the classes that were made of it ahead of time, each run in a virtual machine of its own. */
class AheadOfTimeTest {

    private static final Pattern ADDRESS = Pattern.compile("'(http://localhost:\\d+)/api/customers\\?sort=name'");
    private static final Pattern TOKEN = Pattern.compile("\"accessToken\":\"([^\"]+)\"");
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void tenantsAndRolesAreHeldAsWithoutIt() throws Exception {
        Process application = start();
        try {
            String address = address(application);
            assertThat(output()).contains("Starting AOT-processed TimesheetsApplication");
            String acme = login(address, "owner@acme.test");
            String globex = login(address, "owner@globex.test");
            String staff = login(address, "staff@acme.test");

            String customer = first(ID, get(address + "/api/customers", acme).body());
            assertThat(get(address + "/api/customers/" + customer, acme).statusCode())
                    .isEqualTo(200);
            assertThat(get(address + "/api/customers/" + customer, globex).statusCode())
                    .isEqualTo(404);
            assertThat(get(address + "/api/customers", null).statusCode()).isEqualTo(401);
            assertThat(post(address + "/api/customers", acme, "{\"name\": \"New\"}")
                            .statusCode())
                    .isEqualTo(201);
            assertThat(post(address + "/api/customers", staff, "{\"name\": \"Newer\"}")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(get(address + "/v3/api-docs", null).body()).contains("/api/customers/{id}");
        } finally {
            application.destroyForcibly();
        }
    }

    @Test
    void aSecretWhosePlaceholderHasNoValueIsRefusedByALazyStartToo() throws Exception {
        Process application = start(
                "--spring.main.lazy-initialization=true",
                "--tenancy.jwt.secret=${A_VARIABLE_WITH_A_NAME_OF_MORE_THAN_32_BYTES}");
        try {
            assertThat(application.waitFor(1, TimeUnit.MINUTES)).as(output()).isTrue();
            assertThat(application.exitValue()).isNotZero();
            assertThat(output())
                    .contains("Could not resolve placeholder 'A_VARIABLE_WITH_A_NAME_OF_MORE_THAN_32_BYTES'");
        } finally {
            application.destroyForcibly();
        }
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dspring.aot.enabled=true",
                "-cp",
                System.getProperty("java.class.path"),
                "timesheets.TimesheetsApplication",
                "--server.port=0"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private Path log() {
        return folder.resolve("log");
    }

    private String output() throws IOException {
        return Files.readString(log());
    }

    private String address(Process application) throws Exception {
        for (int i = 0; i < 600 && application.isAlive(); i++) {
            Matcher address = ADDRESS.matcher(output());
            if (address.find()) {
                return address.group(1);
            }
            Thread.sleep(100);
        }
        throw new AssertionError("The application was not there in a minute:\n" + output());
    }

    private String login(String address, String user) throws Exception {
        HttpResponse<String> answer = post(
                address + "/api/auth/login", null, "{\"email\": \"" + user + "\", \"password\": \"demo-password\"}");
        assertThat(answer.statusCode()).isEqualTo(200);
        return first(TOKEN, answer.body());
    }

    private static String first(Pattern pattern, String body) {
        Matcher found = pattern.matcher(body);
        assertThat(found.find()).as(body).isTrue();
        return found.group(1);
    }

    private HttpResponse<String> get(String address, String token) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(address)), token);
    }

    private HttpResponse<String> post(String address, String token, String body) throws Exception {
        return send(
                HttpRequest.newBuilder(URI.create(address))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                token);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String token) throws Exception {
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
