package dev.tenancy;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Join;
import org.hibernate.mapping.KeyValue;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;

/**
 * A table that holds rows of an owned entity or of its collections, by the mapping.
 *
 * @param owner the entity or the collection's role
 * @param parent the table whose rows say whose these are; null if this one's rows do
 * @param key this table's columns that refer to the parent's primary key; empty if they refer to something else
 * @param library the tenant whose rows every tenant reads; null if there is none
 */
record TenantTable(
        Table table,
        String column,
        String owner,
        @Nullable Table parent,
        List<String> key,
        @Nullable Object library) {

    static Collection<TenantTable> of(Metadata metadata, OwnedEntities owned) {
        Map<Table, TenantTable> tables = new LinkedHashMap<>();
        for (PersistentClass entity : metadata.getEntityBindings()) {
            if (owned.contains(entity)) {
                addTables(entity, owned.tenantColumn(entity), owned.library(entity), tables);
            }
        }
        for (org.hibernate.mapping.Collection collection : metadata.getCollectionBindings()) {
            if (owned.contains(collection.getOwner()) && !collection.isOneToMany()) {
                List<String> key =
                        collection.getReferencedPropertyName() == null ? names(collection.getKey()) : List.of();
                add(
                        tables,
                        new TenantTable(
                                collection.getCollectionTable(),
                                owned.tenantColumn(collection.getOwner()),
                                collection.getRole(),
                                collection.getOwner().getTable(),
                                key,
                                owned.library(collection.getOwner())));
            }
        }
        return tables.values();
    }

    private static void addTables(
            PersistentClass entity, String column, @Nullable Object library, Map<Table, TenantTable> tables) {
        PersistentClass superclass = entity.getSuperclass();
        boolean joined = superclass != null && entity.isJoinedSubclass();
        add(
                tables,
                new TenantTable(
                        entity.getTable(),
                        column,
                        entity.getEntityName(),
                        joined ? superclass.getTable() : null,
                        joined ? names(entity.getKey()) : List.of(),
                        library));
        for (Join join : entity.getJoins()) {
            add(
                    tables,
                    new TenantTable(
                            join.getTable(),
                            column,
                            entity.getEntityName(),
                            entity.getTable(),
                            names(join.getKey()),
                            library));
        }
    }

    private static void add(Map<Table, TenantTable> tables, TenantTable one) {
        if (one.table().isPhysicalTable()
                && !one.table().isAbstract()
                && !one.table().isView()) {
            tables.merge(one.table(), one, (known, again) -> known.parent() == null ? known : again);
        }
    }

    private static List<String> names(@Nullable KeyValue key) {
        return key == null
                ? List.of()
                : key.getColumns().stream().map(Column::getName).toList();
    }

    boolean isRoot() {
        return parent == null;
    }
}
