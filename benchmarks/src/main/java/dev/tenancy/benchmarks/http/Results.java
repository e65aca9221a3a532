package dev.tenancy.benchmarks.http;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

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

    /** The CPU time of a round, as ratios to the first variant; as long as they fall, the variants are not warm. */
    String round(int round) {
        List<Load.Turn> first = all(0);
        return IntStream.range(0, titles.size())
                .mapToObj(variant -> String.format(
                        Locale.ROOT,
                        "%s %.2f",
                        titles.get(variant),
                        all(variant).get(round).cpu() / first.get(round).cpu()))
                .collect(Collectors.joining(", "));
    }

    /** Tables in Markdown. Ratios are to the first variant in the same round: their mean and, in parentheses, their range. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        table(
                text,
                "CPU of application and PostgreSQL for one request, in µs and as ratios",
                (first, turns) -> ratio(first, turns, Load.Turn::cpu, MICRO, "%.0f µs"));
        table(
                text,
                "CPU of the application + CPU of PostgreSQL for one request, in µs",
                (first, turns) -> String.format(
                        Locale.ROOT,
                        "%.0f + %.0f",
                        mean(turns, Load.Turn::application) / MICRO,
                        mean(turns, Load.Turn::postgres) / MICRO));
        table(
                text,
                "Allocated by the application for one request, in KB and as ratios",
                (first, turns) -> ratio(first, turns, Load.Turn::allocated, KILO, "%.1f KB"));
        table(
                text,
                "Latency: half of the requests are faster (p50), in µs and as ratios",
                (first, turns) -> ratio(first, turns, turn -> turn.percentile(50), MICRO, "%.0f µs"));
        table(
                text,
                "Latency: one of a hundred is slower (p99), in µs and as ratios",
                (first, turns) -> ratio(first, turns, turn -> turn.percentile(99), MICRO, "%.0f µs"));
        return text.toString();
    }

    private void table(StringBuilder text, String title, BiFunction<List<Load.Turn>, List<Load.Turn>, String> cell) {
        text.append('\n').append(title).append(":\n\n| operation |");
        titles.forEach(variant -> text.append(' ').append(variant).append(" |"));
        text.append("\n|---|").append("---|".repeat(titles.size())).append('\n');
        turns.forEach((operation, variants) -> row(text, operation.name().toLowerCase(Locale.ROOT), variants, cell));
        row(text, "all", IntStream.range(0, titles.size()).mapToObj(this::all).toList(), cell);
    }

    private static void row(
            StringBuilder text,
            String name,
            List<List<Load.Turn>> variants,
            BiFunction<List<Load.Turn>, List<Load.Turn>, String> cell) {
        text.append("| ").append(name).append(" |");
        for (List<Load.Turn> variant : variants) {
            text.append(' ').append(cell.apply(variants.get(0), variant)).append(" |");
        }
        text.append('\n');
    }

    // Each round of a variant, as if all operations were one.
    private List<Load.Turn> all(int variant) {
        List<List<Load.Turn>> operations =
                turns.values().stream().map(variants -> variants.get(variant)).toList();
        int rounds = operations.stream().mapToInt(List::size).min().orElse(0);
        return IntStream.range(0, rounds)
                .mapToObj(round -> Load.Turn.all(
                        operations.stream().map(rows -> rows.get(round)).toList()))
                .toList();
    }

    private static String ratio(
            List<Load.Turn> first,
            List<Load.Turn> other,
            ToDoubleFunction<Load.Turn> figure,
            double unit,
            String format) {
        if (other == first) {
            return String.format(Locale.ROOT, format, mean(first, figure) / unit);
        }
        double[] ratios = IntStream.range(0, first.size())
                .mapToDouble(round -> figure.applyAsDouble(other.get(round)) / figure.applyAsDouble(first.get(round)))
                .toArray();
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f to %.2f)",
                DoubleStream.of(ratios).average().orElseThrow(),
                DoubleStream.of(ratios).min().orElseThrow(),
                DoubleStream.of(ratios).max().orElseThrow());
    }

    private static double mean(List<Load.Turn> turns, ToDoubleFunction<Load.Turn> figure) {
        return turns.stream().mapToDouble(figure).average().orElseThrow();
    }
}
