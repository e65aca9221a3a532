package timesheets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who calls the application over HTTP, or nobody. Thread-safe. */
record Api(String server, String token, Map<String, String> headers) {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();

    record Answer(int status, String body, HttpResponse<String> response) {

        JsonNode json() {
            return JSON.readTree(body);
        }

        String text(String field) {
            return json().path(field).asString();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }
    }

    static Api anonymous(int port) {
        return new Api("http://localhost:" + port, null, Map.of());
    }

    Api login(String email) {
        return withToken(loginAnswer(email, "demo-password").text("accessToken"));
    }

    Answer loginAnswer(String email, String password) {
        return post("/api/auth/login", Map.of("email", email, "password", password));
    }

    Api withToken(String other) {
        return new Api(server, other, headers);
    }

    Api withHeader(String name, String value) {
        return new Api(server, token, Map.of(name, value));
    }

    Answer get(String path) {
        return send("GET", path, null);
    }

    Answer post(String path, Object body) {
        return send("POST", path, body);
    }

    Answer put(String path, Object body) {
        return send("PUT", path, body);
    }

    Answer patch(String path, Object body) {
        return send("PATCH", path, body);
    }

    Answer delete(String path) {
        return send("DELETE", path, null);
    }

    /** Sends a body that is a text as it is, any other as JSON. */
    Answer send(String method, String path, Object body) {
        byte[] bytes = body == null
                ? new byte[0]
                : body instanceof byte[] raw
                        ? raw
                        : (body instanceof String text ? text : JSON.writeValueAsString(body)).getBytes();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(bytes));
        if (body != null) {
            request.setHeader(
                    "Content-Type", method.equals("PATCH") ? "application/merge-patch+json" : "application/json");
        }
        if (token != null) {
            request.setHeader("Authorization", "Bearer " + token);
        }
        headers.forEach(request::setHeader);
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body(), response);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** All rows of a list, page by page. */
    List<JsonNode> all(String path) {
        List<JsonNode> rows = new ArrayList<>();
        JsonNode page;
        int number = 0;
        do {
            page = get(path + (path.contains("?") ? "&" : "?") + "size=50&page=" + number++)
                    .json();
            page.get("content").forEach(rows::add);
        } while (number < page.at("/page/totalPages").asInt());
        return rows;
    }

    String id(String path) {
        return get(path + "?size=1").json().at("/content/0/id").asString();
    }

    long total(String path) {
        return get(path + (path.contains("?") ? "&" : "?") + "size=1")
                .json()
                .at("/page/totalElements")
                .asLong();
    }

    /** Creates a row and returns its id. */
    String created(String path, Object body) {
        Answer answer = post(path, body);
        if (answer.status() != 201) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
        return answer.text("id");
    }
}
