package dev.tenancy;

import dev.tenancy.sql.Relation;
import dev.tenancy.sql.SqlName;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.model.relational.SqlStringGenerationContext;
import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.Join;
import org.hibernate.mapping.JoinedSubclass;
import org.hibernate.mapping.KeyValue;
import org.hibernate.mapping.ManyToOne;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.Value;
import org.jspecify.annotations.Nullable;

/** The tables of one or several mappings, by the keys of their names, and whose rows they hold. Immutable once made. */
final class MappedTables {

    // By these Hibernate changes rows that it has found with a join.
    private static final List<String> ROW_IDENTITIES = List.of("ctid", "_rowid_");

    private static final Set<Class<?>> COMPARABLE = Set.of(
            UUID.class, Long.class, Integer.class, Short.class, BigInteger.class, BigDecimal.class, String.class);

    private final Map<String, Relation> tables = new HashMap<>();
    private final Map<String, Relation> idTables = new HashMap<>();
    private final Set<String> tenantColumns = new HashSet<>();

    private MappedTables() {}

    /** @param names how statements of the mapping spell the names of tables */
    MappedTables(Metadata metadata, OwnedEntities owned, SqlStringGenerationContext names) {
        owned.tenantColumns().forEach(column -> tenantColumns.add(key(column)));
        for (PersistentClass entity : metadata.getEntityBindings()) {
            if (owned.contains(entity)) {
                learn(entity, owned);
            } else {
                entity.getTableClosure().forEach(this::addGlobal);
                entity.getJoinClosure().forEach(join -> addGlobal(join.getTable()));
            }
        }
        for (Collection collection : metadata.getCollectionBindings()) {
            if (!collection.isOneToMany()) {
                learn(collection, metadata, owned);
            }
        }
        for (MappedReference reference : MappedReference.in(metadata, owned)) {
            if (!reference.part().equals(MappedReference.OWNER)) {
                learn(reference, metadata, owned, names);
            }
        }
    }

    /** Those of one column, whose values can be compared with ids: of others nothing is known. */
    private void learn(
            MappedReference mapped, Metadata metadata, OwnedEntities owned, SqlStringGenerationContext names) {
        PersistentClass target = mapped.target();
        Property property = mapped.property() == null ? null : target.getReferencedProperty(mapped.property());
        Value value = property == null ? target.getKey() : property.getValue();
        if (mapped.columns().size() != 1
                || value.getColumns().size() != 1
                || !isComparable(property == null ? target.getRootClass().getKey() : value)) {
            return;
        }
        SqlName column = SqlName.of(mapped.columns().get(0).getQuotedName());
        SqlName to = SqlName.of(value.getColumns().get(0).getQuotedName());
        SqlName tenant = SqlName.of(owned.tenantColumn(target));
        List<Table> targets = MappedReference.physical(value.getTable(), metadata);
        String root = target.getRootClass().getEntityName();
        String space = property == null ? root : root + "." + property.getName();
        Relation.Reference reference = new Relation.Reference(
                mapped.name(),
                column,
                space,
                targets.stream()
                        .map(one ->
                                new Relation.Target(one.getQualifiedName(names), to, tenant, library(owned, target)))
                        .toList(),
                false,
                mapped.decides());
        for (Table table : MappedReference.physical(mapped.table(), metadata)) {
            tables.computeIfPresent(key(table), (name, known) -> referring(known, reference));
        }
        if (property != null) {
            for (Table table : targets) {
                tables.computeIfPresent(key(table), (name, known) -> identified(known, to, space));
            }
        }
        // Where Hibernate collects rows before it inserts them into several tables, their columns have the same names.
        for (PersistentClass entity : metadata.getEntityBindings()) {
            if (entity.getRootClass() == mapped.holder().getRootClass()) {
                for (Table table : List.of(entity.getTable(), entity.getRootTable())) {
                    idTables.computeIfPresent("hte_" + key(table), (name, known) -> referring(known, reference));
                }
            }
        }
    }

    private static boolean isComparable(Value id) {
        return id instanceof BasicValue basic
                && COMPARABLE.contains(
                        basic.resolve().getJdbcMapping().getJdbcJavaType().getJavaTypeClass());
    }

