package dev.tenancy.benchmarks;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs all operations in one go and prints the CPU time of each as a ratio to the same operation without tenancy. */
final class Ratios {

    private Ratios() {}

    public static void main(String[] arguments) throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(Operations.class.getName() + "\\." + (arguments.length == 0 ? "" : arguments[0]))
                        .addProfiler(CpuTime.class)
                        .build())
                .run();
        Map<String, Map<Variant, Double>> rows = new TreeMap<>();
        for (RunResult result : results) {
            String row = result.getParams().getParam("database") + " | "
                    + result.getPrimaryResult().getLabel();
            rows.computeIfAbsent(row, absent -> new TreeMap<>())
                    .put(
                            Variant.valueOf(result.getParams().getParam("variant")),
                            Objects.requireNonNull(result.getSecondaryResults().get(CpuTime.LABEL))
                                    .getScore());
        }
        System.out.println("| database | operation | without tenancy | @TenantId | Tenancy |");
        System.out.println("|---|---|---|---|---|");
        rows.forEach((row, cpu) -> {
            double none = Objects.requireNonNull(cpu.get(Variant.NONE));
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.1f µs | %.2f | %.2f |%n",
                    row,
                    none,
                    Objects.requireNonNull(cpu.get(Variant.HIBERNATE)) / none,
                    Objects.requireNonNull(cpu.get(Variant.TENANCY)) / none);
        });
    }
}
