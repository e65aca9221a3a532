package dev.tenancy.benchmarks.http;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.util.FileSystemUtils;

/**
 * What the start and the first requests cost: plain, with an archive of the classes (CDS), and for the sample processed ahead of time
 * (AOT), and both. All of them run from jars, since an archive holds no classes from folders.
 */
final class FirstRequests {

    private static final int TENANTS = 10;
    private static final String AOT = "-Dspring.aot.enabled=true";

    /** One way to start; {@code options} have its flags and its class path. */
    private record Way(Variant variant, Options options) {}

    /** What one start took, in milliseconds. */
    private record Start(
            double ready, double readyCpu, double first, double firstCpu, double second, double tenMoreCpu) {}

    private final Options options;
    private final Path folder;
    private final Database plain;
    private final Database policies;
    private final Tokens tokens = new Tokens(TENANTS);

    private FirstRequests(Options options, Path folder, Database plain, Database policies) {
        this.options = options;
        this.folder = folder;
        this.plain = plain;
        this.policies = policies;
    }

    public static void main(String[] arguments) throws IOException, SQLException {
        Path folder = Files.createTempDirectory("first-requests");
        try (DatabaseServer server = DatabaseServer.start()) {
            Database.Population population = new Database.Population(TENANTS, Database.PROJECTS, 1, false);
            Database plain = server.database("plain", false, population);
            Database policies = server.database("policies", true, population);
            Options given = Options.ofSystem();
            Options options = given.with(List.of(), packed(given.classPath(), folder));
            System.out.println(new FirstRequests(options, folder, plain, policies).table());
        } finally {
            FileSystemUtils.deleteRecursively(folder);
        }
    }