    private static Relation referring(Relation known, Relation.Reference reference) {
        Map<String, Relation.Reference> all = new HashMap<>(known.references());
        all.putIfAbsent(reference.column().key(), reference);
        return known.withReferences(Map.copyOf(all));
    }

    private static Relation identified(Relation known, SqlName column, String space) {
        Map<String, String> keys = new HashMap<>(known.keys());
        keys.putIfAbsent(column.key(), space);
        return new Relation(
                known.name(),
                known.owner(),
                known.tenantColumn(),
                Map.copyOf(keys),
                known.dependent(),
                known.references(),
                known.library());
    }

    private static @Nullable String library(OwnedEntities owned, PersistentClass entity) {
        Object library = owned.library(entity);
        return library == null ? null : library.toString();
    }

    private void addGlobal(Table table) {
        if (!table.isSubselect()) {
            tables.putIfAbsent(key(table), Relation.global(name(table)));
        }
    }

    private void learn(PersistentClass entity, OwnedEntities owned) {
        String space = entity.getRootClass().getEntityName();
        String tenantColumn = owned.tenantColumn(entity);
        String library = library(owned, entity);
        add(
                entity.getTable(),
                entity.getEntityName(),
                tenantColumn,
                key(entity.getKey(), space),
                entity instanceof JoinedSubclass,
                library);
        for (Join join : entity.getJoins()) {
            add(join.getTable(), entity.getEntityName(), tenantColumn, key(join.getKey(), space), true, library);
        }
        for (String prefix : List.of("ht_", "hte_")) {
            addIdTable(prefix + key(entity.getTable()), space);
            addIdTable(prefix + key(entity.getRootTable()), space);
        }
    }

    private void addIdTable(String name, String space) {
        idTables.put(SqlName.key(name), new Relation(new SqlName(name, false), null, null, Map.of("id", space), true));
    }

    private void learn(Collection collection, Metadata metadata, OwnedEntities owned) {
        Table table = collection.getCollectionTable();
        if (!owned.contains(collection.getOwner())) {
            addGlobal(table);
            return;
        }
        Map<String, String> keys = new HashMap<>();
        if (collection.getReferencedPropertyName() == null) {
            keys.putAll(key(
                    collection.getKey(), collection.getOwner().getRootClass().getEntityName()));
        }
        if (collection.getElement() instanceof ManyToOne toOne && toOne.isReferenceToPrimaryKey()) {
            PersistentClass target = metadata.getEntityBinding(toOne.getReferencedEntityName());
            if (target != null && owned.contains(target)) {
                key(toOne, target.getRootClass().getEntityName())
                        .forEach((column, space) -> keys.putIfAbsent(column, Relation.REFERENCE + space));
            }
        }
        add(
                table,
                collection.getRole(),
                owned.tenantColumn(collection.getOwner()),
                keys,
                true,
                library(owned, collection.getOwner()));
    }

    private void add(
            Table table,
            String owner,
            String tenantColumn,
            Map<String, String> keys,
            boolean dependent,
            @Nullable String library) {
        if (table.isSubselect()) {
            return; // Its text is in every statement, and is looked into there.
        }
        String name = key(table);
        Relation known = tables.get(name);
        Map<String, String> all = new HashMap<>(keys);
        ROW_IDENTITIES.forEach(column -> all.put(column, Relation.ROW + name));
        if (known == null || known.owner() == null) {
            tables.put(
                    name,
                    new Relation(name(table), owner, SqlName.of(tenantColumn), Map.copyOf(all), dependent)
                            .withLibrary(library));
            return;
        }
        all.putAll(known.keys());
        tables.put(
                name,
                new Relation(
                        name(table),
                        known.owner(),
                        SqlName.of(tenantColumn),
                        Map.copyOf(all),
                        known.dependent() && dependent,
                        known.references(),
                        Objects.equals(known.library(), library) ? library : null));
    }

