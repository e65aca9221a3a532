package dev.tenancy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.SharedSessionContract;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.boot.spi.MetadataImplementor;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.cfg.MappingSettings;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.cfg.QuerySettings;
import org.hibernate.cfg.SchemaToolingSettings;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.query.PathException;
import org.hibernate.query.SyntaxException;
import org.hibernate.tool.schema.spi.SchemaManagementToolCoordinator;
import org.hibernate.type.descriptor.WrapperOptions;
import org.hibernate.type.descriptor.java.JavaType;
import org.hibernate.type.format.FormatMapper;
import org.slf4j.LoggerFactory;

/**
 * The same work done twice: as tenant B, isolated, in a database that holds rows of A and of B; and without the isolation, in one
 * that holds those of B only. Nothing of it stays.
 */
final class CorpusBench implements AutoCloseable {

    /** What somebody does; its result and the rows that it leaves are compared. */
    @FunctionalInterface
    interface Work {
        Object go(SharedSessionContract session) throws Exception;
    }

    record Entry(String name, boolean stateless, Work work) {}

    /**
     * What came of an entry.
     *
     * @param fault what the isolation did to it, empty if nothing
     * @param impossible why it cannot be done without the isolation, empty if it can
     */
    record Outcome(String fault, String impossible) {}

    /** What one of the two got. */
    private record Answer(Object result, Set<String> rows, Throwable failure) {}

    static final UUID A = new UUID(0xa, 0xa);
    static final UUID B = new UUID(0xb, 0xb);
    private static final Predicate<String> WRITES =
            Pattern.compile("\\b(insert|update|delete|merge)\\b").asPredicate();
    private static final Logger SQL = (Logger) LoggerFactory.getLogger("org.hibernate.SQL");

    private final Switch ours;
    private final Switch copy;
    private final Tenants tenants;
    private final SessionFactory isolated;
    private final SessionFactory plain;
    private final Set<String> texts = new LinkedHashSet<>();
    private final Set<String> emitted = new LinkedHashSet<>();
    private final Appender appender = new Appender();
    private final Set<String> mapped = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> others;
    private final String lookAtB;
    private final String lookAtA;

    /**
     * The tenants, and what is theirs.
     *
     * @param keyed whether primary keys begin with the tenant, and both have rows with the same ids
     */
    record Tenants(Object a, Object b, Class<?>[] entities, Rows rows, boolean keyed) {

        static Tenants of(boolean keyed) {
            return new Tenants(A, B, CorpusModel.ENTITIES, CorpusModel::rows, keyed);
        }
    }

    /** Makes a tenant's rows, given what is added to their ids and to their numbers, and what is in their names. */
    @FunctionalInterface
    interface Rows {
        List<Object> of(long base, int more, String mark);
    }

    CorpusBench(String ours, String copy, Tenants tenants) throws SQLException {
        this.ours = new Switch(ours);
        this.copy = new Switch(copy);
        this.tenants = tenants;
        export(this.ours);
        export(this.copy);
        appender.start();
        plain = plain();
        fill(this.copy, tenants.b());
        fill(this.ours, tenants.a());
        fill(this.ours, tenants.b());
        if (tenants.keyed()) {
            this.ours.sql(sameIds(this.ours));
        }
        this.ours.sql(defaults(this.ours, "drop default"));
        isolated = isolated();
        lookAtA = look(this.ours, tenants.a(), false);
        lookAtB = look(this.ours, tenants.b(), true);
        others = this.ours.rows(lookAtA);
    }

    SessionFactoryImplementor factory() {
        return (SessionFactoryImplementor) isolated;
    }

    // The schema as the isolation wants it, for both: each table has the tenant, and each foreign key.
    private void export(Switch where) throws SQLException {
        Map<String, Object> settings = settings();
        settings.put(JdbcSettings.JAKARTA_NON_JTA_DATASOURCE, where);
        settings.put(SchemaToolingSettings.HBM2DDL_AUTO, "create-only");
        settings.put(SchemaToolingSettings.HBM2DDL_HALT_ON_ERROR, true);
        TenantIsolation.applyTo(settings);
        MetadataImplementor metadata = metadata(settings);
        StandardServiceRegistry registry = metadata.getMetadataBuildingOptions().getServiceRegistry();
        SchemaManagementToolCoordinator.process(metadata, registry, settings, action -> {});
        StandardServiceRegistryBuilder.destroy(registry);
        if (tenants.keyed()) {
            where.sql(keys(where));
        }
    }

