package dev.tenancy.test.isolation;

import dev.tenancy.CurrentTenant;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DatabaseMetaData;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.hibernate.Version;
import org.hibernate.engine.spi.SessionFactoryImplementor;

/** What was attacked: versions, the database, the commit, and when. */
final class ReportFacts {

    private static final String UNKNOWN = "unknown";

    private ReportFacts() {}

    static Map<String, String> of(Class<?> test, SessionFactoryImplementor factory, Object tenant) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Test", test.getName());
        facts.put("Date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("Commit", commit());
        facts.put("Tenancy", version());
        facts.put("Hibernate", Version.getVersionString());
        facts.put("Database", database(factory, tenant));
        facts.put("Java", Runtime.version().toString());
        return facts;
    }

    // Of this module, which has that of the library.
    private static String version() {
        Properties version = new Properties();
        try (InputStream file = Objects.requireNonNull(ReportFacts.class.getResourceAsStream("version.properties"))) {
            version.load(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return version.getProperty("version", UNKNOWN);
    }

    private static String database(SessionFactoryImplementor factory, Object tenant) {
        return CurrentTenant.callAs(
                tenant,
                () -> factory.fromTransaction(session -> session.doReturningWork(connection -> {
                    DatabaseMetaData database = connection.getMetaData();
                    return database.getDatabaseProductName() + " " + database.getDatabaseProductVersion();
                })));
    }

    // git.properties, as build plugins write it, or else the checkout in which the test runs.
    private static String commit() {
        try (InputStream properties = ReportFacts.class.getResourceAsStream("/git.properties")) {
            if (properties != null) {
                Properties git = new Properties();
                git.load(properties);
                return git.getProperty("git.commit.id", git.getProperty("git.commit.id.full", UNKNOWN));
            }
            for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
                Path git = folder.resolve(".git");
                if (Files.exists(git)) {
                    return commit(git);
                }
            }
            return UNKNOWN;
        } catch (IOException unreadable) {
            return UNKNOWN;
        }
    }

    private static String commit(Path git) throws IOException {
        Path own = git;
        Path common = git;
        if (Files.isRegularFile(git)) {
            // One of several work trees.
            own = git.resolveSibling(Files.readString(git).strip().substring("gitdir: ".length()));
            Path shared = own.resolve("commondir");
            common = Files.exists(shared) ? own.resolve(Files.readString(shared).strip()) : own;
        }
        String text = Files.readString(own.resolve("HEAD")).strip();
        if (!text.startsWith("ref: ")) {
            return text;
        }
        String branch = text.substring("ref: ".length());
        Path loose = common.resolve(branch);
        if (Files.exists(loose)) {
            return Files.readString(loose).strip();
        }
        Path packed = common.resolve("packed-refs");
        if (!Files.exists(packed)) {
            return UNKNOWN;
        }
        return Files.readAllLines(packed).stream()
                .filter(line -> line.endsWith(" " + branch))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .findFirst()
                .orElse(UNKNOWN);
    }
}
