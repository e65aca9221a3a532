package dev.tenancy.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A variant in a process of its own. In one process the compiler sees the types of all of them at the same call, and gives what comes
 * first the better code.
 */
final class VariantProcess implements AutoCloseable {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final String ANSWER = "micros ";
    // So that no result can be left out as unused.
    private static volatile Object last = "";

    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;

    VariantProcess(Variant variant, boolean onPostgres) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        VariantProcess.class.getName(),
                        variant.name(),
                        Boolean.toString(onPostgres))
                .redirectError(Redirect.INHERIT)
                .start();
        orders = process.outputWriter(StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Runs an operation again and again for so long; the CPU time of the process that one took. */
    double micros(String operation, long nanos) {
        try {
            orders.write(operation + " " + nanos + "\n");
            orders.flush();
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith(ANSWER)) {
                    return Double.parseDouble(line.substring(ANSWER.length()));
                }
            }
            throw new IllegalStateException("The process ended; it says why on its error output.");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() throws IOException {
        orders.close();
        process.onExit().join();
    }

    public static void main(String[] arguments) throws IOException, SQLException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Operations operations =
                new Operations(Variant.valueOf(arguments[0]), Boolean.parseBoolean(arguments[1]))) {
            Map<String, Supplier<Object>> all = operations.all();
            for (@Nullable String order = orders.readLine(); order != null; order = orders.readLine()) {
                String[] words = order.split(" ");
                System.out.println(
                        ANSWER + measured(Objects.requireNonNull(all.get(words[0])), Long.parseLong(words[1])));
            }
        }
    }

    private static double measured(Supplier<Object> operation, long nanos) {
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
