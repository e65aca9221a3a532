package timesheets.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.util.WebUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls the API from within the request of a page: for the same user and company, by the same handlers, and answered with what a
 * program would get. Nothing goes over the network.
 */
@Component
class Api {

    /** What the API answers: JSON as maps and lists, or a problem. */
    record Answer(
            int status,
            HttpHeaders headers,
            String text,
            @Nullable Object json) {

        boolean isGood() {
            return status < 300;
        }

        /** @throws ResponseStatusException with the status of the problem, if it is one */
        Answer orFail() {
            if (!isGood()) {
                throw new ResponseStatusException(HttpStatus.valueOf(status), detail());
            }
            return this;
        }

        @SuppressWarnings("unchecked")
        Map<String, Object> object() {
            return (Map<String, Object>) Objects.requireNonNull(orFail().json);
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> rows() {
            Object rows = orFail().json instanceof Map<?, ?> page ? page.get("content") : json;
            return (List<Map<String, Object>>) Objects.requireNonNull(rows);
        }

        String detail() {
            return json instanceof Map<?, ?> problem
                    ? String.valueOf(problem.get("detail"))
                    : "The request was refused.";
        }

        /** What is wrong with which field; what is wrong with none of them stands under the empty name. */
        Map<String, String> faults() {
            Map<String, String> faults = new LinkedHashMap<>();
            if (!isGood() && json instanceof Map<?, ?> problem && problem.get("errors") instanceof List<?> errors) {
                for (Object error : errors) {
                    Map<?, ?> fault = (Map<?, ?>) error;
                    String field = Objects.toString(fault.get("field"), "");
                    faults.put(field, String.valueOf(fault.get("message")));
                }
            }
            if (!isGood() && faults.isEmpty()) {
                faults.put("", detail());
            }
            return faults;
        }
    }

    private final DispatcherServlet servlet;
    private final JsonMapper json;

    Api(DispatcherServlet servlet, JsonMapper json) {
        this.servlet = servlet;
        this.json = json;
    }

    Answer get(String path) {
        return get(path, Map.of());
    }

    /** @param parameters of the query; those without a value are left out */
    Answer get(String path, Map<String, ? extends @Nullable Object> parameters) {
        MultiValueMap<String, String> sent = new LinkedMultiValueMap<>();
        parameters.forEach((name, value) -> Optional.ofNullable(value)
                .map(Object::toString)
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> sent.add(name, text)));
        return call(HttpMethod.GET, path, sent, null, null);
    }

    Answer post(String path, Map<String, ? extends @Nullable Object> body) {
        return call(HttpMethod.POST, path, new LinkedMultiValueMap<>(), body, null);
    }

    /** @param ifMatch the ETag that the row still has to have, or null */
    Answer patch(String path, Map<String, ? extends @Nullable Object> body, @Nullable String ifMatch) {
        return call(HttpMethod.PATCH, path, new LinkedMultiValueMap<>(), body, ifMatch);
    }

    /** @param ifMatch the ETag that the row still has to have, or null */
    Answer delete(String path, @Nullable String ifMatch) {
        return call(HttpMethod.DELETE, path, new LinkedMultiValueMap<>(), null, ifMatch);
    }

    /** Rows to choose from, by their ids: the first by name, as many as there are on the longest page, and those that are chosen already. */
    Map<String, Map<String, Object>> choices(String path, Collection<String> chosen) {
        Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
        get(path, Map.of("sort", "name", "size", 200, "total", false))
                .rows()
                .forEach(row -> rows.put(String.valueOf(row.get("id")), row));
        for (String id : chosen) {
            Answer one = rows.containsKey(id) ? null : get(path + "/" + id);
            if (one != null && one.isGood()) {
                rows.put(id, one.object());
            }
        }
        return rows;
    }

    private Answer call(
            HttpMethod method,
            String path,
            MultiValueMap<String, String> parameters,
            @Nullable Object body,
            @Nullable String ifMatch) {
        ServletRequestAttributes page = (ServletRequestAttributes) RequestContextHolder.currentRequestAttributes();
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE);
        if (body != null) {
            headers.setContentType(MediaType.APPLICATION_JSON);
        }
        if (ifMatch != null) {
            headers.set(HttpHeaders.IF_MATCH, ifMatch);
        }
        byte[] bytes = body == null ? new byte[0] : json.writeValueAsBytes(body);
        Call call = new Call(page.getRequest(), method.name(), path, parameters, headers, bytes);
        Reply reply = new Reply(Objects.requireNonNull(page.getResponse()));
        try {
            servlet.service(call, reply);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (ServletException failure) {
            throw failure.getRootCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(method + " " + path + " failed.", failure);
        }
        String text = reply.body();
        boolean isJson = String.valueOf(reply.getContentType()).contains("json");
        return new Answer(reply.status, reply.headers, text, isJson ? json.readValue(text, Object.class) : null);
    }

    /** The request of a page with another method, path and body, and with attributes of its own. */
    private static final class Call extends HttpServletRequestWrapper {

        private final String method;
        private final String path;
        private final MultiValueMap<String, String> parameters;
        private final HttpHeaders headers;
        private final byte[] body;
        private final Map<String, Object> attributes = new HashMap<>();

        Call(
                HttpServletRequest page,
                String method,
                String path,
                MultiValueMap<String, String> parameters,
                HttpHeaders headers,
                byte[] body) {
            super(page);
            this.method = method;
            this.path = path;
            this.parameters = parameters;
            this.headers = headers;
            this.body = body;
            // As an include, it leaves the page what was kept for it by the request before.
            attributes.put(WebUtils.INCLUDE_REQUEST_URI_ATTRIBUTE, getRequestURI());
        }

