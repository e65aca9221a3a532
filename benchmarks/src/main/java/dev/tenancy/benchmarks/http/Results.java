package dev.tenancy.benchmarks.http;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** What was measured: for each operation and variant a turn of every round. */
final class Results {

    private static final double MICRO = 1_000;
    private static final double KILO = 1_024;

    private final List<String> titles;
    private final Map<Operation, List<List<Load.Turn>>> turns = new EnumMap<>(Operation.class);

    Results(List<String> titles) {
        this.titles = titles;
    }

    void add(Operation operation, int variant, Load.Turn turn) {
        turns.computeIfAbsent(
                        operation,
                        added -> titles.stream()
                                .map(title -> (List<Load.Turn>) new ArrayList<Load.Turn>())
                                .toList())
                .get(variant)
                .add(turn);
    }

    /** Tables in Markdown. Ratios are to the first variant in the same round: their mean and, in parentheses, their range. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        table(text, "CPU of application and PostgreSQL for one request, in µs and as ratios", (operation, variant) -> {
            return ratio(operation, variant, Load.Turn::cpu, MICRO, "%.0f µs");
        });
        table(text, "CPU of the application + CPU of PostgreSQL for one request, in µs", (operation, variant) -> {
            List<Load.Turn> all = turns(operation, variant);
            return String.format(
                    Locale.ROOT,
                    "%.0f + %.0f",
                    mean(all, Load.Turn::application) / MICRO,
                    mean(all, Load.Turn::postgres) / MICRO);
        });
        table(text, "Allocated by the application for one request, in KB and as ratios", (operation, variant) -> {
            return ratio(operation, variant, Load.Turn::allocated, KILO, "%.1f KB");
        });
        table(text, "Latency: half of the requests are faster (p50), in µs and as ratios", (operation, variant) -> {
            return ratio(operation, variant, turn -> turn.percentile(50), MICRO, "%.0f µs");
        });
        table(text, "Latency: one of a hundred is slower (p99), in µs and as ratios", (operation, variant) -> {
            return ratio(operation, variant, turn -> turn.percentile(99), MICRO, "%.0f µs");
        });
        return text.toString();
    }

    private void table(StringBuilder text, String title, BiFunction<Operation, Integer, String> cell) {
        text.append('\n').append(title).append(":\n\n| operation |");
        titles.forEach(variant -> text.append(' ').append(variant).append(" |"));
        text.append("\n|---|").append("---|".repeat(titles.size())).append('\n');
        for (Operation operation : turns.keySet()) {
            text.append("| ").append(operation.name().toLowerCase(Locale.ROOT)).append(" |");
            for (int variant = 0; variant < titles.size(); variant++) {
                text.append(' ').append(cell.apply(operation, variant)).append(" |");
            }
            text.append('\n');
        }
    }

    private String ratio(
            Operation operation, int variant, ToDoubleFunction<Load.Turn> figure, double unit, String format) {
        List<Load.Turn> first = turns(operation, 0);
        if (variant == 0) {
            return String.format(Locale.ROOT, format, mean(first, figure) / unit);
        }
        List<Load.Turn> other = turns(operation, variant);
        double[] ratios = new double[first.size()];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = figure.applyAsDouble(other.get(round)) / figure.applyAsDouble(first.get(round));
        }
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f to %.2f)",
                DoubleStream.of(ratios).average().orElseThrow(),
                DoubleStream.of(ratios).min().orElseThrow(),
                DoubleStream.of(ratios).max().orElseThrow());
    }

    private List<Load.Turn> turns(Operation operation, int variant) {
        return turns.getOrDefault(operation, List.of()).get(variant);
    }

    private static double mean(List<Load.Turn> turns, ToDoubleFunction<Load.Turn> figure) {
        return turns.stream().mapToDouble(figure).average().orElseThrow();
    }
}
