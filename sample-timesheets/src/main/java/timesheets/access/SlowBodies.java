package timesheets.access;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Bounds for how many bodies of one address the server waits, so that those that do not come take no more than their share of its
 * threads. A valve and no filter: the server reads the rest of a body that nobody asked for when all filters have ended.
 */
final class SlowBodies extends ValveBase {

    // As the server does by itself; a connection with more behind it is closed.
    private static final int MOST_UNREAD_BYTES = 2 << 20;

    private final int atOnce;
    private final Map<String, Set<Request>> atWork = new ConcurrentHashMap<>();

    SlowBodies(int atOnce) {
        super(true);
        this.atOnce = atOnce;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (!hasBody(request)) {
            getNext().invoke(request, response);
            return;
        }
        String address = AddressLimit.network(request.getRemoteAddr());
        Set<Request> ofAddress = Objects.requireNonNull(atWork.compute(address, (known, found) -> {
            Set<Request> requests = found == null ? ConcurrentHashMap.newKeySet() : found;
            requests.add(request);
            return requests;
        }));
        try {
            if (isCrowded(ofAddress)) {
                response.setStatus(HttpStatus.TOO_MANY_REQUESTS.value());
                response.setHeader(HttpHeaders.RETRY_AFTER, "5");
                leaveRest(request);
            } else {
                getNext().invoke(request, response);
                readRest(request, response);
            }
        } finally {
            atWork.computeIfPresent(address, (known, requests) -> {
                requests.remove(request);
                return requests.isEmpty() ? null : requests;
            });
        }
    }

    // Whose body is there is no matter of its address any more: a whole office may have one, and wait for the same
    // lock.
    private boolean isCrowded(Set<Request> requests) {
        return requests.size() > atOnce
                && requests.stream().filter(one -> !one.isFinished()).count() > atOnce;
    }

    private static boolean hasBody(Request request) {
        return request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    private static void readRest(Request request, Response response) throws IOException {
        // Tomcat reads no body that it was asked to wait for, unless the answer is good.
        boolean isLeft = request.getCoyoteRequest().hasExpectation()
                && !HttpStatus.valueOf(response.getStatus()).is2xxSuccessful();
        if (request.isAsync() || request.isFinished() || isLeft) {
            return;
        }
        response.finishResponse();
        // Below what the handler has read, or closed.
        ApplicationBufferHandler unread = new Unread();
        int left = MOST_UNREAD_BYTES;
        try {
            int read = 0;
            while (left > 0 && read >= 0) {
                read = request.getCoyoteRequest().doRead(unread);
                left -= read;
            }
        } catch (IOException gone) {
            left = 0;
        }
        if (left <= 0) {
            leaveRest(request);
        }
    }

    private static final class Unread implements ApplicationBufferHandler {

        private ByteBuffer some = ByteBuffer.allocate(0);

        @Override
        public void setByteBuffer(ByteBuffer buffer) {
            some = buffer;
        }

        @Override
        public ByteBuffer getByteBuffer() {
            return some;
        }

        @Override
        public void expand(int size) {
            // What is read stays in the server's own buffer.
        }
    }

    // Closes the connection behind the answer.
    private static void leaveRest(Request request) {
        request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }
}
