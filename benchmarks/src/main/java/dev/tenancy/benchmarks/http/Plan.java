package dev.tenancy.benchmarks.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How PostgreSQL ran one statement, as auto_explain tells it.
 *
 * @param sql the statement as it was sent
 * @param buffers pages that it read, from memory or not
 * @param rows that it read from tables and indexes
 * @param ways by which it read them, in the order of the plan
 * @param anew whether it was planned for these values, and not once for all
 */
record Plan(String sql, long buffers, long rows, List<String> ways, boolean anew) {

    private static final JsonMapper JSON = new JsonMapper();
    // Lines that go on begin with a tab.
    private static final Pattern LOGGED = Pattern.compile("LOG: +duration: .* plan:\\n((?:\\t.*\\n)+)");
    private static final Pattern PARAMETER = Pattern.compile("\\$\\d");

    /** Those that a log has from a place in it on, but for questions about the schema. */
    static List<Plan> in(Path log, long from) throws IOException {
        byte[] bytes = Files.readAllBytes(log);
        String text = new String(bytes, (int) from, (int) (bytes.length - from), StandardCharsets.UTF_8);
        return LOGGED.matcher(text)
                .results()
                .map(MatchResult::group)
                .map(entry -> JSON.readTree(entry.substring(entry.indexOf('{'))))
                .map(Plan::of)
                .filter(plan -> !plan.sql().contains(" pg_"))
                .toList();
    }

    private static Plan of(JsonNode entry) {
        JsonNode top = entry.path("Plan");
        List<String> ways = new ArrayList<>();
        String sql = entry.path("Query Text").asString();
        boolean generic = PARAMETER.matcher(top.toString()).find();
        return new Plan(
                sql,
                top.path("Shared Hit Blocks").asLong()
                        + top.path("Shared Read Blocks").asLong(),
                read(top, ways),
                ways,
                !generic && PARAMETER.matcher(sql).find());
    }

    // The rows that the scans at the leaves have read, those that a condition dropped included.
    private static long read(JsonNode node, List<String> ways) {
        long rows = 0;
        String type = node.path("Node Type").asString();
        if (type.endsWith("Scan") && !type.equals("Bitmap Heap Scan")) {
            String index = node.path("Index Name").asString("");
            ways.add(index.isEmpty() ? "all of " + node.path("Relation Name").asString("?") : index);
            double once = node.path("Actual Rows").asDouble()
                    + node.path("Rows Removed by Filter").asDouble(0);
            rows += Math.round(once * node.path("Actual Loops").asDouble());
        }
        for (JsonNode below : node.path("Plans")) {
            rows += read(below, ways);
        }
        return rows;
    }
}
