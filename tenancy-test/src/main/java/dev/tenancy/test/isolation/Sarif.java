package dev.tenancy.test.isolation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is not proven, as code scanners show it: the Static Analysis Results Interchange Format, version 2.1.0, by OASIS. */
final class Sarif {

    private Sarif() {}

    /**
     * @param facts what was attacked
     * @param rehearsal whether it is a rehearsal's, which scanners must not take for another run of the same
     */
    static Map<String, Object> of(List<Cell> cells, Class<?> test, Map<String, String> facts, boolean rehearsal) {
        Map<String, Object> rules = new LinkedHashMap<>();
        List<Object> results = new ArrayList<>();
        for (Cell cell : cells) {
            if (cell.verdict().isTold()) {
                String attack = cell.attack().replaceFirst(":.*", "").replace(' ', '-');
                String rule = cell.part() + (attack.isEmpty() ? "" : "/" + attack);
                rules.putIfAbsent(
                        rule,
                        Map.of(
                                "id",
                                rule,
                                "shortDescription",
                                Map.of("text", "Isolation of " + cell.part() + ": " + cell.attack())));
                results.add(result(cell, rule, test));
            }
        }
        Map<String, Object> driver = Map.of(
                "name",
                rehearsal ? "Tenancy isolation tests, rehearsal" : "Tenancy isolation tests",
                "version",
                facts.getOrDefault("Tenancy", ""),
                "rules",
                List.copyOf(rules.values()));
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("tool", Map.of("driver", driver));
        run.put("automationDetails", Map.of("id", rehearsal ? "tenancy/rehearsal/" : "tenancy/isolation/"));
        run.put("properties", facts);
        run.put("results", results);
        Map<String, Object> sarif = new LinkedHashMap<>();
        sarif.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        sarif.put("version", "2.1.0");
        sarif.put("runs", List.of(run));
        return sarif;
    }

    private static Map<String, Object> result(Cell cell, String rule, Class<?> test) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("ruleId", rule);
        result.put("level", cell.verdict() == Cell.Verdict.LISTED ? "note" : "error");
        result.put("message", Map.of("text", cell.path() + ": " + cell.evidence()));
        // Where scanners show a finding; the place itself may be a line of the mapping, or of the database.
        result.put(
                "locations",
                List.of(Map.of(
                        "physicalLocation",
                        Map.of(
                                "artifactLocation",
                                Map.of(
                                        "uri",
                                        "src/test/java/"
                                                + outermost(test).getName().replace('.', '/') + ".java"),
                                "region",
                                Map.of("startLine", 1)),
                        "logicalLocations",
                        List.of(Map.of("fullyQualifiedName", cell.target(), "kind", "member")))));
        if (cell.verdict() == Cell.Verdict.LISTED) {
            result.put("suppressions", List.of(Map.of("kind", "inSource", "justification", cell.evidence())));
        }
        return result;
    }

    private static Class<?> outermost(Class<?> type) {
        Class<?> outer = type;
        while (outer.getEnclosingClass() != null) {
            outer = outer.getEnclosingClass();
        }
        return outer;
    }
}
