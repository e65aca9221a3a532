package dev.tenancy.spring;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.ErrorResponse;

/**
 * Holds bodies of whatever type to {@code tenancy.max-body-size} for as long as nobody has proven who sends them: in the filters in front of the
 * proof, and behind it for callers without a credential. Stands in front of all filters that read one.
 */
final class BodyLimit implements Filter {

    private static final String LIFTED = BodyLimit.class.getName() + ".lifted";

    private final long bytes;
    private final ProblemAnswer answer;

    BodyLimit(long bytes, ProblemAnswer answer) {
        this.bytes = bytes;
        this.answer = answer;
    }

    /** From now on the request is one of somebody who is known. */
    static void lift(HttpServletRequest request) {
        request.setAttribute(LIFTED, true);
    }

    @Override
    public void doFilter(ServletRequest servletRequest, ServletResponse servletResponse, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) servletRequest;
        HttpServletResponse response = (HttpServletResponse) servletResponse;
        if (isWithoutBoundary(request.getContentType())) {
            answer.send(
                    request,
                    response,
                    Problem.of(
                            HttpStatus.BAD_REQUEST,
                            "The Content-Type names no boundary, so that the parts of the body cannot be told apart."));
            return;
        }
        try {
            chain.doFilter(isSmall(request) ? request : new Limited(request, bytes), response);
        } catch (RuntimeException failure) {
            // Of a filter that read the body or asked for a parameter; what handlers throw comes here wrapped.
            boolean isRefusal = failure instanceof Problem.Refusal || Problems.isMalformed(failure);
            ErrorResponse problem = isRefusal ? Problems.ofRefusal(failure) : null;
            if (problem == null || response.isCommitted()) {
                throw failure;
            }
            answer.send(request, response, problem);
        }
    }

    private boolean isSmall(HttpServletRequest request) {
        long length = request.getContentLengthLong();
        boolean hasNone = length < 0
                && request.getProtocol().startsWith("HTTP/1.")
                && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null;
        return hasNone || length >= 0 && length <= bytes;
    }

    // Servers parse the parts at a moment of their own, and call it their failure.
    private static boolean isWithoutBoundary(@Nullable String type) {
        if (type == null || !type.regionMatches(true, 0, "multipart/", 0, "multipart/".length())) {
            return false;
        }
        try {
            String boundary = MediaType.parseMediaType(type).getParameter("boundary");
            return boundary == null || boundary.replace("\"", "").isBlank();
        } catch (InvalidMediaTypeException malformed) {
            return true;
        }
    }

    private static final class Limited extends HttpServletRequestWrapper {

        private final long limit;
        private @Nullable ServletInputStream body;
        private @Nullable BufferedReader reader;

        Limited(HttpServletRequest request, long limit) {
            super(request);
            this.limit = limit;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (body == null) {
                body = new Body(this, getRequest().getInputStream(), limit);
            }
            return body;
        }

        @Override
        public BufferedReader getReader() throws IOException {
            if (reader == null) {
                String encoding = getCharacterEncoding();
                Charset charset = encoding == null ? StandardCharsets.ISO_8859_1 : Charset.forName(encoding);
                reader = new BufferedReader(new InputStreamReader(getInputStream(), charset));
            }
            return reader;
        }
    }

    /** Counts what is read while the limit holds. */
    private static final class Body extends ServletInputStream {

        private final HttpServletRequest request;
        private final ServletInputStream body;
        private final long limit;
        private long read;

        Body(HttpServletRequest request, ServletInputStream body, long limit) {
            this.request = request;
            this.body = body;
            this.limit = limit;
        }

        private void count(long more) {
            read += Math.max(more, 0);
            boolean isLarge = read > limit || request.getContentLengthLong() > limit;
            if (isLarge && request.getAttribute(LIFTED) == null) {
                throw Problem.tooLarge(limit);
            }
        }

        @Override
        public int read() throws IOException {
            count(0);
            int octet = body.read();
            count(octet < 0 ? 0 : 1);
            return octet;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            count(0);
            int some = body.read(buffer, offset, length);
            count(some);
            return some;
        }

        @Override
        public int available() throws IOException {
            return body.available();
        }

        @Override
        public void close() throws IOException {
            body.close();
        }

        @Override
        public boolean isFinished() {
            return body.isFinished();
        }

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            body.setReadListener(listener);
        }
    }
}
