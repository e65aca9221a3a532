package dev.tenancy;

import dev.tenancy.sql.SqlName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.Join;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;

/**
 * Whether the tables of a mapping can be spread over the nodes of Citus by tenant, each statement going to one of them. Nothing of
 * this is needed on a single database.
 */
final class ShardingCheck {

    private ShardingCheck() {}

    /** What stands in the way, each with its remedy; empty if nothing does. To be asked when the constraints are made. */
    static List<String> obstacles(Metadata metadata, OwnedEntities owned) {
        List<String> obstacles = new ArrayList<>();
        for (Finding one : unroutable(metadata, owned)) {
            obstacles.add(one.subject() + " " + one.problem() + ". " + one.remedy() + ".");
        }
        Map<Table, String> tenantColumns = new HashMap<>();
        for (PersistentClass entity : metadata.getEntityBindings()) {
            if (owned.contains(entity)) {
                String tenantColumn = SqlName.of(owned.tenantColumn(entity)).key();
                tenantColumns.put(entity.getTable(), tenantColumn);
                entity.getJoins().forEach(join -> tenantColumns.put(join.getTable(), tenantColumn));
            }
        }
        for (Collection collection : metadata.getCollectionBindings()) {
            if (!collection.isOneToMany() && owned.contains(collection.getOwner())) {
                tenantColumns.put(
                        collection.getCollectionTable(),
                        SqlName.of(owned.tenantColumn(collection.getOwner())).key());
            }
        }
        for (Table table : metadata.collectTableMappings()) {
            for (ForeignKey key : table.getForeignKeyCollection()) {
                if (key.isCreationEnabled() && tenantColumns.containsKey(key.getReferencedTable())) {
                    addForeignKey(key, tenantColumns.get(table), obstacles);
                }
            }
        }
        return obstacles;
    }

    /** Entities whose statements Citus refuses, or sends to several shards. */
    static List<Finding> unroutable(Metadata metadata, OwnedEntities owned) {
        List<Finding> findings = new ArrayList<>();
        for (PersistentClass entity : metadata.getEntityBindings()) {
            if (!owned.contains(entity)) {
                continue;
            }
            String subject = "The entity " + entity.getEntityName();
            if (owned.library(entity) != null && entity.getSuperclass() == null) {
                findings.add(Fault.NOT_ROUTABLE.found(
                        subject,
                        "has rows that every tenant reads (@LibraryRows), which are in the shard of one",
                        "Keep them in a @GlobalEntity beside it"));
            }
            for (Join join : entity.getJoins()) {
                // Hibernate writes such a row with MERGE, which Citus takes from another table alone, and not from
                // values.
                if (join.isOptional() && !join.isInverse()) {
                    String table = join.getTable().getName();
                    findings.add(Fault.NOT_ROUTABLE.found(
                            subject,
                            "keeps a part of its rows in the table " + table + ", where a row may be missing",
                            "Map its columns to the entity's own table, or, if each row has one there, add @SecondaryRow(table = \""
                                    + table + "\", optional = false)"));
                }
            }
        }
        return findings;
    }

    private static void addForeignKey(ForeignKey key, @Nullable String tenantColumn, List<String> obstacles) {
        String refers = "The foreign key " + key.getName() + " of the table "
                + key.getTable().getName() + " to " + key.getReferencedEntityName();
        if (tenantColumn == null) {
            obstacles.add(refers + " leads from rows that no tenant owns to rows that one does. Turn the reference"
                    + " round, or let the table be owned too.");
        } else if (key.getKeyDefinition() != null) {
            String definition = key.getKeyDefinition().toLowerCase(Locale.ROOT);
            if (!definition.contains(tenantColumn)) {
                obstacles.add(refers + " is spelled out without the tenant. Add " + tenantColumn
                        + " to both sides of its definition, or leave the definition out.");
            }
            if (definition.contains("set null") || definition.contains("set default")) {
                obstacles.add(refers + " is spelled out with set null or set default. Use restrict or cascade.");
            }
        }
    }
}
