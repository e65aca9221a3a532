package dev.tenancy.benchmarks.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A variant in a process of its own, as {@link Launcher} runs it. */
final class RunningVariant implements AutoCloseable {

    /** Connections of each variant to the database: no request waits for one. */
    static final int POOL = 8;

    private final Variant variant;
    private final String title;
    private final String application;
    private final Database database;
    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;
    private final int port;

    /**
     * Starts it.
     *
     * @param title what its column is called
     */
    RunningVariant(Variant variant, String title, String application, Options options, Database database, Tokens tokens)
            throws IOException {
        this.variant = variant;
        this.title = title;
        this.application = application;
        this.database = database;
        List<String> command = new ArrayList<>(List.of(
                options.java().resolve("bin").resolve("java").toString(),
                "-Xms512m",
                "-Xmx512m",
                // One that ended would take its time along, which could then not be left out.
                "-XX:-UseDynamicNumberOfCompilerThreads"));
        command.addAll(options.flags());
        command.addAll(List.of(
                "-cp",
                variant.classPath(options.classPath()),
                Launcher.class.getName(),
                variant.sources(),
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--server.tomcat.max-keep-alive-requests=-1",
                "--spring.main.banner-mode=off",
                "--spring.datasource.url=" + database.url(application),
                "--spring.datasource.username=timesheets",
                "--spring.datasource.password=",
                "--spring.datasource.hikari.maximum-pool-size=" + POOL,
                "--spring.datasource.hikari.max-lifetime=0"));
        command.addAll(variant.arguments(tokens, options.membershipCache()));
        process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        orders = process.outputWriter(StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
        port = Math.toIntExact(answer(Launcher.READY));
    }

    Variant variant() {
        return variant;
    }

    Database database() {
        return database;
    }

    String title() {
        return title;
    }

    int port() {
        return port;
    }

    Usage usage() throws IOException, SQLException {
        orders.write("\n");
        orders.flush();
        return new Usage(
                answer(Launcher.ALLOCATED),
                ThreadTimes.of(List.of(process.pid())),
                ThreadTimes.of(database.backends(application)));
    }

    /** What the variant has used so far. */
    record Usage(long allocated, ThreadTimes application, ThreadTimes postgres) {}

    /** All of the CPU time of the application so far, the JIT compiler's too. */
    Duration cpu() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("The process of " + title + " ended."));
    }

    private long answer(String prefix) throws IOException {
        return Long.parseLong(told(prefix));
    }

    /** The rest of the next line of its output that begins so. */
    String told(String prefix) throws IOException {
        StringBuilder other = new StringBuilder();
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith(prefix)) {
                return line.substring(prefix.length());
            }
            other.append(line).append('\n');
        }
        throw new IllegalStateException("The process of " + title + " ended. It said:\n" + other);
    }

    @Override
    public void close() throws IOException {
        orders.close();
        // Else what it says at its end could fill the pipe, and it would wait for a reader.
        answers.lines().forEach(line -> {});
        process.onExit().join();
    }
}
