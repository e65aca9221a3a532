package dev.tenancy.test.isolation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Sends requests to the running application. Thread-safe. */
final class HttpCalls {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private static final String BOUNDARY = "tenancy-isolation";

    private final String server;
    private final HttpClient client;

    private HttpCalls(String server, HttpClient client) {
        this.server = server;
        this.client = client;
    }

    /** Without a memory: it keeps no cookies, and follows no redirection. */
    static HttpCalls to(String server) {
        return new HttpCalls(
                server,
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
    }

    /** As a browser that several users sit at, one after the other: it keeps the cookies. */
    HttpCalls withCookies() {
        return new HttpCalls(
                server,
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .cookieHandler(new CookieManager())
                        .build());
    }

    /** @param credential headers that say who sends it */
    Answer send(Request request, Map<String, String> credential) {
        String query = encoded(request.query);
        String body = request.form.isEmpty() ? request.body : encoded(request.form);
        HttpRequest.Builder builder = HttpRequest.newBuilder(
                        URI.create(server + request.path + (query.isEmpty() ? "" : "?" + query)))
                .timeout(LONGEST)
                .method(
                        request.method,
                        !request.parts.isEmpty()
                                ? HttpRequest.BodyPublishers.ofByteArray(form(request.parts))
                                : body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (!request.parts.isEmpty()) {
            builder.setHeader("Content-Type", "multipart/form-data; boundary=" + BOUNDARY);
        }
        request.headers.forEach(builder::setHeader);
        credential.forEach(builder::setHeader);
        try {
            return Answer.of(client.send(builder.build(), HttpResponse.BodyHandlers.ofByteArray()), request.sent());
        } catch (IOException failure) {
            throw new Unproven("not proven: " + request.method + " " + request.path + " was not answered", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static byte[] form(List<Request.Part> parts) {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        for (Request.Part part : parts) {
            String file = part.file() == null ? "" : "; filename=\"" + part.file() + "\"";
            String type = part.type() == null ? "" : "Content-Type: " + part.type() + "\r\n";
            form.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + part.name() + "\"" + file
                            + "\r\n" + type + "\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            form.writeBytes(part.content());
            form.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        form.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return form.toByteArray();
    }

    private static String encoded(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue()))
                .collect(Collectors.joining("&"));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
