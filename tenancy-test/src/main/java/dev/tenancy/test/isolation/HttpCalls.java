package dev.tenancy.test.isolation;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Sends requests to the running application. Thread-safe. */
final class HttpCalls {

    private static final Duration LONGEST = Duration.ofSeconds(60);

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
        String query = request.query.entrySet().stream()
                .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue()))
                .collect(Collectors.joining("&"));
        HttpRequest.Builder builder = HttpRequest.newBuilder(
                        URI.create(server + request.path + (query.isEmpty() ? "" : "?" + query)))
                .timeout(LONGEST)
                .method(
                        request.method,
                        request.body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(request.body));
        request.headers.forEach(builder::setHeader);
        credential.forEach(builder::setHeader);
        try {
            return Answer.of(client.send(builder.build(), HttpResponse.BodyHandlers.ofString()), request.sent());
        } catch (IOException failure) {
            throw new Unproven("not proven: " + request.method + " " + request.path + " was not answered", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
