package dev.tenancy.spring.crud;

import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How the rows of an export are written, one after the other, as many as there are. */
enum ExportFormat {

    /** RFC 4180, with a header. Fields of a nested record are columns of their own, such as {@code address.city}. */
    CSV("csv", MediaType.parseMediaType("text/csv;charset=utf-8;header=present")) {
        @Override
        Line line(List<String> columns, JsonMapper json, Writer out) throws IOException {
            CSVPrinter printer = new CSVPrinter(out, CSVFormat.RFC4180);
            printer.printRecord(columns);
            return row -> {
                JsonNode tree = json.valueToTree(row);
                for (String column : columns) {
                    printer.print(cell(tree.at("/" + column.replace('.', '/'))));
                }
                printer.println();
            };
        }
    },

    /** One JSON object a line (https://github.com/ndjson/ndjson-spec). */
    NDJSON("ndjson", new MediaType("application", "x-ndjson")) {
        @Override
        Line line(List<String> columns, JsonMapper json, Writer out) {
            return row -> {
                out.write(json.writeValueAsString(row));
                out.write('\n');
            };
        }
    };

    // What spreadsheets take for a formula, or for a separator before one (OWASP, CSV injection); the last are
    // full-width.
    private static final Pattern FORMULA = Pattern.compile("(?s)[=+\\-@\\t\\r\\n\\uFF1D\\uFF0B\\uFF0D\\uFF20].*");

    final String extension;
    final MediaType mediaType;

    ExportFormat(String extension, MediaType mediaType) {
        this.extension = extension;
        this.mediaType = mediaType;
    }

    /** Writes one row. */
    @FunctionalInterface
    interface Line {
        void write(Record row) throws IOException;
    }

    abstract Line line(List<String> columns, JsonMapper json, Writer out) throws IOException;

    /** Whoever asked does not read on. Of the response alone: what a row's own reading meets is a failure. */
    static final class ClientGoneException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        ClientGoneException(IOException cause) {
            super("The client of an export does not read on.", cause);
        }
    }

    /** Where the rows of an export go. Nothing is sent before the first row, so that what fails before can still be answered. */
    final class Sink {

        private final HttpServletResponse response;
        private final List<String> columns;
        private final JsonMapper json;
        private @Nullable Writer out;
        private @Nullable Line line;

        private Sink(HttpServletResponse response, List<String> columns, JsonMapper json) {
            this.response = response;
            this.columns = columns;
            this.json = json;
        }

        void write(Record row) {
            try {
                open().write(row);
            } catch (IOException gone) {
                throw new ClientGoneException(gone);
            }
        }

        private Line open() throws IOException {
            if (line == null) {
                response.setContentType(mediaType.toString());
                response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=export." + extension);
                response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
                out = new BufferedWriter(new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8));
                line = ExportFormat.this.line(columns, json, out);
            }
            return line;
        }

        void end() {
            try {
                open();
                Objects.requireNonNull(out).flush();
            } catch (IOException gone) {
                throw new ClientGoneException(gone);
            }
        }
    }

    Sink to(HttpServletResponse response, List<String> columns, JsonMapper json) {
        return new Sink(response, columns, json);
    }

    // Numbers stay numbers: only text can hide a formula.
    private static String cell(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isString()) {
            return value.toString();
        }
        String text = value.asString();
        return FORMULA.matcher(text).matches() ? "'" + text : text;
    }

    /**
     * The format that a request asks for.
     *
     * @param wanted the values of its parameter {@code format}; null if it has none
     */
    static ExportFormat of(@Nullable List<String> wanted, String accept) {
        if (wanted == null) {
            return accepted(accept);
        }
        return Arrays.stream(values())
                .filter(format -> wanted.equals(List.of(format.extension)))
                .findFirst()
                .orElseThrow(() -> RefusedException.parameter("format", "must be csv or ndjson"));
    }

    private static ExportFormat accepted(String accept) {
        List<MediaType> types = new ArrayList<>();
        try {
            types.addAll(MediaType.parseMediaTypes(accept));
            MimeTypeUtils.sortBySpecificity(types);
        } catch (InvalidMediaTypeException malformed) {
            throw new RefusedException(RefusedException.Reason.NOT_ACCEPTABLE);
        }
        types.sort(Comparator.comparingDouble(MediaType::getQualityValue).reversed());
        return types.stream()
                .flatMap(type -> Arrays.stream(values()).filter(format -> type.includes(format.mediaType)))
                .findFirst()
                .orElseThrow(() -> new RefusedException(RefusedException.Reason.NOT_ACCEPTABLE));
    }

    /** The columns of a record, as its JSON has them. */
    static List<String> columns(Class<?> record, String prefix) {
        List<String> columns = new ArrayList<>();
        for (var component : record.getRecordComponents()) {
            if (component.getType().isRecord()) {
                columns.addAll(columns(component.getType(), prefix + component.getName() + "."));
            } else {
                columns.add(prefix + component.getName());
            }
        }
        return columns;
    }
}
