package aheadoftime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sample with its demo data, in a virtual machine of its own. */
final class RunningSample implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("'(http://localhost:\\d+)/api/customers\\?sort=name'");
    private static final Pattern TOKEN = Pattern.compile("\"accessToken\":\"([^\"]+)\"");
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    /** On a machine that does other things as well. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Path log;
    private final Process process;

    RunningSample(Path log, String classPath, List<String> flags, String... arguments) throws IOException {
        this.log = log;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, "timesheets.TimesheetsApplication", "--server.port=0"));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    String output() throws IOException {
        return Files.readString(log);
    }

    int exit() throws Exception {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(output())
                .isTrue();
        return process.exitValue();
    }

    String address() throws Exception {
        for (int i = 0; i < PATIENCE.toMillis() / 100 && process.isAlive(); i++) {
            Matcher address = ADDRESS.matcher(output());
            if (address.find()) {
                return address.group(1);
            }
            Thread.sleep(100);
        }
        throw new AssertionError("The application was not there in " + PATIENCE + ":\n" + output());
    }

    String login(String address, String user) throws Exception {
        HttpResponse<String> answer = post(
                address + "/api/auth/login", null, "{\"email\": \"" + user + "\", \"password\": \"demo-password\"}");
        assertThat(answer.statusCode()).isEqualTo(200);
        return first(TOKEN, answer.body());
    }

    /** The id of the first row that an answer has. */
    static String id(HttpResponse<String> answer) {
        return first(ID, answer.body());
    }

    private static String first(Pattern pattern, String body) {
        Matcher found = pattern.matcher(body);
        assertThat(found.find()).as(body).isTrue();
        return found.group(1);
    }

    HttpResponse<String> get(String address, String token) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(address)), token);
    }

    HttpResponse<String> post(String address, String token, String body) throws Exception {
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

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