    // As the quickstart recommends: the same id may be in two tenants.
    private static List<String> keys(Switch where) throws SQLException {
        List<String> alter = new ArrayList<>();
        for (String table : where.tables("tenant_id")) {
            List<String> key = where.key(table);
            if (!key.isEmpty() && !key.contains(where.stored("tenant_id"))) {
                String drop = where.isH2() ? "primary key" : "constraint " + table + "_pkey";
                alter.add("alter table " + table + " drop " + drop);
                alter.add("alter table " + table + " add primary key (tenant_id, " + String.join(", ", key) + ")");
            }
        }
        return alter;
    }

    // Afterwards, as Hibernate alone finds one row for an id where it reads what the database has generated.
    private static List<String> sameIds(Switch where) throws SQLException {
        List<String> statements = new ArrayList<>();
        statements.add(where.isH2() ? "set referential_integrity false" : "set session_replication_role = replica");
        for (String table : where.tables("tenant_id")) {
            where.columns(table).stream()
                    .filter(column -> column.matches("(?i)id|\\w+_id") && !column.matches("(?i)(tenant|made)_id"))
                    .map(id -> "update " + table + " set " + id + " = " + id + " - 1000 where " + id + " > 1000")
                    .forEach(statements::add);
        }
        statements.add(where.isH2() ? "set referential_integrity true" : "set session_replication_role = origin");
        return statements;
    }

