package dev.tenancy.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs all operations in one go and prints the CPU time of each as a ratio to the same operation without tenancy. */
final class Ratios {

    private Ratios() {}

    public static void main(String[] arguments) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(Operations.class.getName() + "\\." + (arguments.length == 0 ? "" : arguments[0]))
                .addProfiler(CpuTime.class);
        List<RunResult> results = new ArrayList<>(new Runner(options.build()).run());
        results.addAll(new Runner(options.param("database", "postgres")
                        .param("variant", Variant.POLICIES.name())
                        .build())
                .run());
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
        System.out.println("| database | operation | without tenancy | @TenantId | Tenancy | with policies |");
        System.out.println("|---|---|---|---|---|---|");
        rows.forEach((row, cpu) -> {
            Double policies = cpu.get(Variant.POLICIES);
            double none = Objects.requireNonNull(cpu.get(Variant.NONE));
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.1f µs | %.2f | %.2f | %s |%n",
                    row,
                    none,
                    Objects.requireNonNull(cpu.get(Variant.HIBERNATE)) / none,
                    Objects.requireNonNull(cpu.get(Variant.TENANCY)) / none,
                    policies == null ? "" : String.format(Locale.ROOT, "%.2f", policies / none));
        });
    }
}
