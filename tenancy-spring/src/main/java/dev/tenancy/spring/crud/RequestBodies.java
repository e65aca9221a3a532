package dev.tenancy.spring.crud;

import dev.tenancy.spring.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.converter.GenericHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.SmartHttpMessageConverter;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads bodies, no more of them than {@code tenancy.max-body-size}: those of CRUD controllers strictly as JSON, and what is parsed for all
 * other handlers up to that size.
 */
@ControllerAdvice
final class RequestBodies extends RequestBodyAdviceAdapter {

    // A record of records is not deep; whoever nests deeper wants to exhaust a stack.
    private static final int MAX_DEPTH = 32;

    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final long maxBytes;

    RequestBodies(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Of a handler that takes any media type: with one of its own for "/bulk", others would find "/{id}" there. */
    JsonNode readRows(HttpServletRequest request) {
        if (!isJson(request.getContentType())) {
            ErrorResponseException refused = Problem.of(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The rows must be sent as " + MediaType.APPLICATION_JSON + ".");
            refused.getHeaders().setAccept(List.of(MediaType.APPLICATION_JSON));
            throw refused;
        }
        return read(request);
    }

    private static boolean isJson(@Nullable String type) {
        try {
            return type != null && MediaType.APPLICATION_JSON.includes(MediaType.parseMediaType(type));
        } catch (InvalidMediaTypeException malformed) {
            return false;
        }
    }

    JsonNode read(HttpServletRequest request) {
        if (request.getContentLengthLong() > maxBytes) {
            throw Problem.tooLarge(maxBytes);
        }
        try (InputStream body = new Limited(request.getInputStream(), maxBytes)) {
            JsonNode json = STRICT.readTree(body);
            if (json.isMissingNode()) {
                throw Problem.of(HttpStatus.BAD_REQUEST, "The body is missing.");
            }
            return json;
        } catch (JacksonException malformed) {
            throw Problem.of(
                    HttpStatus.BAD_REQUEST,
                    "The body is not JSON (RFC 8259) in UTF-8, each member once and at most " + MAX_DEPTH
                            + " levels deep.",
                    malformed);
        } catch (IOException incomplete) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "The body ended before it was complete.", incomplete);
        }
    }

    @Override
    public boolean supports(
            MethodParameter parameter, Type target, Class<? extends HttpMessageConverter<?>> converter) {
        // Those that make objects of it: JSON, YAML and their kind, by whatever library. Text and bytes are the
        // handler's.
        return SmartHttpMessageConverter.class.isAssignableFrom(converter)
                || GenericHttpMessageConverter.class.isAssignableFrom(converter);
    }

    @Override
    public HttpInputMessage beforeBodyRead(
            HttpInputMessage message,
            MethodParameter parameter,
            Type target,
            Class<? extends HttpMessageConverter<?>> converter)
            throws IOException {
        if (message.getHeaders().getContentLength() > maxBytes) {
            throw Problem.tooLarge(maxBytes);
        }
        InputStream body = new Limited(message.getBody(), maxBytes);
        return new HttpInputMessage() {

            @Override
            public InputStream getBody() {
                return body;
            }

            @Override
            public HttpHeaders getHeaders() {
                return message.getHeaders();
            }
        };
    }

    /** A body whose length nobody has told. */
    private static final class Limited extends FilterInputStream {

        private final long limit;
        private long read;

        Limited(InputStream body, long limit) {
            super(body);
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            int octet = super.read();
            count(octet < 0 ? 0 : 1);
            return octet;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = super.read(buffer, offset, length);
            count(Math.max(count, 0));
            return count;
        }

        private void count(int more) {
            read += more;
            if (read > limit) {
                throw Problem.tooLarge(limit);
            }
        }
    }
}
