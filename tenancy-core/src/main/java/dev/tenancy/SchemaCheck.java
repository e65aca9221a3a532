package dev.tenancy;

import dev.tenancy.LiveSchema.LiveColumn;
import dev.tenancy.LiveSchema.LiveForeignKey;
import dev.tenancy.LiveSchema.LiveIndex;
import dev.tenancy.LiveSchema.LiveTable;
import dev.tenancy.sql.SqlName;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Table;

/** What {@link Doctor} finds in the live schema. */
final class SchemaCheck {

    private static final String TABLE = "The table ";

    private final Metadata metadata;
    private final OwnedEntities owned;
    private final LiveSchema schema;
    private final Map<LiveTable, TenantTable> tables = new LinkedHashMap<>();
    /** For each table, after those that it depends on. */
    private final Map<LiveTable, Optional<Owner>> owners = new LinkedHashMap<>();

    private final List<Finding> findings = new ArrayList<>();

    /** @param columns of a table, to those of this one */
    private record Owner(LiveTable table, Map<String, String> columns) {}

    private SchemaCheck(Metadata metadata, OwnedEntities owned, LiveSchema schema) {
        this.metadata = metadata;
        this.owned = owned;
        this.schema = schema;
    }

    private static SchemaCheck of(Metadata metadata, OwnedEntities owned, LiveSchema schema) throws SQLException {
        SchemaCheck check = new SchemaCheck(metadata, owned, schema);
        for (TenantTable one : TenantTable.of(metadata, owned)) {
            Optional<LiveTable> live = schema.find(one.table());
            if (live.isPresent()) {
                check.tables.put(live.get(), one);
            }
        }
        return check;
    }

    /** Looks for the table whose rows tell whose the rows of this one are, after those that that one depends on. */
    private void findOwner(LiveTable live, Set<LiveTable> asking) throws SQLException {
        if (owners.containsKey(live) || !asking.add(live)) {
            return;
        }
        Optional<Owner> found = Optional.empty();
        for (Owner owner : possibleOwners(live)) {
            findOwner(owner.table(), asking);
            // One that is still being asked for would be filled from this one.
            if (owners.containsKey(owner.table())) {
                found = Optional.of(owner);
                break;
            }
        }
        owners.put(live, found);
    }

    private List<Owner> possibleOwners(LiveTable live) throws SQLException {
        TenantTable mapped = Objects.requireNonNull(tables.get(live));
        Table parent = mapped.parent();
        if (parent == null) {
            Map<String, LiveColumn> columns = schema.columns(live);
            return schema.foreignKeys(live).stream()
                    .filter(key ->
                            tables.containsKey(key.parent()) && !key.parent().equals(live))
                    .sorted(Comparator.comparing(key -> key.columns().keySet().stream()
                            .anyMatch(column ->
                                    Objects.requireNonNull(columns.get(column)).nullable())))
                    .map(key -> new Owner(key.parent(), key.columns()))
                    .toList();
        }
        Optional<LiveTable> owner = schema.find(parent);
        if (owner.isEmpty() || !tables.containsKey(owner.get())) {
            return List.of();
        }
        String tenant = SqlName.of(mapped.column()).key();
        List<String> id = schema.primaryKey(owner.get()).stream()
                .filter(one -> !one.equals(tenant))
                .toList();
        if (mapped.key().isEmpty() || id.size() != mapped.key().size()) {
            return List.of();
        }
        Map<String, String> columns = new LinkedHashMap<>();
        for (int i = 0; i < id.size(); i++) {
            columns.put(SqlName.of(mapped.key().get(i)).key(), id.get(i));
        }
        return List.of(new Owner(owner.get(), columns));
    }

    static List<Finding> examine(Metadata metadata, OwnedEntities owned, LiveSchema schema) throws SQLException {
        SchemaCheck check = of(metadata, owned, schema);
        for (LiveTable table : check.tables.keySet()) {
            check.findOwner(table, new HashSet<>());
        }
        for (LiveTable table : check.owners.keySet()) {
            check.table(table, Objects.requireNonNull(check.tables.get(table)));
        }
        check.unmapped();
        check.views();
        return check.findings;
    }

