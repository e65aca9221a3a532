package dev.tenancy.benchmarks.http;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Measures the sample beside the floor, over HTTP and on PostgreSQL. All variants run at once and take turns, in another order in
 * each round, so that what slows the machine slows all of them. A variant that is named twice shows how far equal things differ.
 */
final class Comparison {

    /** Requests of one operation at a time while warming up: the compiler is to see them mixed. */
    private static final int WARM_UP_TURN = 250;

    private static final int TENANTS = 200;
    private static final int ENTRIES = 500;

    private final Options options;
    private final Load load;
    private final List<RunningVariant> variants;
    private final Random random = new Random();

    Comparison(Options options, Load load, List<RunningVariant> variants) {
        this.options = options;
        this.load = load;
        this.variants = variants;
    }

    public static void main(String[] arguments) throws IOException, SQLException {
        Options options = Options.ofSystem();
        Tokens tokens = new Tokens(TENANTS);
        List<RunningVariant> variants = new ArrayList<>();
        try (DatabaseServer server = DatabaseServer.start();
                Load load = new Load(tokens, options.connections())) {
            Database.Population population = new Database.Population(TENANTS, ENTRIES, 1, false);
            Database plain = server.database("plain", false, population);
            Database policies = server.database("policies", true, population);
            try {
                for (int process = 0; process < options.processes(); process++) {
                    for (int column = 0; column < options.variants().size(); column++) {
                        Variant variant = options.variants().get(column);
                        String title = title(options.variants(), column);
                        tell("starting " + title);
                        Database database = variant.has(Variant.Feature.POLICIES) ? policies : plain;
                        variants.add(new RunningVariant(
                                variant, title, "variant-" + variants.size(), options, database, tokens));
                    }
                }
                new SameAnswers(tokens).check(variants);
                tell("all of them answer alike");
                System.out.println(
                        new Comparison(options, load, variants).measured().markdown());
            } finally {
                for (RunningVariant one : variants) {
                    one.close();
                }
            }
        }
    }

    private static String title(List<Variant> variants, int column) {
        Variant variant = variants.get(column);
        return variants.subList(0, column).contains(variant) ? variant.name() + " again" : variant.name();
    }

    /** Warms all of them up, and measures them in turn. */
    Results measured() throws IOException, SQLException {
        int turns = options.warmUp() / options.operations().size() / WARM_UP_TURN;
        for (int turn = 0; turn < Math.max(1, turns); turn++) {
            for (Operation operation : options.operations()) {
                for (RunningVariant variant : variants) {
                    load.run(variant, operation, WARM_UP_TURN);
                }
            }
        }
        tell("warm");
        List<String> titles =
                variants.stream().map(RunningVariant::title).distinct().toList();
        Results results = new Results(titles);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, variants.size()).boxed().toList());
        for (int round = 0; round < options.rounds(); round++) {
            Collections.shuffle(order, random);
            for (Operation operation : options.operations()) {
                List<List<Load.Turn>> columns = titles.stream()
                        .map(title -> (List<Load.Turn>) new ArrayList<Load.Turn>())
                        .toList();
                for (int variant : order) {
                    RunningVariant running = variants.get(variant);
                    columns.get(titles.indexOf(running.title())).add(load.run(running, operation, options.requests()));
                }
                for (int column = 0; column < columns.size(); column++) {
                    results.add(operation, column, Load.Turn.all(columns.get(column)));
                }
            }
            tell("round " + (round + 1) + " of " + options.rounds() + ", CPU: " + results.round(round));
        }
        return results;
    }

    static void tell(String progress) {
        System.err.println(progress);
    }
}
