package dev.tenancy;

import dev.tenancy.sql.SqlName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.DenormalizedTable;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.IndexedCollection;
import org.hibernate.mapping.ManyToOne;
import org.hibernate.mapping.OneToOne;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.ToOne;
import org.hibernate.mapping.Value;

/**
 * The references between owned entities for which {@link TenantConstraints} could not make a foreign key with the tenant: the
 * database would accept another tenant's row as their target, and only the other layers prevent that.
 */
final class UnenforcedReferences {

    private final Metadata metadata;
    private final OwnedEntities owned;
    private final List<String> found = new ArrayList<>();

    private UnenforcedReferences(Metadata metadata, OwnedEntities owned) {
        this.metadata = metadata;
        this.owned = owned;
    }

    /** Each with its remedy, in the order of the mapping. To be asked when the constraints are made. */
    static List<String> in(Metadata metadata, OwnedEntities owned) {
        UnenforcedReferences references = new UnenforcedReferences(metadata, owned);
        for (PersistentClass entity : metadata.getEntityBindings()) {
            if (owned.contains(entity)) {
                for (Property property : entity.getProperties()) {
                    references.check(entity, entity.getEntityName() + "." + property.getName(), property.getValue());
                }
            }
        }
        return List.copyOf(references.found);
    }

    private void check(PersistentClass owner, String path, Value value) {
        if (value instanceof Component component) {
            for (Property property : component.getProperties()) {
                check(owner, path + "." + property.getName(), property.getValue());
            }
        } else if (value instanceof Collection collection) {
            check(owner, path, collection);
        } else if (value instanceof ToOne toOne
                && !toOne.hasFormula()
                && !(toOne instanceof OneToOne one && !one.isConstrained())) {
            PersistentClass target = metadata.getEntityBinding(toOne.getReferencedEntityName());
            if (target != null && owned.contains(target)) {
                check(owner, path, toOne.getTable(), toOne.getColumns(), target);
            }
        }
    }

    private void check(PersistentClass owner, String path, Collection collection) {
        if (!collection.isInverse()) {
            check(
                    owner,
                    path,
                    collection.getCollectionTable(),
                    collection.getKey().getColumns(),
                    owner);
        }
        if (!collection.isOneToMany() && !collection.isInverse()) {
            check(owner, path + " (element)", collection.getElement());
            if (collection instanceof IndexedCollection indexed && indexed.getIndex() instanceof ManyToOne key) {
                check(owner, path + " (key)", key);
            }
        }
    }

    private void check(PersistentClass owner, String path, Table table, List<Column> columns, PersistentClass target) {
        List<Table> tables = new ArrayList<>();
        addPhysical(table, tables);
        String tenantColumn = SqlName.of(owned.tenantColumn(owner)).key();
        boolean enforced = tables.stream()
                .allMatch(one -> one.getForeignKeyCollection().stream()
                        .anyMatch(key -> key.getColumns().containsAll(columns) && holds(key, tenantColumn)));
        if (!enforced) {
            found.add("The reference " + path + " to " + target.getEntityName()
                    + " is enforced by no foreign key that carries the tenant. "
                    + (target.getTable().hasDenormalizedTables()
                            ? "A database has none for a target in the tables of several classes: map the hierarchy with"
                                    + " InheritanceType.SINGLE_TABLE."
                            : "Let the mapping make one: without ConstraintMode.NO_CONSTRAINT, @NotFound and a definition of"
                                    + " its own."));
        }
    }

    private static boolean holds(ForeignKey key, String tenantColumn) {
        return key.isCreationEnabled()
                && key.isPhysicalConstraint()
                && (key.getKeyDefinition() == null
                        ? key.getColumns().stream()
                                .anyMatch(column ->
                                        SqlName.of(column.getName()).key().equals(tenantColumn))
                        : key.getKeyDefinition().toLowerCase(Locale.ROOT).contains(tenantColumn));
    }

    private void addPhysical(Table table, List<Table> tables) {
        if (table.isPhysicalTable()) {
            tables.add(table);
        }
        if (table.hasDenormalizedTables()) {
            for (Table other : metadata.collectTableMappings()) {
                if (other instanceof DenormalizedTable sub && sub.getIncludedTable() == table) {
                    addPhysical(sub, tables);
                }
            }
        }
    }
}
