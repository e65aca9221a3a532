package dev.tenancy;

import dev.tenancy.sql.SqlName;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.IndexedCollection;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.ToOne;
import org.hibernate.mapping.Value;

/**
 * The references between owned entities for which {@link TenantConstraints} could not make a foreign key with the tenant: the
 * database would accept another tenant's row as their target, and only the other layers prevent that.
 */
final class UnenforcedReferences {

    private UnenforcedReferences() {}

    /** Each with its remedy, in the order of the mapping. To be asked when the constraints are made. */
    static List<String> in(Metadata metadata, OwnedEntities owned) {
        return MappedReference.in(metadata, owned).stream()
                .filter(one -> owned.contains(one.holder()) && !isEnforced(one, metadata, owned))
                .map(one -> described(one, owned.library(one.target()) != null))
                .toList();
    }

    private static boolean isEnforced(MappedReference reference, Metadata metadata, OwnedEntities owned) {
        String tenantColumn = SqlName.of(owned.tenantColumn(reference.holder())).key();
        return MappedReference.physical(reference.table(), metadata).stream()
                .allMatch(one -> isEnforced(one, reference.columns(), tenantColumn));
    }

    private static boolean isEnforced(Table table, List<Column> columns, String tenantColumn) {
        return table.getForeignKeyCollection().stream()
                .anyMatch(key -> key.getColumns().containsAll(columns) && holds(key, tenantColumn));
    }

    /** Whether the elements and keys of a collection's table that refer to entities do so by foreign keys with the tenant. */
    static boolean areElementsEnforced(Collection collection, String tenantColumn) {
        String tenant = SqlName.of(tenantColumn).key();
        Value key = collection instanceof IndexedCollection indexed ? indexed.getIndex() : null;
        return Stream.of(collection.getElement(), key)
                .filter(ToOne.class::isInstance)
                .allMatch(value -> isEnforced(collection.getCollectionTable(), value.getColumns(), tenant));
    }

    private static String described(MappedReference reference, boolean library) {
        String part = reference.part();
        return "The reference " + reference.path()
                + (part.isEmpty() || part.equals(MappedReference.OWNER) ? "" : " (" + part + ")") + " to "
                + reference.target().getEntityName()
                + " is enforced by no foreign key that carries the tenant. "
                + (library
                        ? "Its target has rows that every tenant reads (@LibraryRows), so that none can."
                        : mend(reference));
    }

    private static String mend(MappedReference reference) {
        return (reference.target().getTable().hasDenormalizedTables()
                ? "A database has none for a target in the tables of several classes: map the hierarchy with"
                        + " InheritanceType.SINGLE_TABLE."
                : "Let the mapping make one: without ConstraintMode.NO_CONSTRAINT, @NotFound and a definition of"
                        + " its own.");
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
}
