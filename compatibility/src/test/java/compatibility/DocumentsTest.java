package compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import dev.tenancy.CurrentTenant;
import dev.tenancy.TenancyException;
import dev.tenancy.TenantIsolation;
import dev.tenancy.sql.Catalog;
import dev.tenancy.sql.Relation;
import dev.tenancy.sql.SqlDialect;
import dev.tenancy.sql.SqlName;
import dev.tenancy.sql.StatementProver;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.hibernate.SessionFactory;
import org.hibernate.boot.registry.BootstrapServiceRegistryBuilder;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.type.filter.AssignableTypeFilter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the documents show can be copied: each block of Java compiles as it stands, with the reader's own names in
 * {@code documents/YourApplication.java} beside it; each setting is there; SQL is what the prover says of it.
 */
class DocumentsTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```(\\w+)\n(.*?)^ *```$");
    private static final Pattern IMPORTS = Pattern.compile("(?s)\\A((?:\\s*import [^;]+;)*)(.*)\\z");
    private static final Pattern ANNOTATION =
            Pattern.compile("`(@(?:Crud|GlobalEntity|RequiresRole|WithTenant))\\(([^`]*)\\)`");
    private static final Pattern SETTING =
            Pattern.compile("(?<![\\w./-])(?:tenancy|spring)\\.[a-z][\\w-]*(?:\\.[\\w-]+)*");
    private static final Pattern SQL_IN_JAVA = Pattern.compile("(?s)\"\"\"(.*?)\"\"\"|\"([^\"]*)\"");
    private static final Pattern ROW_OF_SQL = Pattern.compile("(?m)^\\| `([^|]+)` \\| `([^|]+)` \\|$");

    // Counters, and properties of the system.
    private static final Set<String> NOT_SETTINGS = Set.of(
            "tenancy.crossings",
            "tenancy.isolation.report",
            "tenancy.memberships",
            "tenancy.refusals",
            "tenancy.statements.judged",
            "tenancy.tenant",
            "tenancy.test.password",
            "tenancy.test.url",
            "spring.context.exit");

    private static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();
    private static StandardJavaFileManager files;

    /** How a block is completed to a compilation unit. */
    private enum Form {
        UNIT("%s%s"),
        MEMBERS("%s class Shown extends YourApplication {\n%s}"),
        STATEMENTS("%s class Shown extends YourApplication { void shown() throws Exception {\n%s} }");

        private final String text;

        Form(String text) {
            this.text = text;
        }

        String complete(String block) {
            MatchResult parts = IMPORTS.matcher(block).results().findFirst().orElseThrow();
            return "package documents;" + text.formatted(parts.group(1), parts.group(2));
        }
    }

    private record Block(String document, int line, String language, String text) {

        @Override
        public String toString() {
            return document + ":" + line;
        }
    }

    @BeforeAll
    static void compileYourApplication(@TempDir Path folder) throws IOException {
        files = JAVAC.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder));
        List<File> classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(File::new)
                .collect(Collectors.toCollection(ArrayList::new));
        classPath.add(folder.toFile());
        files.setLocation(StandardLocation.CLASS_PATH, classPath);
        try (InputStream source = DocumentsTest.class.getResourceAsStream("/documents/YourApplication.java")) {
            compile(new String(source.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @AfterAll
    static void close() throws IOException {
        files.close();
    }

    // ---- Java

    @ParameterizedTest
    @MethodSource("java")
    void aBlockOfJavaCompiles(Block block) throws IOException {
        List<List<String>> errors = new ArrayList<>();
        for (Form form : Form.values()) {
            errors.add(errors(form.complete(block.text())));
        }
        assertThat(errors.stream().min(Comparator.comparing(List::size)).orElseThrow())
                .isEmpty();
    }

    @Test
    void noBlockIsPassedOver() throws IOException {
        long fences = 0;
        for (Path document : documents()) {
            fences += Files.readAllLines(document).stream()
                    .filter(line -> line.matches("(?i)\\s*```+\\s*java\\b.*"))
                    .count();
        }
        assertThat(java()).hasSize(56).hasSize((int) fences);
    }

    @Test
    void entitiesWithIdsOfTheirOwnStart(@TempDir Path folder) throws Exception {
        String page = Files.readString(ROOT.resolve("docs/adopting.md"));
        MatchResult block = BLOCK.matcher(page.substring(page.indexOf("### Ids of your own")))
                .results()
                .findFirst()
                .orElseThrow();
        Iterable<? extends Path> before = files.getLocationAsPaths(StandardLocation.CLASS_OUTPUT);
        files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder));
        compile(Form.UNIT.complete(block.group(3)));
        files.setLocationFromPaths(
                StandardLocation.CLASS_OUTPUT, List.of(before.iterator().next()));

        Map<String, Object> settings = new HashMap<>(Map.of(
                "jakarta.persistence.jdbc.url",
                "jdbc:h2:mem:" + UUID.randomUUID(),
                "hibernate.hbm2ddl.auto",
                "create-drop"));
        TenantIsolation.applyTo(settings);
        try (URLClassLoader loader =
                        new URLClassLoader(new URL[] {folder.toUri().toURL()}, DocumentsTest.class.getClassLoader());
                SessionFactory factory = factory(loader, settings, "documents.Invoice", "documents.InvoiceLine")) {
            assertThat(CurrentTenant.<Long, RuntimeException>callAs(
                            UUID.randomUUID(),
                            () -> factory.fromTransaction(session -> session.createSelectionQuery(
                                            "select count(*) from InvoiceLine where id.position > 0", Long.class)
                                    .getSingleResult())))
                    .isZero();
        }
    }

    private static SessionFactory factory(ClassLoader loader, Map<String, Object> settings, String... entities)
            throws ClassNotFoundException {
        Configuration mapping = new Configuration(
                new BootstrapServiceRegistryBuilder().applyClassLoader(loader).build());
        mapping.getProperties().putAll(settings);
        for (String entity : entities) {
            mapping.addAnnotatedClass(loader.loadClass(entity));
        }
        return mapping.buildSessionFactory();
    }

    @Test
    void anAnnotationThatIsShownInTheTextIsOne() throws IOException {
        List<String> shown = new ArrayList<>();
        for (Path document : documents()) {
            for (MatchResult one :
                    ANNOTATION.matcher(Files.readString(document)).results().toList()) {
                // Values that are left out are texts, and so are attributes of which only the name is given.
                String attributes = one.group(2)
                        .replaceFirst("^(\\w+)$", "$1 = …")
                        .replace("\"…\"", "…")
                        .replace("…", "\"x\"");
                shown.add(one.group(1) + "(" + attributes + ")");
            }
        }
        assertThat(shown).hasSizeGreaterThan(10);
        for (String annotation : shown) {
            String text = "package documents; import dev.tenancy.*; import dev.tenancy.spring.*;"
                    + " import dev.tenancy.spring.crud.*; import dev.tenancy.test.*; import dev.tenancy.test.isolation.*; "
                    + annotation + " class Shown {}";
            assertThat(errors(text)).as(annotation).allMatch(error -> error.contains("missing a default value"));
        }
    }

    private static void compile(String text) {
        DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
        assertThat(task(text, told).call()).as(told.getDiagnostics().toString()).isTrue();
    }

    private static List<String> errors(String text) throws IOException {
        DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
        task(text, told).analyze();
        return told.getDiagnostics().stream()
                .filter(one -> one.getKind() == Diagnostic.Kind.ERROR)
                .map(one -> "line " + one.getLineNumber() + ": " + one.getMessage(Locale.ENGLISH))
                .toList();
    }

    private static JavacTask task(String text, DiagnosticCollector<JavaFileObject> told) {
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Shown.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return text;
                    }

                    // A public class may have any name.
                    @Override
                    public boolean isNameCompatible(String simpleName, Kind kind) {
                        return kind == Kind.SOURCE;
                    }
                };
        return (JavacTask) JAVAC.getTask(
                null, files, told, List.of("-proc:none", "-parameters", "--release", "17"), null, List.of(source));
    }

    // ---- settings

    @Test
    void eachSettingIsThere() throws IOException {
        Map<String, String> settings = settings();
        Set<String> unknown = new TreeSet<>();
        int shown = 0;
        for (Path document : documents()) {
            for (MatchResult one :
                    SETTING.matcher(Files.readString(document)).results().toList()) {
                shown++;
                if (!NOT_SETTINGS.contains(one.group()) && !isSetting(one.group(), settings)) {
                    unknown.add(document.getFileName() + ": " + one.group());
                }
            }
        }
        assertThat(shown).isGreaterThan(40);
        assertThat(unknown).isEmpty();
    }

    @Test
    void eachKeyOfABlockIsASettingOfTheLibraryOrOfSpring() throws IOException {
        Map<String, String> settings = settings();
        List<String> keys = new ArrayList<>();
        for (Block block : blocks()) {
            if (block.language().equals("yaml")) {
                YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
                yaml.setResources(new ByteArrayResource(block.text().getBytes(StandardCharsets.UTF_8)));
                keys.addAll(yaml.getObject().stringPropertyNames());
            } else if (block.language().equals("properties")) {
                Properties properties = new Properties();
                properties.load(new StringReader(block.text()));
                keys.addAll(properties.stringPropertyNames());
            }
        }
        assertThat(keys)
                .hasSizeGreaterThan(5)
                .allSatisfy(key -> assertThat(isSetting(key.replaceAll("\\[\\d+]$", ""), settings))
                        .as(key)
                        .isTrue());
    }

    // A group of settings, a setting, or a key of one that is a map.
    private static boolean isSetting(String name, Map<String, String> settings) {
        return settings.containsKey(name)
                || settings.keySet().stream().anyMatch(known -> known.startsWith(name + "."))
                || settings.entrySet().stream()
                        .anyMatch(known ->
                                known.getValue().startsWith("java.util.Map") && name.startsWith(known.getKey() + "."));
    }

    /** The names in the configuration metadata on the class path, each with its type. */
    private static Map<String, String> settings() throws IOException {
        Map<String, String> settings = new TreeMap<>();
        for (URL metadata : Collections.list(
                DocumentsTest.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream json = metadata.openStream()) {
                for (JsonNode one : JsonMapper.shared().readTree(json).path("properties")) {
                    settings.put(one.path("name").asString(), one.path("type").asString(""));
                }
            }
        }
        assertThat(settings).containsKey("tenancy.roles");
        return settings;
    }

    // ---- SQL

    @ParameterizedTest
    @EnumSource
    void theGuardRefusesWhatWasAndTakesWhatIsToBe(SqlDialect dialect) throws IOException {
        StatementProver prover = new StatementProver(dialect, new OwnedTables());
        List<MatchResult> rows = ROW_OF_SQL
                .matcher(Files.readString(ROOT.resolve("docs/adopting.md")))
                .results()
                .toList();
        assertThat(rows).hasSize(5).allSatisfy(row -> {
            assertThat(prover.prove(row.group(1)).refusal()).as(row.group(1)).isNotNull();
            assertThat(prover.prove(row.group(2)).refusal()).as(row.group(2)).isNull();
            assertThat(prover.prove(row.group(2)).demands()).as(row.group(2)).isNotEmpty();
        });
    }

    @ParameterizedTest
    @EnumSource
    void theGuardTakesTheStatementsOfTheBlocksThatNameTheTenant(SqlDialect dialect) throws IOException {
        StatementProver prover = new StatementProver(dialect, new OwnedTables());
        List<String> statements = new ArrayList<>();
        for (Block block : java()) {
            SQL_IN_JAVA
                    .matcher(block.text())
                    .results()
                    .map(literal -> literal.group(1) == null ? literal.group(2) : literal.group(1))
                    .filter(literal -> literal.matches("(?s).*tenant_id = .*"))
                    .forEach(statements::add);
        }
        assertThat(statements).hasSize(5).allSatisfy(statement -> {
            String sql = statement.replaceAll(":\\w+", "?");
            assertThat(prover.prove(sql).refusal()).as(sql).isNull();
            assertThat(prover.prove(sql).demands()).as(sql).isNotEmpty();
        });
    }

    /** The owned tables that the documents name. */
    private static final class OwnedTables implements Catalog {

        @Override
        public Relation relation(SqlName schema, SqlName name) {
            return isOwned(name)
                    ? new Relation(name, name.key(), SqlName.of("tenant_id"), Map.of("id", name.key()), false)
                    : null;
        }

        @Override
        public boolean isOwned(SqlName name) {
            return Set.of("customer", "owners", "pets", "project", "shelf").contains(name.key());
        }

        @Override
        public boolean mayReach(SqlName name) {
            return isOwned(name);
        }

        @Override
        public boolean isHarmlessFunction(SqlName name) {
            return true;
        }

        @Override
        public boolean isFunctionOfRows(SqlName name) {
            return false;
        }

        @Override
        public boolean isHarmlessOperator(String operator) {
            return true;
        }
    }

    // ---- exceptions

    @Test
    void eachExceptionIsInTheTableOfWhatToDo() throws IOException {
        ClassPathScanningCandidateComponentProvider scan = new ClassPathScanningCandidateComponentProvider(false);
        scan.addIncludeFilter(new AssignableTypeFilter(TenancyException.class));
        List<String> names = scan.findCandidateComponents("dev.tenancy").stream()
                .map(found -> found.getBeanClassName().replaceFirst(".*\\.", ""))
                .toList();
        String page = Files.readString(ROOT.resolve("docs/adopting.md"));
        String table = page.substring(page.indexOf("## What it says when something is missing"));
        assertThat(names)
                .hasSizeGreaterThan(10)
                .allSatisfy(name -> assertThat(table).contains("`" + name + "`"));
    }

    // ---- the documents

    static List<Block> java() throws IOException {
        return blocks().stream().filter(one -> one.language().equals("java")).toList();
    }

    private static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path document : documents()) {
            String page = Files.readString(document);
            for (MatchResult one : BLOCK.matcher(page).results().toList()) {
                int line = (int) page.substring(0, one.start(3)).lines().count();
                String text = one.group(3).replaceAll("(?m)^" + one.group(1), "");
                blocks.add(new Block(document.getFileName().toString(), line, one.group(2), text));
            }
        }
        return blocks;
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(docs, Stream.of(ROOT.resolve("README.md")))
                    .filter(one -> one.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }
}
