package dev.tenancy.benchmarks.http;

import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How many methods of the library a request enters until its first statement, and how many classes they are in; of the floor, how
 * many of its own.
 */
final class OwnMethods {

    private static final int TENANTS = 10;
    private static final int TENANT = 3;
    /** Before the one that is looked at, so that nothing is done for the first time. */
    private static final int BEFORE = 20;

    private OwnMethods() {}

    public static void main(String[] arguments) throws IOException, SQLException {
        Options given = Options.ofSystem();
        Options options = given.with(List.of("-XX:TieredStopAtLevel=1", EnteredMethods.flag()), given.classPath());
        Tokens tokens = new Tokens(TENANTS);
        Map<String, Map<Operation, Map<String, Integer>>> variants = new LinkedHashMap<>();
        try (DatabaseServer server = DatabaseServer.start()) {
            Database.Population population = new Database.Population(TENANTS, Database.PROJECTS, 1, false);
            Database plain = server.database("plain", false, population);
            Database policies = server.database("policies", true, population);
            for (Variant variant : options.variants()) {
                Comparison.tell("asking " + variant.name());
                Database database = variant.has(Variant.Feature.POLICIES) ? policies : plain;
                try (RunningVariant running =
                        new RunningVariant(variant, variant.name(), "counted", options, database, tokens)) {
                    variants.put(variant.name(), entered(running, options, tokens));
                }
            }
        }
        variants.forEach((variant, operations) -> System.out.println(table(variant, operations)));
    }

    private static Map<Operation, Map<String, Integer>> entered(RunningVariant variant, Options options, Tokens tokens)
            throws IOException, SQLException {
        Map<Operation, Map<String, Integer>> operations = new LinkedHashMap<>();
        try (HttpConnection connection = new HttpConnection(variant.port())) {
            for (Operation operation : options.operations()) {
                variant.database().addCustomers(BEFORE + 1);
                for (int i = 0; i <= BEFORE; i++) {
                    int customer = operation == Operation.DELETE ? Database.CUSTOMERS + i : i;
                    HttpConnection.Answer answer =
                            connection.send(operation.request(TENANT, customer, i), tokens.of(TENANT));
                    if (answer.status() != operation.status()) {
                        throw new IllegalStateException(operation + " was answered " + answer);
                    }
                    operations.put(operation, counts(variant.told(EnteredMethods.TOLD)));
                }
                variant.database().tidy();
            }
        }
        return operations;
    }

    private static String table(String variant, Map<Operation, Map<String, Integer>> operations) {
        StringBuilder text = new StringBuilder(
                "\n" + variant
                        + ", until the first statement of a request:\n\n| operation | entries into methods | methods | classes |\n|---|---|---|---|\n");
        StringBuilder most = new StringBuilder();
        operations.forEach((operation, methods) -> {
            Map<String, Integer> classes = new TreeMap<>();
            methods.forEach(
                    (method, times) -> classes.merge(method.substring(0, method.indexOf(':')), times, Integer::sum));
            Map<String, Integer> packages = new TreeMap<>();
            classes.forEach(
                    (type, times) -> packages.merge(type.substring(0, type.lastIndexOf('.')), times, Integer::sum));
            String name = operation.name().toLowerCase(Locale.ROOT);
            int entries = methods.values().stream().mapToInt(Integer::intValue).sum();
            text.append(String.format(
                    Locale.ROOT, "| %s | %d | %d | %d |%n", name, entries, methods.size(), classes.size()));
            most.append(String.format(
                    Locale.ROOT, "%n- %s: %s%n  - %s%n  - %s", name, packages, most(classes), most(methods)));
        });
        return text.append("\nEntries by package, and most of them by class and by method:\n")
                .append(most)
                .toString();
    }

    private static Map<String, Integer> counts(String told) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String method : told.split(",")) {
            int equals = method.lastIndexOf('=');
            counts.put(method.substring(0, equals), Integer.valueOf(method.substring(equals + 1)));
        }
        return counts;
    }

    private static String most(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(15)
                .map(entry -> entry.getKey().replaceAll("([a-z]+\\.)+", "") + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