    /** Tells which references the schema holds inside a tenant: by a key of the tenant and one other column. */
    static void collectEnforcedReferences(
            Metadata metadata, OwnedEntities owned, LiveSchema schema, EnforcedReferences enforced)
            throws SQLException {
        SchemaCheck check = of(metadata, owned, schema);
        for (Map.Entry<LiveTable, TenantTable> one : check.tables.entrySet()) {
            check.collectEnforcedReferences(one.getKey(), one.getValue(), enforced);
        }
    }

    private void collectEnforcedReferences(LiveTable live, TenantTable mapped, EnforcedReferences enforced)
            throws SQLException {
        String tenant = SqlName.of(mapped.column()).key();
        for (LiveForeignKey key : schema.foreignKeys(live)) {
            if (key.columns().size() == 2 && !key.deferred() && !key.name().isEmpty() && isOnTenant(key, tenant)) {
                for (String column : key.columns().keySet()) {
                    // Where it is an id as well, the database tells of a duplicate id first.
                    if (!column.equals(tenant) && !schema.primaryKey(live).contains(column)) {
                        enforced.add(live.name(), column, key.name(), mapped.owner());
                    }
                }
            }
        }
    }

    private boolean isOnTenant(LiveForeignKey key, String tenant) {
        TenantTable parent = tables.get(key.parent());
        return parent != null
                && SqlName.of(parent.column()).key().equals(key.columns().get(tenant));
    }

    private void table(LiveTable live, TenantTable mapped) throws SQLException {
        String tenant = SqlName.of(mapped.column()).key();
        LiveColumn column = schema.columns(live).get(tenant);
        if (column == null) {
            findings.add(
                    Fault.NO_TENANT_COLUMN.found(subject(live), "has no column " + tenant, addColumn(live, tenant)));
        } else {
            column(live, column, tenant);
        }
        uniques(live, tenant);
        foreignKeys(live, mapped, tenant);
        if (mapped.isRoot()
                && (column != null || !isReferred(live))
                && Stream.concat(
                                schema.indexes(live).stream().map(LiveIndex::columns),
                                Stream.of(schema.primaryKey(live)))
                        .noneMatch(
                                columns -> !columns.isEmpty() && columns.get(0).equals(tenant))) {
            String name = live.name().toLowerCase(Locale.ROOT) + "_" + tenant + "_idx";
            findings.add(Fault.NO_TENANT_INDEX.found(
                    subject(live),
                    "has no index that begins with " + tenant,
                    "create index " + schema.quotedKey(name) + " on " + sql(live) + " ("
                            + schema.quotedKeys(Stream.concat(Stream.of(tenant), schema.primaryKey(live).stream())
                                    .distinct()
                                    .toList())
                            + ")"));
        }
    }

