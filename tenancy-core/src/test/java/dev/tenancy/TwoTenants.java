package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/**
 * One tenant that has rows, another that knows all their ids, and an eye that sees what is in the tables past Hibernate.
 *
 * <p>Each check first lets the other tenant go, and says what it got out of it: an empty text if nothing. Then the owner goes, for
 * whom the same path must lead to the rows; else the check proves nothing, and fails.
 */
final class TwoTenants implements AutoCloseable {

    /** What somebody does who knows the ids of a tenant's rows. */
    @FunctionalInterface
    interface Path {
        Object go(Session session, Ids ids) throws Exception;
    }

    /** The ids of the owner's rows, and a text that is in those of their attributes that are unique. */
    record Ids(Map<Class<?>, Object> of, String code) {

        Object id(Class<?> entity) {
            return of.get(entity);
        }

        /** The same question about rows that nobody has. */
        private Ids missing() {
            Map<Class<?>, Object> others = new HashMap<>();
            of.forEach((entity, id) -> others.put(entity, missing(id)));
            return new Ids(others, "none");
        }

        private static Object missing(Object id) {
            if (id instanceof UUID) {
                return new UUID(9, 9);
            }
            return id instanceof Long number ? (Object) (number + 1_000_000) : id instanceof String ? "missing" : id;
        }

        // What a tenant said in its question is no news in the answer.
        private String taken(String text) {
            String rest = text;
            for (Object id : of.values()) {
                rest = rest.replaceAll("\\b" + Pattern.quote(id.toString()) + "\\b", "<id>");
            }
            return rest.replace(code, "<code>").replaceAll("\\b[0-9a-f]{8}-[0-9a-f-]{27}\\b", "<id>");
        }

        private boolean isNamedIn(String row) {
            return row.contains(code)
                    || of.values().stream()
                            .filter(id -> !(id instanceof Relations.EntryId))
                            .anyMatch(id -> row.matches("(?s).*=" + id + "( .*|$)"));
        }
    }

    /** What a tenant gets to see of a path: its result, or the texts of its failure. */
    private record Answer(boolean failed, String text) {}

    private final SessionFactory factory;
    private final String url;
    private final Object owner;
    private final Object other;
    private final Function<String, List<?>> rows;
    private final Connection eye;
    private List<String> tables;
    private String hiding;
    private Set<String> others = Set.of();
    private Ids ids;

    TwoTenants(SessionFactory factory, String url, Object owner, Object other, Function<String, List<?>> rows) {
        this.factory = factory;
        this.url = url;
        this.owner = owner;
        this.other = other;
        this.rows = rows;
        try {
            eye = DriverManager.getConnection(url, user(url), "");
        } catch (SQLException unreachable) {
            throw new IllegalStateException(unreachable);
        }
    }

    static Map<String, Object> settings(String url) {
        return Map.of("hibernate.connection.username", user(url), "hibernate.connection.password", "");
    }

    private static String user(String url) {
        return url.contains("postgres") ? "postgres" : "sa";
    }

    boolean isH2() {
        return url.contains(":h2:");
    }

    SessionFactory factory() {
        return factory;
    }

    /** A path that only looks: the other tenant sees what it would see if there were no such row. */
    String read(Path path) throws SQLException {
        if (ids == null) {
            ids = freshRows();
        }
        Answer seen = seen(other, path, ids);
        Answer missing = seen(other, path, ids.missing());
        Answer owners = seen(owner, path, ids);
        assertThat(owners.failed()).as("for the owner: " + owners.text()).isFalse();
        assertThat(owners.text()).as("for the owner, as for others").isNotEqualTo(missing.text());
        return told(seen, missing);
    }

    /** A path that changes rows. */
    String write(Path path) throws SQLException {
        return change(path, false);
    }

    /** A path that makes a row of the caller's own that refers to the owner's. */
    String refer(Path path) throws SQLException {
        return change(path, true);
    }