    // A key of several columns identifies nothing by one of them.
    private static Map<String, String> key(@Nullable Value key, String space) {
        return key != null && !key.hasFormula() && key.getColumns().size() == 1 && !(key instanceof Component)
                ? Map.of(key(key.getColumns().get(0).getName()), space)
                : Map.of();
    }

    private static Map<String, String> key(@Nullable KeyValue key, String space) {
        return key((Value) key, space);
    }

    private static SqlName name(Table table) {
        return new SqlName(table.getName(), table.isQuoted());
    }

    private static String key(Table table) {
        return SqlName.key(table.getName());
    }

    private static String key(String spelling) {
        return SqlName.of(spelling).key();
    }

    /** What the mapping says of a name; null if it says nothing. */
    @Nullable Relation get(SqlName name) {
        Relation found = tables.get(name.key());
        return found == null ? idTables.get(name.key()) : found;
    }

    /** The columns that say whose a row is, by the keys of their names. */
    Set<String> tenantColumns() {
        return tenantColumns;
    }

    /** Of tables by the keys of their names, one with rows that every tenant reads; null if none has any. */
    @Nullable Relation withLibrary(Set<String> names) {
        return names.stream()
                .map(tables::get)
                .filter(table -> table != null && table.library() != null)
                .findFirst()
                .orElse(null);
    }

    /** What both mappings say. A table that is owned for either is owned, and has a library if both say so. */
    MappedTables and(MappedTables other) {
        MappedTables both = new MappedTables();
        Map<String, String> spaces = sameSpaces(other);
        both.tables.putAll(tables);
        other.tables.forEach((name, table) -> both.tables.merge(name, in(spaces, table), MappedTables::both));
        both.idTables.putAll(idTables);
        other.idTables.forEach((name, table) -> both.idTables.putIfAbsent(name, in(spaces, table)));
        both.tenantColumns.addAll(tenantColumns);
        both.tenantColumns.addAll(other.tenantColumns);
        return both;
    }

    // Two mappings have two entities for one table, whose rows are the same.
    private Map<String, String> sameSpaces(MappedTables other) {
        Map<String, String> same = new HashMap<>();
        other.tables.forEach((name, theirs) -> {
            Relation ours = tables.get(name);
            if (ours != null) {
                theirs.keys().forEach((column, space) -> {
                    String our = ours.keys().get(column);
                    if (our != null && !our.startsWith(Relation.REFERENCE) && !space.startsWith(Relation.REFERENCE)) {
                        same.putIfAbsent(space, our);
                    }
                });
            }
        });
        return same;
    }

    private static Relation in(Map<String, String> spaces, Relation table) {
        Map<String, String> keys = new HashMap<>();
        table.keys()
                .forEach((column, space) -> keys.put(
                        column,
                        space.startsWith(Relation.REFERENCE)
                                ? Relation.REFERENCE + renamed(space.substring(Relation.REFERENCE.length()), spaces)
                                : renamed(space, spaces)));
        Map<String, Relation.Reference> references = new HashMap<>();
        table.references()
                .forEach((column, reference) -> references.put(
                        column,
                        new Relation.Reference(
                                reference.holder(),
                                reference.column(),
                                renamed(reference.of(), spaces),
                                reference.targets(),
                                reference.enforced(),
                                reference.decides())));
        return new Relation(
                table.name(),
                table.owner(),
                table.tenantColumn(),
                Map.copyOf(keys),
                table.dependent(),
                Map.copyOf(references),
                table.library());
    }

    private static String renamed(String space, Map<String, String> spaces) {
        return spaces.getOrDefault(space, space);
    }

    private static Relation both(Relation one, Relation other) {
        Map<String, Relation.Reference> references = new HashMap<>(other.references());
        references.putAll(one.references());
        if (one.owner() == null || other.owner() == null) {
            return (one.owner() == null ? other : one).withReferences(Map.copyOf(references));
        }
        Map<String, String> keys = new HashMap<>(other.keys());
        keys.putAll(one.keys());
        return new Relation(
                one.name(),
                one.owner(),
                one.tenantColumn(),
                Map.copyOf(keys),
                one.dependent() && other.dependent(),
                Map.copyOf(references),
                Objects.equals(one.library(), other.library()) ? one.library() : null);
    }
}