    // It gets a unique key that begins with the tenant.
    private boolean isReferred(LiveTable live) throws SQLException {
        for (LiveTable other : tables.keySet()) {
            for (LiveForeignKey key : schema.foreignKeys(other)) {
                if (key.parent().equals(live)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void column(LiveTable live, LiveColumn column, String tenant) throws SQLException {
        if (column.nullable()) {
            findings.add(Fault.NULLABLE_TENANT.found(
                    subject(live),
                    "has a column " + tenant + " that can be null",
                    "alter table " + sql(live) + " alter column " + schema.quoted(column.name()) + " set not null"));
        }
        if (!fits(column)) {
            String wanted = typeName();
            findings.add(Fault.TENANT_TYPE.found(
                    subject(live),
                    "has a column " + tenant + " of type " + column.typeName() + ", but the @TenantId attributes are of"
                            + " type " + owned.tenantType().getName(),
                    "alter table " + sql(live) + " alter column " + schema.quoted(column.name()) + " set data type "
                            + wanted
                            + (schema.database() == Database.POSTGRESQL
                                    ? " using " + schema.quoted(column.name()) + "::" + wanted
                                    : "")));
        }
    }

    private boolean fits(LiveColumn column) {
        String name = column.typeName().toLowerCase(Locale.ROOT);
        if (owned.tenantType() == UUID.class) {
            // Databases without a type of this name keep the 16 bytes.
            return Set.of("uuid", "uniqueidentifier").contains(name)
                    || Set.of(Types.BINARY, Types.VARBINARY).contains(column.type());
        }
        if (owned.tenantType() == Long.class) {
            return column.type() == Types.BIGINT || name.equals("number");
        }
        return Set.of(Types.VARCHAR, Types.NVARCHAR, Types.LONGVARCHAR, Types.LONGNVARCHAR)
                .contains(column.type());
    }

    private String typeName() {
        return owned.tenantType() == UUID.class ? "uuid" : owned.tenantType() == Long.class ? "bigint" : "varchar(255)";
    }

    private String addColumn(LiveTable live, String tenant) throws SQLException {
        String table = sql(live);
        String column = schema.quotedKey(tenant);
        String value = ":tenant /* the id of the tenant whose rows these are */";
        Optional<Owner> owner = Objects.requireNonNull(owners.get(live));
        if (owner.isPresent()) {
            TenantTable mapped = Objects.requireNonNull(tables.get(owner.get().table()));
            List<String> pairs = new ArrayList<>();
            for (Map.Entry<String, String> pair : owner.get().columns().entrySet()) {
                pairs.add("p." + schema.quotedKey(pair.getValue()) + " = " + table + "."
                        + schema.quotedKey(pair.getKey()));
            }
            value = "(select p."
                    + schema.quotedKey(SqlName.of(mapped.column()).key()) + " from "
                    + sql(owner.get().table()) + " p where " + String.join(" and ", pairs) + ")";
        }
        return "alter table " + table + " add column " + column + " " + typeName() + ";\nupdate " + table + " set "
                + column + " = " + value + ";\nalter table " + table + " alter column " + column + " set not null";
    }

    private void uniques(LiveTable live, String tenant) throws SQLException {
        Set<String> primaryKey = Set.copyOf(schema.primaryKey(live));
        for (LiveIndex index : schema.indexes(live)) {
            if (index.unique()
                    && !index.columns().contains(tenant)
                    && !primaryKey.equals(Set.copyOf(index.columns()))) {
                String constraint = schema.constraint(live, index);
                List<String> wanted = Stream.concat(Stream.of(tenant), index.columns().stream())
                        .toList();
                findings.add(Fault.UNIQUE_WITHOUT_TENANT.found(
                        subject(live),
                        "has the unique " + (constraint == null ? "index " + index.name() : "constraint " + constraint)
                                + " on (" + String.join(", ", index.columns()) + ")",
                        constraint == null
                                ? "drop index " + schema.quoted(index.name()) + ";\ncreate unique index "
                                        + schema.quoted(index.name()) + " on " + sql(live) + " ("
                                        + schema.quotedKeys(wanted)
                                        + ")"
                                : "alter table " + sql(live) + " drop constraint " + schema.quoted(constraint)
                                        + ";\nalter table " + sql(live) + " add constraint " + schema.quoted(constraint)
                                        + " unique (" + schema.quotedKeys(wanted) + ")"));
            }
        }
    }

    private void foreignKeys(LiveTable live, TenantTable mapped, String tenant) throws SQLException {
        List<LiveForeignKey> keys = schema.foreignKeys(live);
        for (LiveForeignKey key : keys) {
            TenantTable parent = tables.get(key.parent());
            if (parent != null && parent.library() != null && mayLeadToLibrary(key, mapped, tenant)) {
                if (isOnTenant(key, tenant)) {
                    findings.add(Fault.FOREIGN_KEY_TO_OWN_ONLY.found(
                            subject(live),
                            "has the foreign key " + key.name() + " on ("
                                    + String.join(", ", key.columns().keySet()) + ") to "
                                    + key.parent().name() + ", whose library rows it keeps from being referred to",
                            withoutTenant(live, tenant, key)));
                }
                continue;
            }
            // A key beside one that has the tenant as well is superfluous, and harmless.
            if (parent != null
                    && keys.stream()
                            .noneMatch(one -> one.parent().equals(key.parent())
                                    && one.columns()
                                            .entrySet()
                                            .containsAll(key.columns().entrySet())
                                    && isOnTenant(one, tenant))) {
                findings.add(Fault.FOREIGN_KEY_WITHOUT_TENANT.found(
                        subject(live),
                        "has the foreign key " + key.name() + " on ("
                                + String.join(", ", key.columns().keySet()) + ") to "
                                + key.parent().name()
                                + " without the tenant",
                        mend(live, tenant, key, SqlName.of(parent.column()).key())));
            }
        }
    }

    /** Whether the mapping has a reference to library rows in the columns of a key. */
    private boolean mayLeadToLibrary(LiveForeignKey key, TenantTable mapped, String tenant) {
        Set<String> columns = new HashSet<>(key.columns().keySet());
        columns.remove(tenant);
        return MappedReference.in(metadata, owned).stream()
                .anyMatch(one -> owned.library(one.target()) != null
                        && !one.part().equals(MappedReference.OWNER)
                        && MappedReference.physical(one.table(), metadata).contains(mapped.table())
                        && one.columns().stream()
                                .map(column -> SqlName.of(column.getName()).key())
                                .collect(Collectors.toSet())
                                .equals(columns));
    }

    private String withoutTenant(LiveTable live, String tenant, LiveForeignKey key) throws SQLException {
        List<String> from = new ArrayList<>();
        List<String> to = new ArrayList<>();
        key.columns().forEach((column, target) -> {
            if (!column.equals(tenant)) {
                from.add(column);
                to.add(target);
            }
        });
        return replaced(live, key, from, to);
    }

    private String replaced(LiveTable live, LiveForeignKey key, List<String> from, List<String> to)
            throws SQLException {
        String name = schema.quoted(key.name());
        return "alter table " + sql(live) + " drop constraint " + name + ";\nalter table " + sql(live)
                + " add constraint " + name + " foreign key (" + schema.quotedKeys(from) + ") references "
                + sql(key.parent()) + " (" + schema.quotedKeys(to) + ")";
    }

    private String mend(LiveTable live, String tenant, LiveForeignKey key, String parentTenant) throws SQLException {
        List<String> from = new ArrayList<>(List.of(tenant));
        List<String> to = new ArrayList<>(List.of(parentTenant));
        key.columns().forEach((column, target) -> {
            from.add(column);
            to.add(target);
        });
        return (schema.isUnique(key.parent(), to) ? "" : schema.addUnique(key.parent(), to) + ";\n")
                + replaced(live, key, from, to);
    }

    private void unmapped() throws SQLException {
        Set<LiveTable> mapped = new HashSet<>();
        Set<String> temporary = new HashSet<>();
        for (Table table : metadata.collectTableMappings()) {
            schema.find(table).ifPresent(mapped::add);
            temporary.add("ht_" + SqlName.of(table.getName()).key());
            temporary.add("hte_" + SqlName.of(table.getName()).key());
        }
        Set<String> columns = owned.tenantColumns().stream().map(SqlName::key).collect(Collectors.toSet());
        for (LiveTable table : schema.having(columns)) {
            if (!mapped.contains(table)
                    && !temporary.contains(SqlName.of(table.name()).key())
                    && !schema.isPartition(table)) {
                findings.add(Fault.UNMAPPED_TABLE.found(subject(table), "has a tenant column, but no entity maps it"));
            }
        }
    }

    private void views() throws SQLException {
        for (PersistentClass entity : metadata.getEntityBindings()) {
            String query = entity.getTable().isPhysicalTable() ? schema.view(entity.getTable()) : null;
            if (query != null && owned.contains(entity)) {
                findings.add(Fault.VIEW_OVER_OWNED.found(
                        entity.getEntityName(), "is mapped to a view, which has neither keys nor policies"));
            } else if (query != null) {
                tables.keySet().stream()
                        .filter(one -> Pattern.compile(
                                        "(?<!\\w)" + Pattern.quote(one.name()) + "(?!\\w)", Pattern.CASE_INSENSITIVE)
                                .matcher(query)
                                .find())
                        .findFirst()
                        .ifPresent(one -> findings.add(Fault.VIEW_OVER_OWNED.found(
                                entity.getEntityName(), "is a view of the owned table " + one.name())));
            }
        }
    }

    private static String subject(LiveTable live) {
        return TABLE + live.name();
    }

    /** Whether another session factory could still make up for it. */
    static boolean isOfUnmapped(Finding finding) {
        return finding.id().equals(Fault.UNMAPPED_TABLE.id());
    }

    static String tableOf(Finding finding) {
        return finding.subject().substring(TABLE.length());
    }

    private String sql(LiveTable live) throws SQLException {
        return schema.quoted(live.name());
    }
}
