package dev.tenancy.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Runs every operation in interleaved rounds, all variants in turn within each, and prints the CPU time of this process as a ratio
 * to the same operation without tenancy: the mean of the rounds and their range. NONE stands twice, so that the second tells
 * how far equal things differ.
 */
final class Ratios {

    private static final int ROUNDS = 5;
    private static final long WARM_UP = 5_000_000_000L;
    private static final long ROUND = 500_000_000L;

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    // So that no result can be left out as unused.
    private static volatile Object last = "";

    private Ratios() {}

    public static void main(String[] arguments) throws IOException, SQLException {
        String only = arguments.length == 0 ? "" : arguments[0];
        System.out.println(
                "| database | operation | without tenancy | the same again | @TenantId | Tenancy | with policies |");
        System.out.println("|---|---|---|---|---|---|---|");
        measure("h2", false, List.of(Variant.NONE, Variant.HIBERNATE, Variant.TENANCY), only);
        measure("postgres", true, List.of(Variant.values()), only);
    }

    private static void measure(String database, boolean onPostgres, List<Variant> variants, String only)
            throws IOException, SQLException {
        Map<Variant, Operations> all = new EnumMap<>(Variant.class);
        try {
            for (Variant variant : variants) {
                all.put(variant, new Operations(variant, onPostgres));
            }
            for (String operation :
                    Objects.requireNonNull(all.get(Variant.NONE)).all().keySet()) {
                if (operation.startsWith(only)) {
                    print(database, operation, all);
                }
            }
        } finally {
            for (Operations one : all.values()) {
                one.close();
            }
        }
    }

    private static void print(String database, String operation, Map<Variant, Operations> all) {
        List<Supplier<Object>> columns = new ArrayList<>();
        columns.add(operation(all, Variant.NONE, operation));
        columns.add(operation(all, Variant.NONE, operation));
        columns.add(operation(all, Variant.HIBERNATE, operation));
        columns.add(operation(all, Variant.TENANCY, operation));
        if (all.containsKey(Variant.POLICIES)) {
            columns.add(operation(all, Variant.POLICIES, operation));
        }
        columns.forEach(column -> microsOf(column, WARM_UP));
        double[][] micros = new double[ROUNDS][columns.size()];
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < columns.size(); i++) {
                // Each in turn begins, so that none always runs after the same other.
                int column = (round + i) % columns.size();
                micros[round][column] = microsOf(columns.get(column), ROUND);
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
        System.out.println(line.append(all.containsKey(Variant.POLICIES) ? " |" : " | |"));
    }

    private static Supplier<Object> operation(Map<Variant, Operations> all, Variant variant, String name) {
        return Objects.requireNonNull(
                Objects.requireNonNull(all.get(variant)).all().get(name));
    }

    private static double microsOf(Supplier<Object> operation, long nanos) {
        long cpu = SYSTEM.getProcessCpuTime();
        long end = System.nanoTime() + nanos;
        int runs = 0;
        while (System.nanoTime() < end) {
            last = operation.get();
            runs++;
        }
        return (SYSTEM.getProcessCpuTime() - cpu) / 1_000.0 / runs;
    }
}
