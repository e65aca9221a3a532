package dev.tenancy.test.isolation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What the attacks have shown, for each part a matrix of targets and attacks. */
final class IsolationReport {

    private static final Logger LOG = LoggerFactory.getLogger(IsolationReport.class);
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Class<?> test;
    private final Map<String, String> facts;
    private final List<Cell> cells = new ArrayList<>();

    /** @param facts what was attacked, as the report shows it */
    IsolationReport(Class<?> test, Map<String, String> facts) {
        this.test = test;
        this.facts = facts;
    }

    void add(Cell cell) {
        cells.add(cell);
    }

    /** Writes the report in each of its forms, named after the test, and logs it as text. */
    void write(Path folder) throws IOException {
        String text = text();
        LOG.info("{}", text);
        Files.createDirectories(folder);
        String name =
                test.getName().substring(test.getPackageName().length() + 1).replace('$', '-');
        String json = JSON.writeValueAsString(json());
        Files.writeString(folder.resolve(name + ".txt"), text);
        Files.writeString(folder.resolve(name + ".json"), json);
        Files.writeString(
                folder.resolve(name + ".sarif"),
                JSON.writeValueAsString(Sarif.of(cells, test, facts.getOrDefault("Tenancy", ""))));
        Files.writeString(folder.resolve(name + ".html"), html(json));
    }

    String text() {
        StringBuilder text = new StringBuilder();
        facts.forEach((name, value) -> text.append(String.format("%-10s%s%n", name, value)));
        text.append('\n');
        Map<String, List<Cell>> parts =
                cells.stream().collect(Collectors.groupingBy(Cell::part, LinkedHashMap::new, Collectors.toList()));
        parts.forEach((part, all) -> matrix(part, all, text));
        text.append("+ proven   ! leak   ? not proven   - listed   . nothing to protect   (empty) does not apply\n");
        cells.stream()
                .filter(cell -> cell.verdict().isTold())
                .forEach(cell -> text.append('\n')
                        .append(cell.path())
                        .append(cell.verdict() == Cell.Verdict.LISTED ? ": not attacked, " : ": ")
                        .append(cell.evidence()));
        return text.append('\n').toString();
    }

    // Attacks that differ in an attribute only share a column; the worst of them counts there.
    private static void matrix(String part, List<Cell> all, StringBuilder text) {
        Map<String, Map<String, Cell.Verdict>> rows = new LinkedHashMap<>();
        List<String> attacks = new ArrayList<>();
        for (Cell cell : all) {
            String attack = cell.attack().replaceFirst(":.*", "");
            if (!attack.isEmpty() && !attacks.contains(attack)) {
                attacks.add(attack);
            }
            rows.computeIfAbsent(cell.target(), target -> new LinkedHashMap<>())
                    .merge(attack, cell.verdict(), (one, other) -> one.compareTo(other) > 0 ? one : other);
        }
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        text.append("Isolation of " + part + ": " + count(all, Cell.Verdict.PROVEN) + " of "
                        + (all.size() - count(all, Cell.Verdict.UNTOUCHED)) + " proven\n\n")
                .append(" ".repeat(width));
        for (int i = 1; i <= attacks.size(); i++) {
            text.append(String.format("%4d", i));
        }
        rows.forEach((target, verdicts) -> {
            text.append(String.format("%n%-" + width + "s", target));
            for (String attack : attacks) {
                Cell.Verdict verdict = verdicts.getOrDefault("", verdicts.get(attack));
                text.append("   ").append(verdict == null ? ' ' : verdict.sign());
            }
        });
        text.append("\n\n");
        for (int i = 1; i <= attacks.size(); i++) {
            text.append(String.format("%4d  %s%n", i, attacks.get(i - 1)));
        }
        text.append('\n');
    }

    private static long count(List<Cell> cells, Cell.Verdict verdict) {
        return cells.stream().filter(cell -> cell.verdict() == verdict).count();
    }

    private Map<String, Object> json() {
        return Map.of(
                "facts",
                facts,
                "cells",
                cells.stream()
                        .map(cell -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("part", cell.part());
                            one.put("target", cell.target());
                            one.put("attack", cell.attack());
                            one.put("verdict", cell.verdict());
                            one.put("evidence", cell.evidence());
                            one.put("milliseconds", cell.took().toMillis());
                            return one;
                        })
                        .toList());
    }

    private static String html(String json) throws IOException {
        try (InputStream page = Objects.requireNonNull(IsolationReport.class.getResourceAsStream("report.html"))) {
            // The end of an element is the only thing that a browser looks for in it.
            return new String(page.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("{{report}}", json.replace("<", "\\u003c"));
        }
    }
}
