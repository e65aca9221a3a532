package dev.tenancy.benchmarks.http;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The CPU time of each thread of some processes, of user and system together, as Linux tells it in {@code /proc}. From
 * {@code schedstat}, in nanoseconds: the ticks of {@code stat} are 10 ms, as much as a backend needs for a whole turn. Threads of
 * the JIT compiler are left out: what they do depends on when they do it.
 */
record ThreadTimes(Map<Path, Long> nanos) {

    private static final String COMPILER = "C[12] CompilerThre.*";

    static ThreadTimes of(List<Long> pids) {
        Map<Path, Long> nanos = new HashMap<>();
        for (long pid : pids) {
            try (DirectoryStream<Path> threads =
                    Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
                for (Path thread : threads) {
                    add(thread, nanos);
                }
            } catch (IOException failure) {
                throw new IllegalStateException(
                        "The CPU time of process " + pid
                                + " cannot be read. This needs Linux, and a process that lives.",
                        failure);
            }
        }
        return new ThreadTimes(nanos);
    }

    private static void add(Path thread, Map<Path, Long> nanos) throws IOException {
        try {
            if (!Files.readString(thread.resolve("comm")).strip().matches(COMPILER)) {
                String[] words = Files.readString(thread.resolve("schedstat")).split(" ");
                nanos.put(thread, Long.parseLong(words[0]));
            }
        } catch (NoSuchFileException ended) {
            // A thread may end while the others are read; what it did is lost, and little.
            nanos.remove(thread);
        }
    }

    /** What the threads of this have done since then. */
    long since(ThreadTimes before) {
        return nanos.entrySet().stream()
                .mapToLong(thread -> thread.getValue() - before.nanos.getOrDefault(thread.getKey(), 0L))
                .sum();
    }
}
