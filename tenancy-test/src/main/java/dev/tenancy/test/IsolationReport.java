package dev.tenancy.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the attacks have shown, for each part a matrix of targets and attacks. */
final class IsolationReport {

    private static final Logger LOG = LoggerFactory.getLogger(IsolationReport.class);

    private final Class<?> test;
    private final SessionFactoryImplementor factory;
    private final List<Cell> cells = new ArrayList<>();

    IsolationReport(Class<?> test, SessionFactoryImplementor factory) {
        this.test = test;
        this.factory = factory;
    }

    void add(Cell cell) {
        cells.add(cell);
    }

    List<Cell> cells() {
        return List.copyOf(cells);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        Map<String, List<Cell>> parts =
                cells.stream().collect(Collectors.groupingBy(Cell::part, LinkedHashMap::new, Collectors.toList()));
        parts.forEach((part, all) -> matrix(part, all, text));
        text.append("+ proven   ! leak   ? not proven   - listed   (empty) does not apply, or was not reached\n");
        cells.stream()
                .filter(cell -> cell.verdict() != Cell.Verdict.PROVEN)
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
        long proven = all.stream()
                .filter(cell -> cell.verdict() == Cell.Verdict.PROVEN)
                .count();
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        text.append("Isolation of " + part + ": " + proven + " of " + all.size() + " proven\n\n")
                .append(" ".repeat(width));
        for (int i = 1; i <= attacks.size(); i++) {
            text.append(String.format("%4d", i));
        }
        rows.forEach((target, verdicts) -> {
            text.append(String.format("%n%-" + width + "s", target));
            for (String attack : attacks) {
                Cell.Verdict verdict = verdicts.getOrDefault("", verdicts.get(attack));
                text.append("   ").append(verdict == null ? ' ' : sign(verdict));
            }
        });
        text.append("\n\n");
        for (int i = 1; i <= attacks.size(); i++) {
            text.append(String.format("%4d  %s%n", i, attacks.get(i - 1)));
        }
        text.append('\n');
    }

    private static char sign(Cell.Verdict verdict) {
        return switch (verdict) {
            case PROVEN -> '+';
            case LISTED -> '-';
            case UNPROVEN -> '?';
            case LEAK -> '!';
        };
    }

    void write(Path folder) throws IOException {
        String text = text();
        LOG.info("{}", text);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(test.getSimpleName() + ".txt"), text);
    }
}