    // Of each module that is a folder, a jar of the module's name.
    private static String packed(String classPath, Path folder) throws IOException {
        List<String> entries = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                String module = path.resolve("../..").normalize().getFileName().toString();
                entries.add(jar(path, folder.resolve(module + ".jar")).toString());
            } else {
                entries.add(entry);
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    private static Path jar(Path root, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted().toList()) {
                String name = root.relativize(file).toString();
                if (Files.isDirectory(file) && !name.isEmpty()) {
                    entries.putNextEntry(new ZipEntry(name + "/"));
                } else if (Files.isRegularFile(file)) {
                    entries.putNextEntry(new ZipEntry(name));
                    Files.copy(file, entries);
                }
            }
        }
        return jar;
    }

    private String table() throws IOException, SQLException {
        Map<String, Way> ways = new LinkedHashMap<>();
        for (Variant variant : options.variants()) {
            ways.put(variant.name(), new Way(variant, options));
            ways.put(variant.name() + ", CDS", archived(variant, options));
            if (variant.isSample()) {
                Options processed = processed(variant);
                ways.put(variant.name() + ", AOT", new Way(variant, processed));
                ways.put(variant.name() + ", AOT and CDS", archived(variant, processed));
            }
        }
        Map<String, List<Start>> starts = new LinkedHashMap<>();
        for (int round = 0; round < options.rounds(); round++) {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                starts.computeIfAbsent(way.getKey(), any -> new ArrayList<>()).add(start(way.getValue()));
            }
            Comparison.tell("round " + (round + 1) + " of " + options.rounds());
        }
        return table(starts);
    }

    private Database database(Variant variant) {
        return variant.has(Variant.Feature.POLICIES) ? policies : plain;
    }

    private RunningVariant run(Way way) throws IOException {
        return new RunningVariant(
                way.variant(), way.variant().name(), "started", way.options(), database(way.variant()), tokens);
    }

    private Start start(Way way) throws IOException, SQLException {
        long began = System.nanoTime();
        try (RunningVariant running = run(way);
                HttpConnection connection = new HttpConnection(running.port())) {
            double ready = millis(Duration.ofNanos(System.nanoTime() - began));
            double readyCpu = millis(running.cpu());
            double first = list(connection);
            double firstCpu = millis(running.cpu()) - readyCpu;
            double second = list(connection);
            double before = millis(running.cpu());
            for (int i = 0; i < 10; i++) {
                list(connection);
            }
            return new Start(ready, readyCpu, first, firstCpu, second, millis(running.cpu()) - before);
        }
    }

    private double list(HttpConnection connection) throws IOException {
        long began = System.nanoTime();
        HttpConnection.Answer answer = connection.send(Operation.LIST.request(1, 0, 0), tokens.of(1));
        if (answer.status() != Operation.LIST.status()) {
            throw new IllegalStateException("A list was answered " + answer);
        }
        return millis(Duration.ofNanos(System.nanoTime() - began));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    // The archive has what was loaded in a run with some requests of each kind.
    private Way archived(Variant variant, Options plain) throws IOException, SQLException {
        Path archive = Files.createTempFile(folder, "classes", ".jsa");
        Files.delete(archive);
        Comparison.tell("archiving " + archive.getFileName() + " of " + variant.name());
        Way training = new Way(variant, plain.with(List.of("-XX:ArchiveClassesAtExit=" + archive), plain.classPath()));
        try (RunningVariant running = run(training);
                HttpConnection connection = new HttpConnection(running.port())) {
            for (Operation operation : List.of(Operation.LIST, Operation.GET, Operation.ENTRIES, Operation.POST)) {
                connection.send(operation.request(1, 0, 0), tokens.of(1));
            }
        }
        database(variant).tidy();
        if (!Files.exists(archive)) {
            throw new IllegalStateException(
                    "The JVM wrote no archive of " + variant.name() + ": see what it said above.");
        }
        // Without an archive that fits, it is not to start: it would be measured as if it had one.
        return new Way(
                variant, plain.with(List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:on"), plain.classPath()));
    }

    // As spring-boot-maven-plugin's process-aot does it, with the settings of the comparison.
    private Options processed(Variant variant) throws IOException {
        Comparison.tell("processing " + variant.name() + " ahead of time");
        Path sources = folder.resolve("aot/sources");
        Path classes = folder.resolve("aot/classes");
        String java = options.java().resolve("bin/java").toString();
        List<String> process = new ArrayList<>(List.of(
                java,
                "-cp",
                variant.classPath(options.classPath()),
                SpringApplicationAotProcessor.class.getName(),
                Launcher.class.getName(),
                sources.toString(),
                classes.toString(),
                classes.toString(),
                "dev.tenancy",
                "first-requests",
                variant.sources(),
                "--spring.main.banner-mode=off",
                "--spring.datasource.url=" + database(variant).url("processed")));
        process.addAll(variant.arguments(tokens, options.membershipCache()));
        execute(process);
        List<String> compile = new ArrayList<>(List.of(
                options.java().resolve("bin/javac").toString(),
                "-proc:none",
                "-parameters",
                "-nowarn",
                "-d",
                classes.toString(),
                "-cp",
                classes + File.pathSeparator + variant.classPath(options.classPath())));
        try (Stream<Path> files = Files.walk(sources)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> compile.add(file.toString()));
        }
        execute(compile);
        Path jar = jar(classes, folder.resolve("processed.jar"));
        return options.with(List.of(AOT), options.classPath() + File.pathSeparator + jar);
    }

    private static void execute(List<String> command) throws IOException {
        int code = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(new File("/dev/stderr")))
                .start()
                .onExit()
                .join()
                .exitValue();
        if (code != 0) {
            throw new IllegalStateException(command.get(0) + " ended with " + code + ": see what it said above.");
        }
    }

    private static String table(Map<String, List<Start>> starts) {
        StringBuilder text = new StringBuilder(
                "\nMedian of the starts (least to most), in ms:\n\n| started as"
                        + " | ready | CPU until ready | first request | CPU of it | second request | CPU of ten more |\n|---|---|---|---|---|---|---|\n");
        starts.forEach((name, all) -> text.append("| ")
                .append(name)
                .append(" | ")
                .append(cell(all.stream().map(Start::ready)))
                .append(" | ")
                .append(cell(all.stream().map(Start::readyCpu)))
                .append(" | ")
                .append(cell(all.stream().map(Start::first)))
                .append(" | ")
                .append(cell(all.stream().map(Start::firstCpu)))
                .append(" | ")
                .append(cell(all.stream().map(Start::second)))
                .append(" | ")
                .append(cell(all.stream().map(Start::tenMoreCpu)))
                .append(" |\n"));
        return text.toString();
    }

    private static String cell(Stream<Double> figures) {
        List<Double> sorted = figures.sorted().toList();
        return String.format(
                Locale.ROOT,
                "%.0f (%.0f to %.0f)",
                sorted.get(sorted.size() / 2),
                sorted.get(0),
                sorted.get(sorted.size() - 1));
    }
}
