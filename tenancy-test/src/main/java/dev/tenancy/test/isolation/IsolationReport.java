package dev.tenancy.test.isolation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
    private final boolean rehearsal;
    private final List<Cell> cells = new ArrayList<>();

    /**
     * @param facts what was attacked, as the report shows it
     * @param rehearsal whether the owner itself made the attacks, so that the report must not be taken for one of isolation
     */
    IsolationReport(Class<?> test, Map<String, String> facts, boolean rehearsal) {
        this.test = test;
        this.facts = facts;
        this.rehearsal = rehearsal;
        if (rehearsal) {
            facts.put(
                    "Rehearsal",
                    "the owner itself made each attack, to see that it is noticed. This report proves no isolation.");
        }
    }

    private String title() {
        return rehearsal ? "Rehearsal of the isolation tests" : "Isolation of tenants";
    }

    void add(Cell cell) {
        cells.add(cell);
    }

    /** Removes the report of an earlier run, which would stand for this one if this one ends before its own is written. */
    void removeEarlier(Path folder) {
        try {
            for (String form : List.of("txt", "json", "sarif", "html")) {
                Files.deleteIfExists(file(folder, form));
            }
        } catch (IOException kept) {
            throw new UncheckedIOException(kept);
        }
    }

    /** Writes the report in each of its forms, named after the test, and logs it as text. */
    void write(Path folder) throws IOException {
        String text = text();
        LOG.info("{}", text);
        String json = JSON.writeValueAsString(json());
        Files.createDirectories(file(folder, "txt").getParent());
        Files.writeString(file(folder, "txt"), text);
        Files.writeString(file(folder, "json"), json);
        Files.writeString(file(folder, "sarif"), JSON.writeValueAsString(Sarif.of(cells, test, facts, rehearsal)));
        Files.writeString(file(folder, "html"), html(json));
    }

    // A rehearsal's is told from another wherever it is copied to.
    private Path file(Path folder, String form) {
        String name =
                test.getName().substring(test.getPackageName().length() + 1).replace('$', '-');
        return rehearsal
                ? folder.resolve("rehearsal").resolve(name + "-rehearsal." + form)
                : folder.resolve(name + "." + form);
    }

    String text() {
        StringBuilder text = new StringBuilder(title()).append("\n\n");
        facts.forEach((name, value) -> text.append(String.format("%-10s%s%n", name, value)));
        text.append('\n');
        Map<String, List<Cell>> parts =
                cells.stream().collect(Collectors.groupingBy(Cell::part, LinkedHashMap::new, Collectors.toList()));
        parts.forEach((part, all) -> matrix(part, all, text));
        text.append(
                        rehearsal
                                ? "* noticed, which proves no isolation   ~ cannot be rehearsed   ? not noticed"
                                : "+ proven   ! leak   ? not proven")
                .append("   - listed   . nothing to protect   (empty) does not apply\n");
        cells.stream()
                .filter(cell -> cell.verdict().isTold())
                .forEach(cell -> text.append('\n')
                        .append(cell.path())
                        .append(cell.verdict() == Cell.Verdict.LISTED ? ": not attacked, " : ": ")
                        .append(cell.evidence()));
        return text.append('\n').toString();
    }

    // Attacks that differ in an attribute only share a column; the worst of them counts there.
    private void matrix(String part, List<Cell> all, StringBuilder text) {
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
        text.append(headline(part, all)).append("\n\n").append(" ".repeat(width));
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

    private String headline(String part, List<Cell> all) {
        long attacked = all.size() - count(all, Cell.Verdict.UNTOUCHED);
        return rehearsal
                ? "Rehearsal of " + part + ": " + count(all, Cell.Verdict.NOTICED) + " of "
                        + (attacked - count(all, Cell.Verdict.UNREHEARSED)) + " noticed, "
                        + count(all, Cell.Verdict.UNREHEARSED) + " cannot be rehearsed"
                : "Isolation of " + part + ": " + count(all, Cell.Verdict.PROVEN) + " of " + attacked + " proven";
    }

    private static long count(List<Cell> cells, Cell.Verdict verdict) {
        return cells.stream().filter(cell -> cell.verdict() == verdict).count();
    }

    private Map<String, Object> json() {
        return Map.of(
                "title",
                title(),
                "rehearsal",
                rehearsal,
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

    private String html(String json) throws IOException {
        try (InputStream page = Objects.requireNonNull(IsolationReport.class.getResourceAsStream("report.html"))) {
            // The end of an element is the only thing that a browser looks for in it.
            return new String(page.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("{{title}}", title())
                    .replace("{{report}}", json.replace("<", "\\u003c"));
        }
    }
}