    /** A path that nobody may take, as it does not say whose rows it is about. */
    void refuse(Path path) throws SQLException {
        Ids own = freshRows();
        ids = null;
        Set<String> before = everything();
        for (Object tenant : List.of(other, owner)) {
            assertThat(seen(tenant, path, own).text())
                    .contains(UnprovenStatementException.class.getSimpleName())
                    .doesNotContain(Model.SECRET);
        }
        assertThat(everything()).isEqualTo(before);
    }

    /** What the owner gets out of its rows while the other tenant has as many. */
    Object ownWork(Path path) throws SQLException {
        Ids own = freshRows();
        return CurrentTenant.callAs(
                owner,
                () -> factory.fromTransaction(session -> {
                    try {
                        return path.go(session, own);
                    } catch (RuntimeException failure) {
                        throw failure;
                    } catch (Exception failure) {
                        throw new IllegalStateException(failure);
                    }
                }));
    }

    private String change(Path path, boolean refers) throws SQLException {
        Ids asked = freshRows();
        ids = null;
        Set<String> before = everything();
        Set<String> owners = without(before, others);
        Answer seen = seen(other, path, asked);
        Set<String> after = everything();
        Set<String> lost = without(owners, after);
        Set<String> fresh = without(after, before);
        String leak = (lost.isEmpty() ? "" : "changed or gone: " + lost + "\n")
                + fresh.stream()
                        .filter(row -> asked.isNamedIn(row) || isOwners(row) || !refers && row.contains(Model.SECRET))
                        .map(row -> "taken over: " + row + "\n")
                        .collect(Collectors.joining());
        Ids again = freshRows();
        leak += told(seen, seen(other, path, again.missing()));
        again = freshRows();
        before = everything();
        Answer own = seen(owner, path, again);
        assertThat(own.failed()).as("for the owner: " + own.text()).isFalse();
        Set<String> changes = everything();
        assertThat(changes).as("rows after the owner's turn: " + own.text()).isNotEqualTo(before);
        if (refers) {
            assertThat(without(changes, before))
                    .as("rows that refer to the owner's, after its turn")
                    .anyMatch(again::isNamedIn);
        }
        return leak;
    }

    private boolean isOwners(String row) {
        return row.matches("(?is).*\\btenant_?id=" + owner + "\\b.*");
    }