        @Override
        public String getMethod() {
            return method;
        }

        @Override
        public String getRequestURI() {
            return getContextPath() + path;
        }

        @Override
        public StringBuffer getRequestURL() {
            return new StringBuffer(getRequestURI());
        }

        @Override
        public String getServletPath() {
            return path;
        }

        @Override
        public @Nullable String getQueryString() {
            return null;
        }

        @Override
        public @Nullable String getParameter(String name) {
            return parameters.getFirst(name);
        }

        @Override
        public Enumeration<String> getParameterNames() {
            return Collections.enumeration(parameters.keySet());
        }

        @Override
        public String @Nullable [] getParameterValues(String name) {
            return parameters.containsKey(name) ? getParameterMap().get(name) : null;
        }

        @Override
        public Map<String, String[]> getParameterMap() {
            Map<String, String[]> all = new LinkedHashMap<>();
            parameters.forEach((name, values) -> all.put(name, values.toArray(String[]::new)));
            return all;
        }

        @Override
        public @Nullable String getHeader(String name) {
            return headers.getFirst(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return Collections.enumeration(headers.getOrEmpty(name));
        }

        @Override
        public Enumeration<String> getHeaderNames() {
            return Collections.enumeration(headers.headerNames());
        }

        @Override
        public @Nullable String getContentType() {
            return getHeader(HttpHeaders.CONTENT_TYPE);
        }

        @Override
        public String getCharacterEncoding() {
            return StandardCharsets.UTF_8.name();
        }

        @Override
        public int getContentLength() {
            return body.length;
        }

        @Override
        public long getContentLengthLong() {
            return body.length;
        }

        @Override
        public ServletInputStream getInputStream() {
            ByteArrayInputStream bytes = new ByteArrayInputStream(body);
            return new ServletInputStream() {

                @Override
                public int read() {
                    return bytes.read();
                }

                @Override
                public boolean isFinished() {
                    return bytes.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new UnsupportedOperationException("A call from a page is read at once.");
                }
            };
        }

        @Override
        public BufferedReader getReader() {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }

        @Override
        public @Nullable Object getAttribute(String name) {
            return attributes.get(name);
        }

        @Override
        public Enumeration<String> getAttributeNames() {
            return Collections.enumeration(List.copyOf(attributes.keySet()));
        }

        @Override
        public void setAttribute(String name, @Nullable Object value) {
            if (value == null) {
                attributes.remove(name);
            } else {
                attributes.put(name, value);
            }
        }

        @Override
        public void removeAttribute(String name) {
            attributes.remove(name);
        }

        @Override
        public boolean isAsyncSupported() {
            return false;
        }
    }

    /** Keeps what is answered, and lets nothing of it through to the page's own answer. */
    private static final class Reply extends HttpServletResponseWrapper {

        private final HttpHeaders headers = new HttpHeaders();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final PrintWriter writer = new PrintWriter(bytes, false, StandardCharsets.UTF_8);
        private int status = HttpServletResponse.SC_OK;

        Reply(HttpServletResponse page) {
            super(page);
        }

        String body() {
            writer.flush();
            return bytes.toString(StandardCharsets.UTF_8);
        }

        @Override
        public void setStatus(int status) {
            this.status = status;
        }

        @Override
        public int getStatus() {
            return status;
        }

        @Override
        public void sendError(int status) {
            setStatus(status);
        }

        @Override
        public void sendError(int status, String message) {
            setStatus(status);
        }

        @Override
        public void setHeader(String name, @Nullable String value) {
            headers.set(name, value);
        }

        @Override
        public void addHeader(String name, String value) {
            headers.add(name, value);
        }

        @Override
        public void setIntHeader(String name, int value) {
            setHeader(name, Integer.toString(value));
        }

        @Override
        public void addIntHeader(String name, int value) {
            addHeader(name, Integer.toString(value));
        }

        @Override
        public void setDateHeader(String name, long date) {
            headers.setDate(name, date);
        }

        @Override
        public boolean containsHeader(String name) {
            return headers.containsHeader(name);
        }

        @Override
        public @Nullable String getHeader(String name) {
            return headers.getFirst(name);
        }

        @Override
        public Collection<String> getHeaders(String name) {
            return headers.getOrEmpty(name);
        }

        @Override
        public Collection<String> getHeaderNames() {
            return headers.headerNames();
        }

        @Override
        public void setContentType(@Nullable String type) {
            setHeader(HttpHeaders.CONTENT_TYPE, type);
        }

        @Override
        public @Nullable String getContentType() {
            return getHeader(HttpHeaders.CONTENT_TYPE);
        }

        @Override
        public void setCharacterEncoding(@Nullable String encoding) {}

        @Override
        public void setContentLength(int length) {}

        @Override
        public void setContentLengthLong(long length) {}

        @Override
        public ServletOutputStream getOutputStream() {
            return new ServletOutputStream() {

                @Override
                public void write(int octet) {
                    bytes.write(octet);
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setWriteListener(WriteListener listener) {
                    throw new UnsupportedOperationException("An answer to a page is written at once.");
                }
            };
        }

        @Override
        public PrintWriter getWriter() {
            return writer;
        }

        @Override
        public boolean isCommitted() {
            return false;
        }

        @Override
        public void flushBuffer() {}

        @Override
        public void resetBuffer() {
            bytes.reset();
        }

        @Override
        public void reset() {
            resetBuffer();
            headers.clear();
            status = HttpServletResponse.SC_OK;
        }
    }
}
