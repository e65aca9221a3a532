package dev.tenancy.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The matrix of entities and paths, as text. */
final class IsolationReport {

    private static final Logger LOG = LoggerFactory.getLogger(IsolationReport.class);

    private static final char PROVEN = '+';
    private static final char UNPROVEN = '?';
    private static final char LEAK = '!';

    private final Map<String, Map<String, Character>> cells = new LinkedHashMap<>();
    private final List<String> reasons = new ArrayList<>();
    private int proven;
    private int all;

    void proven(String entity, String path) {
        proven++;
        put(entity, path, PROVEN);
    }

    Unproven note(String entity, String path, Unproven unproven) {
        put(entity, path, unproven.isLeak() ? LEAK : UNPROVEN);
        reasons.add(entity + ", " + path + ": " + unproven.getMessage());
        return unproven;
    }

    void listed(String entity, String reason) {
        cells.put(entity, Map.of());
        reasons.add(entity + ": not attacked, " + reason);
    }

    // Paths of several attributes share a line; the worst of them counts there.
    private void put(String entity, String path, char verdict) {
        all++;
        cells.computeIfAbsent(entity, name -> new LinkedHashMap<>())
                .merge(
                        path.replaceFirst(":.*", ""),
                        verdict,
                        (one, other) -> one == LEAK || other == PROVEN ? one : other);
    }

    String text() {
        List<String> entities = List.copyOf(cells.keySet());
        List<String> paths = cells.values().stream()
                .flatMap(row -> row.keySet().stream())
                .distinct()
                .toList();
        StringBuilder text = new StringBuilder("Isolation of data: " + proven + " of " + all + " proven\n\n");
        for (int i = 0; i < entities.size(); i++) {
            text.append(String.format("%3d  %s%n", i + 1, entities.get(i)));
        }
        text.append(String.format("%n%-32s", ""));
        for (int i = 0; i < entities.size(); i++) {
            text.append(String.format("%4d", i + 1));
        }
        for (String path : paths) {
            text.append(String.format("%n%-32s", path));
            for (Map<String, Character> row : cells.values()) {
                text.append(String.format("%4s", row.getOrDefault(path, ' ')));
            }
        }
        return text.append("\n\n+ proven   ! leak   ? not proven   (empty) does not apply, or was not reached\n")
                .append(reasons.stream().map(reason -> "\n" + reason).collect(Collectors.joining()))
                .append('\n')
                .toString();
    }

    void write(Path file) throws IOException {
        String text = text();
        LOG.info("{}", text);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, text);
    }
}
