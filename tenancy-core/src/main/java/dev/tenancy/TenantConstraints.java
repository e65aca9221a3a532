package dev.tenancy;

import dev.tenancy.sql.SqlName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.model.naming.NamingHelper;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.Index;
import org.hibernate.mapping.Join;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.UniqueKey;

/**
 * Puts the tenant into the constraints of the schema that Hibernate exports, so that the database itself refuses a row that refers
 * to another tenant's. The mapping in Java keeps its single ids; only the tables know.
 */
final class TenantConstraints {

    private final Metadata metadata;
    private final OwnedEntities owned;
    private final Map<Table, Column> tenants = new LinkedHashMap<>();

    private TenantConstraints(Metadata metadata, OwnedEntities owned) {
        this.metadata = metadata;
        this.owned = owned;
    }

    /**
     * Completes the mapping, when its foreign keys are made and before a schema is exported from it. A second call does nothing.
     *
     * @throws TenancySetupException if a foreign key would take the tenant off a row
     */
    static void complete(Metadata metadata, OwnedEntities owned) {
        TenantConstraints constraints = new TenantConstraints(metadata, owned);
        constraints.addTenantColumns();
        constraints.refuseSetNull();
        constraints.widenUniqueKeys();
        constraints.widenForeignKeys();
        constraints.addTenantKeys();
    }

    private void addTenantColumns() {
        for (PersistentClass entity : metadata.getEntityBindings()) {
            if (owned.contains(entity)) {
                addTenantColumn(entity.getTable(), entity);
                for (Join join : entity.getJoins()) {
                    addTenantColumn(join.getTable(), entity);
                }
            }
        }
        for (Collection collection : metadata.getCollectionBindings()) {
            if (!collection.isOneToMany() && owned.contains(collection.getOwner())) {
                addTenantColumn(collection.getCollectionTable(), collection.getOwner());
            }
        }
    }

    private void addTenantColumn(Table table, PersistentClass owner) {
        if (!table.isPhysicalTable() || table.isView()) {
            return;
        }
        String name = SqlName.of(owned.tenantColumn(owner)).key();
        Optional<Column> own = column(table, name);
        if (own.isEmpty()) {
            // Without one in the root's own table, the doctor has something to say.
            own = column(owner.getRootTable(), name).map(TenantConstraints::copy);
            own.ifPresent(table::addColumn);
        }
        own.ifPresent(tenant -> {
            tenant.setNullable(false);
            tenants.putIfAbsent(table, tenant);
        });
    }

    private static Optional<Column> column(Table table, String name) {
        return table.getColumns().stream()
                .filter(column -> SqlName.of(column.getName()).key().equals(name))
                .findFirst();
    }

    private static Column copy(Column tenant) {
        Column copy = tenant.clone();
        copy.setCollation(tenant.getCollation());
        copy.setUnique(false);
        copy.setDefaultValue(null);
        copy.setComment(null);
        return copy;
    }

    private void refuseSetNull() {
        List<String> faults = new ArrayList<>();
        tenants.keySet()
                .forEach(table -> table.getForeignKeyCollection().stream()
                        .filter(this::isWithinOneTenant)
                        .filter(key -> key.getOnDeleteAction() == OnDeleteAction.SET_NULL
                                || key.getOnDeleteAction() == OnDeleteAction.SET_DEFAULT)
                        .map(key -> table.getName() + "." + key.getColumn(0).getName() + ", which refers to "
                                + key.getReferencedEntityName())
                        .forEach(faults::add));
        if (!faults.isEmpty()) {
            throw new TenancySetupException(
                    "The @OnDelete action of some references would take the tenant off the row that refers: "
                            + String.join("; ", faults) + ".",
                    "Use OnDeleteAction.RESTRICT or CASCADE, and set the reference to null before the delete where the row"
                            + " is to stay.");
        }
    }

