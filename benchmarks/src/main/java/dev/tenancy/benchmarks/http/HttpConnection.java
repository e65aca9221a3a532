package dev.tenancy.benchmarks.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One connection that is kept alive. The JDK's own client takes as much CPU as the applications, on the same cores. */
final class HttpConnection implements AutoCloseable {

    private static final int BUFFER = 1 << 14;
    private static final int TIMEOUT_MILLIS = 30_000;

    /** An answer; names of headers are in lower case. */
    record Answer(int status, Map<String, String> headers, String body) {}

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    HttpConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        out = socket.getOutputStream();
    }

    Answer send(Operation.Request request, String token) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append(request.method()).append(' ').append(request.path()).append(" HTTP/1.1\r\n");
        text.append("Host: localhost\r\nAccept: application/json\r\n");
        text.append("Authorization: Bearer ").append(token).append("\r\n");
        if (request.body() != null) {
            text.append("Content-Type: ").append(request.type()).append("\r\n");
            text.append("Content-Length: ")
                    .append(request.body().getBytes(UTF_8).length)
                    .append("\r\n\r\n")
                    .append(request.body());
        } else {
            text.append("\r\n");
        }
        out.write(text.toString().getBytes(UTF_8));
        return answer();
    }

    private Answer answer() throws IOException {
        int status = Integer.parseInt(line().split(" ")[1]);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            for (int size = chunk(); size > 0; size = chunk()) {
                body.write(exactly(size));
                line();
            }
            line();
        } else {
            body.write(exactly(Integer.parseInt(headers.getOrDefault("content-length", "0"))));
        }
        return new Answer(status, headers, body.toString(UTF_8));
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private byte[] exactly(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("The application closed the connection within an answer.");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("The application closed the connection.");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
