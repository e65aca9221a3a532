package dev.tenancy.spring;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.context.ConfigurableApplicationContext;

/** Sends requests as they are written, however odd: a well-behaved client would mend or refuse them. */
public record RawHttp(int port) {

    public record Response(int status, List<String> headers, String body) {

        public String header(String name) {
            return headers.stream()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse(null);
        }
    }

    public static RawHttp to(ConfigurableApplicationContext application) {
        return new RawHttp(application.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    /** @param headers whole lines; Host is added where it is not among them */
    public Response get(String path, String... headers) throws IOException {
        return send("GET", path, headers);
    }

    public Response send(String method, String path, String... headers) throws IOException {
        boolean hasHost = Arrays.stream(headers).anyMatch(line -> line.startsWith("Host:"));
        Stream<String> lines = Stream.of(
                        Stream.of(method + " " + path + " HTTP/1.1", "Connection: close"),
                        hasHost ? Stream.<String>empty() : Stream.of("Host: localhost"),
                        Arrays.stream(headers))
                .flatMap(all -> all);
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(20_000);
            byte[] request = (String.join("\r\n", lines.toList()) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            return read(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** A request with a body; what the server does not read of it is left. */
    public Response post(String method, String path, byte[] body, String... headers) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(20_000);
            String head = method + " " + path + " HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\nContent-Length: "
                    + body.length + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
            return read(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Response read(String response) {
        int end = response.indexOf("\r\n\r\n");
        List<String> head = List.of(response.substring(0, end).split("\r\n"));
        return new Response(
                Integer.parseInt(head.get(0).split(" ")[1]),
                head.subList(1, head.size()).stream()
                        .filter(line -> !line.startsWith("Date:"))
                        .toList(),
                response.substring(end + 4));
    }
}