    private static Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(QuerySettings.JSON_FUNCTIONS_ENABLED, true);
        settings.put(QuerySettings.XML_FUNCTIONS_ENABLED, true);
        settings.put(MappingSettings.JSON_FORMAT_MAPPER, new Texts());
        settings.put("hibernate.cache.use_second_level_cache", false);
        return settings;
    }

    private SessionFactory isolated() {
        Map<String, Object> settings = settings();
        settings.put(JdbcSettings.JAKARTA_NON_JTA_DATASOURCE, ours);
        TenantIsolation.applyTo(settings);
        return built(settings);
    }

    private SessionFactory plain() {
        Map<String, Object> settings = settings();
        settings.put(JdbcSettings.JAKARTA_NON_JTA_DATASOURCE, copy);
        settings.put(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new Root(tenants.b()));
        MetadataImplementor metadata = metadata(settings);
        metadata.collectTableMappings().stream()
                .filter(table -> table.getColumns().stream()
                        .anyMatch(column -> column.getName().equals("tenant_id")))
                .forEach(table -> mapped.add(table.getName()));
        return metadata.buildSessionFactory();
    }

    private SessionFactory built(Map<String, Object> settings) {
        return metadata(settings).buildSessionFactory();
    }

    private MetadataImplementor metadata(Map<String, Object> settings) {
        MetadataSources sources = new MetadataSources(
                new StandardServiceRegistryBuilder().applySettings(settings).build());
        return (MetadataImplementor)
                sources.addAnnotatedClasses(tenants.entities()).buildMetadata();
    }

    // Without the isolation, so that the rows are there whatever it refuses.
    private void fill(Switch where, Object tenant) throws SQLException {
        where.sql(defaults(where, "set default '" + tenant + "'"));
        boolean isA = tenant.equals(tenants.a());
        String home = copy.url;
        copy.url = where.url;
        try (Session session = plain.withOptions().tenantIdentifier(tenant).openSession()) {
            session.beginTransaction();
            if (where == copy || isA) {
                CorpusModel.globalRows().stream()
                        .filter(row -> Arrays.asList(tenants.entities()).contains(row.getClass()))
                        .forEach(session::persist);
                session.flush();
                session.clear();
            }
            tenants.rows()
                    .of(isA ? 1000 : 0, isA ? 100 : 0, isA ? "SECRET-A" : "B")
                    .forEach(session::persist);
            session.getTransaction().commit();
        } finally {
            copy.url = home;
        }
    }

    // What is no part of the mapping, Hibernate alone would leave empty.
    private List<String> defaults(Switch where, String what) throws SQLException {
        return where.tables("tenant_id").stream()
                .filter(table -> !mapped.contains(table))
                .map(table -> "alter table " + table + " alter column tenant_id " + what)
                .toList();
    }

    // One text for each row of each table, without what the clock and the generators make.
    private static String look(Switch where, Object tenant, boolean withGlobal) throws SQLException {
        List<String> selects = new ArrayList<>();
        List<String> ownedTables = where.tables("tenant_id");
        for (String table : where.tables("%")) {
            if (table.matches("(?i)ht_.*|.*_view|hibernate_sequences|hte_.*")) {
                continue;
            }
            List<String> columns = where.columns(table).stream()
                    .filter(column -> !column.matches("(?i).*_at|made_id|driven_at"))
                    .map(column -> "' " + column.toLowerCase() + "=' || coalesce(cast(" + column + " as varchar), '~')")
                    .toList();
            boolean owned = ownedTables.contains(table);
            if (!owned && !withGlobal) {
                continue;
            }
            selects.add("select '" + table.toLowerCase() + "' || " + String.join(" || ", columns) + " from " + table
                    + (owned ? " where tenant_id = '" + tenant + "'" : ""));
        }
        return String.join(" union all ", selects);
    }

    /** Does it here and there. */
    Outcome outcome(Entry entry) throws SQLException {
        texts.clear();
        Answer mine = CurrentTenant.callAs(tenants.b(), () -> answer(isolated, ours, entry));
        String last = texts.stream().reduce("none", (before, text) -> text);
        emitted.addAll(texts);
        texts.clear();
        Answer theirs = answer(plain, copy, entry);
        if (theirs.failure() != null) {
            String why = causes(theirs.failure());
            return new Outcome(isMisspelt(theirs.failure()) ? "not in the language: " + why : "", why);
        }
        String fault = "";
        if (mine.failure() != null) {
            fault = causes(mine.failure()) + "\nSQL: " + last;
        } else if (!mine.result().equals(theirs.result())) {
            fault = "differs: " + mine.result() + "\nfrom the copy: " + theirs.result();
        } else if (!mine.rows().equals(theirs.rows())) {
            fault = "leaves " + without(mine.rows(), theirs.rows()) + "\nand not "
                    + without(theirs.rows(), mine.rows());
        }
        return new Outcome(fault, "");
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    // What is no HQL, on whichever database.
    private static boolean isMisspelt(Throwable failure) {
        return failure instanceof IllegalArgumentException && failure.getCause() != null
                ? isMisspelt(failure.getCause())
                : failure instanceof SyntaxException || failure instanceof PathException;
    }

    private static String causes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .map(Throwable::toString)
                .collect(Collectors.joining("\ncaused by: "));
    }

    private Answer answer(SessionFactory factory, Switch where, Entry entry) {
        where.first = null;
        SQL.setLevel(Level.DEBUG);
        SQL.setAdditive(false);
        SQL.addAppender(appender);
        try (SharedSessionContract session = open(factory, entry.stateless())) {
            session.beginTransaction();
            try {
                Object result = text(entry.work().go(session));
                Set<String> rows = Set.of();
                if (session instanceof Session stateful) {
                    stateful.flush();
                }
                if (texts.stream().anyMatch(WRITES)) {
                    rows = rows(where.first, lookAtB);
                    if (where == ours && !rows(where.first, lookAtA).equals(others)) {
                        rows.add("rows of A were changed");
                    }
                }
                return new Answer(result, rows, null);
            } catch (Throwable failure) {
                return new Answer(null, null, failure);
            } finally {
                session.getTransaction().rollback();
            }
        } finally {
            SQL.detachAppender(appender);
            SQL.setAdditive(true);
            SQL.setLevel(null);
        }
    }

    private SharedSessionContract open(SessionFactory factory, boolean stateless) {
        if (factory == plain) {
            return stateless
                    ? plain.withStatelessOptions().tenantIdentifier(tenants.b()).openStatelessSession()
                    : plain.withOptions().tenantIdentifier(tenants.b()).openSession();
        }
        return stateless ? factory.openStatelessSession() : factory.openSession();
    }

    private static Set<String> rows(Connection connection, String look) throws SQLException {
        Set<String> rows = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(look)) {
            while (found.next()) {
                String row = found.getString(1);
                while (!rows.add(row)) {
                    row += "'";
                }
            }
        }
        return rows;
    }

    static String text(Object value) {
        if (value instanceof Collection<?> many) {
            Stream<String> texts = many.stream().map(CorpusBench::text);
            return (many instanceof Set ? texts.sorted() : texts).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> text(entry.getKey()) + "=" + text(entry.getValue()))
                    .sorted()
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof Map.Entry<?, ?> entry) {
            return text(entry.getKey()) + "=" + text(entry.getValue());
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof int[] numbers) {
            return Arrays.toString(numbers);
        }
        if (value instanceof Object[] many) {
            return text(Arrays.asList(many));
        }
        return value instanceof Double number
                ? String.format("%.9g", number)
                : String.valueOf(Hibernate.unproxy(value));
    }

    /** All statements that Hibernate has written for the tenant. */
    Set<String> emitted() {
        return emitted;
    }

    @Override
    public void close() throws SQLException {
        isolated.close();
        plain.close();
        ours.close();
        copy.close();
    }

    private final class Appender extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            texts.add(event.getFormattedMessage().replaceAll("\\R", " "));
        }
    }

    /** A session of a tenant, and no filter. */
    private record Root(Object tenant) implements CurrentTenantIdentifierResolver<Object> {
        @Override
        public Object resolveCurrentTenantIdentifier() {
            return tenant;
        }

        @Override
        public boolean validateExistingCurrentSessions() {
            return false;
        }

        @Override
        public boolean isRoot(Object any) {
            return true;
        }
    }

    /** JSON that is text in Java, too. */
    static final class Texts implements FormatMapper {
        @Override
        public <T> T fromString(CharSequence text, JavaType<T> type, WrapperOptions options) {
            return type.wrap(text.toString(), options);
        }

        @Override
        public <T> String toString(T value, JavaType<T> type, WrapperOptions options) {
            return type.unwrap(value, String.class, options);
        }
    }

    /** Connections to a database, of which the first that is taken for an entry is looked at. */
    private static final class Switch implements DataSource {

        private String url;
        private Connection first;
        private final Map<String, List<Connection>> idle = new HashMap<>();

        Switch(String url) {
            this.url = url;
        }

        @Override
        public Connection getConnection() throws SQLException {
            List<Connection> mine = idle.computeIfAbsent(url, none -> new ArrayList<>());
            Connection bare = mine.isEmpty() ? DriverManager.getConnection(url) : mine.remove(mine.size() - 1);
            if (first == null) {
                first = bare;
            }
            return (Connection) Proxy.newProxyInstance(
                    CorpusBench.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            if (!bare.getAutoCommit()) {
                                bare.rollback();
                                bare.setAutoCommit(true);
                            }
                            mine.add(bare);
                            return null;
                        }
                        try {
                            return method.invoke(bare, arguments);
                        } catch (InvocationTargetException failed) {
                            throw failed.getCause();
                        }
                    });
        }

        void close() throws SQLException {
            for (List<Connection> connections : idle.values()) {
                for (Connection connection : connections) {
                    connection.close();
                }
            }
        }

        void sql(List<String> statements) throws SQLException {
            try (Connection connection = getConnection();
                    Statement statement = connection.createStatement()) {
                for (String one : statements) {
                    statement.execute(one);
                }
            }
        }

        Set<String> rows(String look) throws SQLException {
            try (Connection connection = getConnection()) {
                return CorpusBench.rows(connection, look);
            }
        }

        List<String> tables(String column) throws SQLException {
            List<String> tables = new ArrayList<>();
            try (Connection connection = getConnection();
                    ResultSet rows = connection.getMetaData().getColumns(null, schema(), "%", stored(column))) {
                while (rows.next()) {
                    if (!tables.contains(rows.getString("TABLE_NAME"))) {
                        tables.add(rows.getString("TABLE_NAME"));
                    }
                }
            }
            return tables;
        }

        List<String> columns(String table) throws SQLException {
            List<String> columns = new ArrayList<>();
            try (Connection connection = getConnection();
                    ResultSet rows = connection.getMetaData().getColumns(null, schema(), table, "%")) {
                while (rows.next()) {
                    columns.add(rows.getString("COLUMN_NAME"));
                }
            }
            return columns;
        }

        List<String> key(String table) throws SQLException {
            List<String> columns = new ArrayList<>();
            try (Connection connection = getConnection();
                    ResultSet rows = connection.getMetaData().getPrimaryKeys(null, schema(), table)) {
                while (rows.next()) {
                    columns.add(rows.getString("COLUMN_NAME"));
                }
            }
            return columns;
        }

        boolean isH2() {
            return url.contains(":h2:");
        }

        private String schema() {
            return stored("public");
        }

        private String stored(String name) {
            return isH2() ? name.toUpperCase() : name;
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("not wrapped");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }

        @Override
        public PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(PrintWriter out) {}

        @Override
        public void setLoginTimeout(int seconds) {}

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public java.util.logging.Logger getParentLogger() {
            return java.util.logging.Logger.getGlobal();
        }
    }
}
