package dev.tenancy.benchmarks.http;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * How the cost of the sample's requests grows with the number of tenants, and what a large tenant costs the others: the pages that
 * PostgreSQL reads for each statement, and the CPU of a request under load.
 */
final class Growth {

    private static final int ENTRIES = 300;
    private static final int LARGE = 1000;
    /** How often a statement is run before: the driver prepares it at its 5th, and PostgreSQL chooses after 5 more. */
    private static final int BEFORE = 14;

    private static final Variant SAMPLE = Variant.parse(System.getProperty("variant", "sample"));

    private final DatabaseServer server;
    private final Options options;
    private final Tokens tokens;
    private final Map<String, Database> databases = new LinkedHashMap<>();

    private Growth(DatabaseServer server, Options options, Tokens tokens) {
        this.server = server;
        this.options = options;
        this.tokens = tokens;
    }

    public static void main(String[] arguments) throws IOException, SQLException {
        // With it, more tenants would ask more often in the same time.
        Options options = Options.ofSystem().withoutMembershipCache();
        int[] sizes = Options.words("tenants", "10,100,1000,10000")
                .mapToInt(Integer::parseInt)
                .toArray();
        Tokens tokens = new Tokens(Arrays.stream(sizes).max().orElseThrow());
        try (DatabaseServer server = DatabaseServer.start()) {
            Growth growth = new Growth(server, options, tokens);
            for (int size : sizes) {
                growth.fill("of " + size, size, 1);
            }
            // Beside as many others as in the column before the last.
            int others = sizes[Math.max(0, sizes.length - 2)];
            growth.fill("of " + others + ", one of them large", others, LARGE);
            System.out.println(growth.statements());
            if (options.rounds() > 0) {
                System.out.println(growth.load());
            }
        }
    }

    private void fill(String title, int size, int large) throws SQLException {
        Comparison.tell("filling a database " + title);
        databases.put(
                title,
                server.database(
                        "of_" + size + "_" + large,
                        SAMPLE.has(Variant.Feature.POLICIES),
                        new Database.Population(size, ENTRIES, large, true)));
    }

    private String statements() throws IOException, SQLException {
        Map<String, Map<String, List<Plan>>> columns = new LinkedHashMap<>();
        for (Map.Entry<String, Database> entry : databases.entrySet()) {
            Database database = entry.getValue();
            Comparison.tell("asking for the plans " + entry.getKey());
            database.logPlans(true);
            try (RunningVariant sample = new RunningVariant(SAMPLE, "sample", "explained", options, database, tokens)) {
                columns.put(entry.getKey(), plans(sample, database.population().tenants() / 2));
                if (database.population().hasLarge()) {
                    columns.put("the large one", plans(sample, 0));
                }
            } finally {
                database.logPlans(false);
            }
        }
        return buffers(columns) + ways(columns);
    }

    private Map<String, List<Plan>> plans(RunningVariant sample, int tenant) throws IOException, SQLException {
        Random random = new Random(1);
        int from = sample.database().population().hasLarge() ? 1 : 0;
        Map<String, List<Plan>> plans = new LinkedHashMap<>();
        try (HttpConnection connection = new HttpConnection(sample.port())) {
            for (Question question : Question.all()) {
                for (int i = 0; i < BEFORE; i++) {
                    ask(
                            connection,
                            question,
                            random.nextInt(from, sample.database().population().tenants()));
                }
                // Its own values may lead to a statement that the others' did not.
                ask(connection, question, tenant);
                long before = Files.size(server.log());
                ask(connection, question, tenant);
                plans.put(question.name(), Plan.in(server.log(), before));
            }
        }
        sample.database().tidy();
        return plans;
    }

    private void ask(HttpConnection connection, Question question, int tenant) throws IOException {
        Operation.Request request = question.request().apply(tenant);
        HttpConnection.Answer answer = connection.send(request, tokens.of(tenant));
        if (answer.status() >= 400) {
            throw new IllegalStateException(request + " was answered " + answer);
        }
    }

    private static String buffers(Map<String, Map<String, List<Plan>>> columns) {
        StringBuilder text =
                new StringBuilder("\nPages that each statement of a request reads, in their order:\n\n| request |");
        columns.keySet().forEach(column -> text.append(' ').append(column).append(" |"));
        text.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
        for (Question question : Question.all()) {
            text.append("| ").append(question.name()).append(" |");
            for (Map<String, List<Plan>> plans : columns.values()) {
                text.append(' ')
                        .append(plans.getOrDefault(question.name(), List.of()).stream()
                                .map(plan -> Long.toString(plan.buffers()))
                                .collect(Collectors.joining(" + ")))
                        .append(" |");
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String ways(Map<String, Map<String, List<Plan>>> columns) {
        StringBuilder text = new StringBuilder();
        columns.forEach((column, plans) -> {
            text.append("\nBy what they read, and how many rows, ")
                    .append(column)
                    .append(":\n\n");
            plans.forEach((question, statements) -> text.append("- ")
                    .append(question)
                    .append(": ")
                    .append(statements.stream()
                            .map(plan -> String.format(
                                    Locale.ROOT,
                                    "%s (%d%s)",
                                    String.join(", ", plan.ways()),
                                    plan.rows(),
                                    plan.anew() ? ", planned anew" : ""))
                            .collect(Collectors.joining("; ")))
                    .append('\n'));
        });
        return text.toString();
    }

    private String load() throws IOException, SQLException {
        List<RunningVariant> variants = new ArrayList<>();
        try (Load load = new Load(tokens, options.connections())) {
            for (Map.Entry<String, Database> entry : databases.entrySet()) {
                Comparison.tell("starting the sample " + entry.getKey());
                variants.add(new RunningVariant(
                        SAMPLE, entry.getKey(), "variant-" + variants.size(), options, entry.getValue(), tokens));
            }
            return new Comparison(options, load, variants).measured().markdown();
        } finally {
            for (RunningVariant one : variants) {
                one.close();
            }
        }
    }
}