    private static String told(Answer seen, Answer missing) {
        String told = seen.text().contains(Model.SECRET) ? "seen: " + seen.text() + "\n" : "";
        return seen.text().equals(missing.text())
                ? told
                : told + "told apart: " + seen.text() + "\nfrom missing: " + missing.text();
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    private Ids freshRows() throws SQLException {
        clear();
        persistRows(other);
        hideSecrets();
        others = everything();
        return persistRows(owner);
    }

    private Ids persistRows(Object tenant) {
        String code = "code-" + UUID.randomUUID();
        Map<Class<?>, Object> known = new HashMap<>();
        CurrentTenant.runAs(
                tenant,
                () -> factory.inTransaction(session -> {
                    for (Object row : rows.apply(code)) {
                        session.persist(row);
                        for (Class<?> type = row.getClass();
                                type != TenantOwned.class && type != Object.class;
                                type = type.getSuperclass()) {
                            known.putIfAbsent(type, session.getIdentifier(row));
                        }
                    }
                }));
        return new Ids(known, code);
    }

    // The other tenant's rows are of the same kind, so that joins from them may lead astray, but none of them is
    // secret.
    private void hideSecrets() throws SQLException {
        if (hiding == null) {
            hiding = textColumns().stream()
                    .map(column -> column.split("\\."))
                    .map(column -> "update " + column[0] + " set " + column[1] + " = 'known' where " + column[1]
                            + " = '" + Model.SECRET + "'")
                    .collect(Collectors.joining(";"));
        }
        execute(hiding);
    }

    /** Past Hibernate. */
    void execute(String statements) throws SQLException {
        try (Statement statement = eye.createStatement()) {
            statement.execute(statements);
        }
    }

    private List<String> textColumns() throws SQLException {
        List<String> found = new ArrayList<>();
        for (String table : tables()) {
            try (ResultSet rows = eye.getMetaData().getColumns(null, null, table, "%")) {
                while (rows.next()) {
                    if (rows.getInt("DATA_TYPE") == Types.VARCHAR) {
                        found.add(table + "." + rows.getString("COLUMN_NAME"));
                    }
                }
            }
        }
        return found;
    }

    private Answer seen(Object tenant, Path path, Ids ids) {
        try {
            return CurrentTenant.callAs(
                    tenant,
                    () -> factory.fromTransaction(session -> {
                        try {
                            return new Answer(false, ids.taken(text(path.go(session, ids))));
                        } catch (RuntimeException failure) {
                            throw failure;
                        } catch (Exception failure) {
                            throw new IllegalStateException(failure);
                        }
                    }));
        } catch (RuntimeException failure) {
            return new Answer(
                    true,
                    ids.taken(Stream.iterate((Throwable) failure, one -> one != null, Throwable::getCause)
                            .map(one -> one.getClass().getSimpleName() + " " + one.getMessage())
                            .collect(Collectors.joining("; "))));
        }
    }

    /** Rows with what is loaded of them. */
    static String text(Object result) {
        if (result instanceof Collection<?> rows) {
            return rows.stream().map(TwoTenants::text).sorted().collect(Collectors.joining(", "));
        }
        if (result instanceof Map<?, ?> entries) {
            return text(entries.entrySet());
        }
        if (result instanceof Map.Entry<?, ?> entry) {
            return text(entry.getKey()) + "=" + text(entry.getValue());
        }
        if (result instanceof Object[] columns) {
            return text(Arrays.asList(columns));
        }
        if (result instanceof jakarta.persistence.Tuple tuple) {
            return text(tuple.toArray());
        }
        if (result instanceof Model.Address address) {
            return address.street;
        }
        if (result instanceof Model.Parent parent && Hibernate.isInitialized(parent)) {
            return parent
                    + (Hibernate.isInitialized(parent.children) ? text(parent.children) : "")
                    + (Hibernate.isInitialized(parent.tags) ? text(parent.tags) : "");
        }
        return String.valueOf(result);
    }

    /** All rows of all tables. */
    private Set<String> everything() throws SQLException {
        Set<String> all = new HashSet<>();
        try (Statement statement = eye.createStatement()) {
            for (String table : tables()) {
                try (ResultSet rows = statement.executeQuery("select * from " + table)) {
                    while (rows.next()) {
                        StringBuilder row = new StringBuilder(table);
                        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                            row.append(' ')
                                    .append(rows.getMetaData().getColumnName(column))
                                    .append('=')
                                    .append(rows.getString(column));
                        }
                        // A bag may hold the same twice.
                        while (!all.add(row.toString())) {
                            row.append('+');
                        }
                    }
                }
            }
        }
        return all;
    }

    private void clear() throws SQLException {
        boolean h2 = url.contains(":h2:");
        execute(h2 ? "set referential_integrity false" : "set session_replication_role = replica");
        execute(tables().stream().map(table -> "delete from " + table).collect(Collectors.joining(";")));
        execute(h2 ? "set referential_integrity true" : "set session_replication_role = origin");
    }

    private List<String> tables() throws SQLException {
        if (tables == null) {
            List<String> found = new ArrayList<>();
            try (ResultSet rows = eye.getMetaData().getTables(null, null, "%", new String[] {"TABLE", "BASE TABLE"})) {
                while (rows.next()) {
                    if (rows.getString("TABLE_SCHEM").equalsIgnoreCase("public")) {
                        found.add(rows.getString("TABLE_NAME"));
                    }
                }
            }
            tables = found;
        }
        return tables;
    }

    @Override
    public void close() throws SQLException {
        factory.close();
        eye.close();
    }
}
