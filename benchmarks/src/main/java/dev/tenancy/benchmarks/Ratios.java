package dev.tenancy.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs every operation in interleaved rounds, all variants in turn within each, and prints the CPU time of their processes as a ratio
 * to the same operation without tenancy: the mean of the rounds and their range. NONE stands twice, so that the second tells
 * how far equal things differ.
 */
final class Ratios {

    private static final int ROUNDS = 5;
    private static final long WARM_UP = 5_000_000_000L;
    private static final long ROUND = 500_000_000L;

    // The first twice.
    private static final List<Variant> ON_H2 = List.of(Variant.NONE, Variant.NONE, Variant.HIBERNATE, Variant.TENANCY);
    private static final List<Variant> ON_POSTGRESQL =
            List.of(Variant.NONE, Variant.NONE, Variant.HIBERNATE, Variant.TENANCY, Variant.POLICIES);

    private Ratios() {}

    public static void main(String[] arguments) throws IOException {
        String only = arguments.length == 0 ? "" : arguments[0];
        System.out.println(
                "| database | operation | without tenancy | the same again | @TenantId | Tenancy | with policies |");
        System.out.println("|---|---|---|---|---|---|---|");
        measure("h2", false, ON_H2, only);
        measure("postgres", true, ON_POSTGRESQL, only);
    }

    private static void measure(String database, boolean onPostgres, List<Variant> variants, String only)
            throws IOException {
        List<VariantProcess> columns = new ArrayList<>();
        try {
            for (Variant variant : variants) {
                columns.add(new VariantProcess(variant, onPostgres));
            }
            for (String operation : Operations.NAMES) {
                if (operation.startsWith(only)) {
                    print(database, operation, columns);
                }
            }
        } finally {
            for (VariantProcess one : columns) {
                one.close();
            }
        }
    }

    private static void print(String database, String operation, List<VariantProcess> columns) {
        columns.forEach(column -> column.micros(operation, WARM_UP));
        double[][] micros = new double[ROUNDS][columns.size()];
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < columns.size(); i++) {
                // Each in turn begins, so that none always runs after the same other.
                int column = (round + i) % columns.size();
                micros[round][column] = columns.get(column).micros(operation, ROUND);
            }
        }
        StringBuilder line = new StringBuilder();
        line.append("| ").append(database).append(" | ").append(operation).append(" | ");
        double none = 0;
        for (double[] round : micros) {
            none += round[0] / ROUNDS;
        }
        line.append(String.format(Locale.ROOT, "%.1f µs", none));
        for (int column = 1; column < columns.size(); column++) {
            double sum = 0;
            double lowest = Double.MAX_VALUE;
            double highest = 0;
            for (double[] round : micros) {
                double ratio = round[column] / round[0];
                sum += ratio;
                lowest = Math.min(lowest, ratio);
                highest = Math.max(highest, ratio);
            }
            line.append(String.format(Locale.ROOT, " | %.2f (%.2f to %.2f)", sum / ROUNDS, lowest, highest));
        }
        System.out.println(line.append(columns.size() == ON_POSTGRESQL.size() ? " |" : " | |"));
    }
}