    private void widenUniqueKeys() {
        List<Column> single = new ArrayList<>();
        tenants.forEach((table, tenant) -> {
            for (UniqueKey key : table.getUniqueKeys().values()) {
                if (!key.containsColumn(tenant)) {
                    key.getColumns().add(0, tenant);
                }
            }
            for (Column column : table.getColumns()) {
                if (column.isUnique() && !column.equals(tenant) && !table.isPrimaryKey(column)) {
                    single.add(column);
                    addUniqueKey(table, List.of(tenant, column));
                }
            }
            for (Index index : table.getIndexes().values()) {
                if (index.isUnique()) {
                    // At its end, for Hibernate gives no way to put it first; rows are as unique either way.
                    index.addColumn(tenant);
                }
            }
        });
        // The tables of a table-per-class hierarchy share them.
        single.forEach(column -> column.setUnique(false));
    }

    private void widenForeignKeys() {
        tenants.forEach((table, tenant) -> {
            for (ForeignKey key : table.getForeignKeyCollection()) {
                Column targetTenant = tenants.get(key.getReferencedTable());
                if (targetTenant != null
                        && isWithinOneTenant(key)
                        && !key.containsColumn(tenant)
                        && !isToLibrary(key)) {
                    widen(key, tenant, targetTenant);
                }
            }
        });
    }

    // Such a reference leads to a row of the same tenant or of the library, which no key of a tenant and an id can say.
    private boolean isToLibrary(ForeignKey key) {
        return MappedReference.in(metadata, owned).stream()
                .anyMatch(reference -> owned.library(reference.target()) != null
                        && !reference.part().equals(MappedReference.OWNER)
                        && MappedReference.physical(reference.table(), metadata).contains(key.getTable())
                        && reference.columns().equals(key.getColumns()));
    }

    // Rows are found by their tenant and id, and a reference from elsewhere needs the two to be unique.
    private void addTenantKeys() {
        for (PersistentClass entity : metadata.getEntityBindings()) {
            Column tenant = tenants.get(entity.getTable());
            if (tenant != null
                    && !entity.isJoinedSubclass()
                    && entity.getTable().hasPrimaryKey()) {
                List<Column> columns = new ArrayList<>(List.of(tenant));
                columns.addAll(entity.getTable().getPrimaryKey().getColumns());
                addUniqueKey(entity.getTable(), columns);
            }
        }
    }

    // What the mapping spells out or switches off, and what no database can hold, is left as it is.
    private boolean isWithinOneTenant(ForeignKey key) {
        return tenants.containsKey(key.getReferencedTable())
                && key.isCreationEnabled()
                && key.isPhysicalConstraint()
                && key.getKeyDefinition() == null;
    }

    private void widen(ForeignKey key, Column tenant, Column targetTenant) {
        Table target = key.getReferencedTable();
        List<Column> referenced = key.isReferenceToPrimaryKey()
                ? target.getPrimaryKey().getColumns()
                : List.copyOf(key.getReferencedColumns());
        List<Column> unique = new ArrayList<>(List.of(targetTenant));
        unique.addAll(referenced);
        addUniqueKey(target, unique);
        // The tenant comes last: Hibernate's schema update tells foreign keys apart by their first column.
        key.addColumn(tenant);
        key.addReferencedColumns(referenced);
        key.addReferencedColumns(List.of(targetTenant));
    }

    private void addUniqueKey(Table table, List<Column> columns) {
        boolean known = table.getUniqueKeys().values().stream()
                .map(UniqueKey::getColumns)
                .anyMatch(key -> key.size() == columns.size() && key.containsAll(columns));
        if (!known) {
            UniqueKey key = new UniqueKey(table);
            key.setName(NamingHelper.INSTANCE.generateHashedConstraintName(
                    "UK",
                    table.getNameIdentifier(),
                    columns.stream()
                            .map(column -> metadata.getDatabase().toIdentifier(column.getQuotedName()))
                            .toList()));
            // Or else a schema update would not know it again.
            key.setNameExplicit(true);
            columns.forEach(key::addColumn);
            table.addUniqueKey(key);
        }
    }
}
