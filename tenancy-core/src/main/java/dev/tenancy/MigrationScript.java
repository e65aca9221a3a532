package dev.tenancy;

import dev.tenancy.LiveSchema.LiveTable;
import dev.tenancy.sql.SqlName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.model.relational.Namespace;
import org.hibernate.boot.model.relational.Sequence;
import org.hibernate.boot.model.relational.SqlStringGenerationContext;
import org.hibernate.dialect.Dialect;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.Index;
import org.hibernate.mapping.Table;

/**
 * The SQL that brings an existing schema to where {@link SchemaCheck} has nothing to find, with what is mapped and not there. Nothing
 * is run.
 */
final class MigrationScript {

    private static final String HEADER = "-- Written by tenancy";
    private static final String ADVICE = """
             from the mapping and from the schema as it was. Read it, and run it on a copy first: it locks
            -- tables. Replace what begins with a colon; :tenant is the id of the tenant that owned the rows so far. Where rows belong to
            -- several, write what tells them apart.

            """;
    // Columns come first, and are filled from each other; then what needs them.
    private static final List<Fault> ORDER = List.of(
            Fault.NO_TENANT_COLUMN,
            Fault.NULLABLE_TENANT,
            Fault.TENANT_TYPE,
            Fault.UNIQUE_WITHOUT_TENANT,
            Fault.FOREIGN_KEY_WITHOUT_TENANT,
            Fault.FOREIGN_KEY_TO_OWN_ONLY,
            Fault.NO_TENANT_INDEX);
    private static final Pattern CREATE_SEQUENCE = Pattern.compile("^create sequence (?!if )");

    private final Metadata metadata;
    private final LiveSchema live;
    private final Dialect dialect;
    private final SqlStringGenerationContext context;
    private final List<Table> missing = new ArrayList<>();
    private final Set<String> statements = new LinkedHashSet<>();

    /** @param tenantColumns keys of names */
    private MigrationScript(
            Metadata metadata, Set<String> tenantColumns, LiveSchema live, SessionFactoryImplementor factory)
            throws SQLException {
        this.metadata = metadata;
        this.live = live;
        this.dialect = factory.getJdbcServices().getDialect();
        this.context = factory.getSqlStringGenerationContext();
        for (Table table : metadata.collectTableMappings()) {
            if (table.isPhysicalTable() && !table.isView() && !table.isAbstract()) {
                Optional<LiveTable> there = live.find(table);
                if (there.isPresent()) {
                    addColumns(table, there.get(), tenantColumns);
                } else {
                    missing.add(table);
                }
            }
        }
    }

    /** Whether the remedy of a finding is SQL that such a script takes in. */
    static boolean mends(Finding finding) {
        return ORDER.stream().anyMatch(one -> one.id().equals(finding.id()));
    }

    /** The statements, none if nothing is lacking. */
    static List<String> of(
            Metadata metadata,
            OwnedEntities owned,
            List<Finding> findings,
            LiveSchema live,
            SessionFactoryImplementor factory)
            throws SQLException {
        Set<String> tenantColumns =
                owned.tenantColumns().stream().map(SqlName::key).collect(Collectors.toSet());
        MigrationScript script = new MigrationScript(metadata, tenantColumns, live, factory);
        if (!script.missing.isEmpty()) {
            script.addTables();
        }
        for (Fault fault : ORDER) {
            for (Finding finding : findings) {
                if (finding.id().equals(fault.id())) {
                    script.statements.addAll(Arrays.asList(finding.remedy().split(";\n")));
                }
            }
        }
        // They may refer to keys that have been made on the way.
        script.addForeignKeys();
        return List.copyOf(script.statements);
    }

    /**
     * @return the absolute path of the file
     * @throws TenancySetupException if there is a file that this has not written
     */
    static Path write(Path file, List<String> statements) {
        try {
            if (Files.exists(file) && !Files.readString(file).startsWith(HEADER)) {
                throw new TenancySetupException(
                        TenantIsolation.MIGRATION_SCRIPT + " is " + file
                                + ", a file that this library has not written.",
                        "Name a file that is not there yet.");
            }
            Files.writeString(file, HEADER + ADVICE + String.join(";\n", statements) + ";\n");
            return file.toAbsolutePath();
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    TenantIsolation.MIGRATION_SCRIPT + " is " + file + ", which cannot be written."
                            + " Name a file in a directory that is there.",
                    failed);
        }
    }

    // The tenant's has a finding of its own.
    private void addColumns(Table table, LiveTable there, Set<String> tenantColumns) throws SQLException {
        for (Column column : table.getColumns()) {
            String key = SqlName.of(column.getName()).key();
            if (!live.columns(there).containsKey(key) && !tenantColumns.contains(key)) {
                String name = live.quotedKey(key);
                String alter = "alter table " + live.quoted(there.name());
                statements.add(alter + " add column " + name + " " + column.getSqlType(metadata));
                if (!column.isNullable()) {
                    statements.add("update " + live.quoted(there.name()) + " set " + name + " = :" + key);
                    statements.add(alter + " alter column " + name + " set not null");
                }
            }
        }
    }

    private void addTables() {
        // Nobody tells on every database which are there, as for tables.
        for (Namespace namespace : metadata.getDatabase().getNamespaces()) {
            for (Sequence sequence : namespace.getSequences()) {
                for (String sql : dialect.getSequenceExporter().getSqlCreateStrings(sequence, metadata, context)) {
                    statements.add(CREATE_SEQUENCE.matcher(sql).replaceFirst("create sequence if not exists "));
                }
            }
        }
        for (Table table : missing) {
            add(dialect.getTableExporter().getSqlCreateStrings(table, metadata, context));
        }
        for (Table table : missing) {
            for (Index index : table.getIndexes().values()) {
                add(dialect.getIndexExporter().getSqlCreateStrings(index, metadata, context));
            }
        }
    }

    private void addForeignKeys() throws SQLException {
        for (Table table : missing) {
            for (ForeignKey key : table.getForeignKeyCollection()) {
                Optional<LiveTable> parent = live.find(key.getReferencedTable());
                List<String> columns = key.getReferencedColumns().stream()
                        .map(column -> SqlName.of(column.getName()).key())
                        .toList();
                if (parent.isPresent() && !columns.isEmpty() && !live.isUnique(parent.get(), columns)) {
                    statements.add(live.addUnique(parent.get(), columns));
                }
                add(dialect.getForeignKeyExporter().getSqlCreateStrings(key, metadata, context));
            }
        }
    }

    private void add(String... some) {
        statements.addAll(Arrays.asList(some));
    }
}
