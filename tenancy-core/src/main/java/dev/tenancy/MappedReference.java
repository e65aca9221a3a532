package dev.tenancy;

import java.util.ArrayList;
import java.util.List;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.DenormalizedTable;
import org.hibernate.mapping.IndexedCollection;
import org.hibernate.mapping.ManyToOne;
import org.hibernate.mapping.OneToOne;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.ToOne;
import org.hibernate.mapping.Value;
import org.jspecify.annotations.Nullable;

/**
 * A reference of a mapping to an owned entity.
 *
 * @param holder the entity that has it, or that has the collection which has it
 * @param path the attribute, behind the holder's name
 * @param part of a collection: its element, key or {@link #OWNER}; empty for an attribute
 * @param columns those that hold it
 * @param property the target's attribute that it holds the value of; null if the id
 * @param decides whether it stands in a table between a row of nobody's and the target
 */
record MappedReference(
        PersistentClass holder,
        String path,
        String part,
        Table table,
        List<Column> columns,
        PersistentClass target,
        @Nullable String property,
        boolean decides) {

    /** What a collection belongs to. */
    static final String OWNER = "owner";

    /** Those of all entities, in the order of the mapping. */
    static List<MappedReference> in(Metadata metadata, OwnedEntities owned) {
        List<MappedReference> found = new ArrayList<>();
        Search search = new Search(metadata, owned, found);
        for (PersistentClass entity : metadata.getEntityBindings()) {
            for (Property property : entity.getProperties()) {
                search.look(entity, entity.getEntityName() + "." + property.getName(), "", false, property.getValue());
            }
        }
        return List.copyOf(found);
    }

    private record Search(Metadata metadata, OwnedEntities owned, List<MappedReference> found) {

        void look(PersistentClass holder, String path, String part, boolean decides, Value value) {
            if (value instanceof Component component) {
                for (Property property : component.getProperties()) {
                    String name = "." + property.getName();
                    look(
                            holder,
                            part.isEmpty() ? path + name : path,
                            part.isEmpty() ? "" : part + name,
                            false,
                            property.getValue());
                }
            } else if (value instanceof Collection collection) {
                look(holder, path, collection);
            } else if (value instanceof ToOne toOne
                    && !toOne.hasFormula()
                    && !(toOne instanceof OneToOne one && !one.isConstrained())) {
                PersistentClass target = metadata.getEntityBinding(toOne.getReferencedEntityName());
                if (target != null && owned.contains(target)) {
                    found.add(new MappedReference(
                            holder,
                            path,
                            part,
                            toOne.getTable(),
                            toOne.getColumns(),
                            target,
                            toOne.isReferenceToPrimaryKey() ? null : toOne.getReferencedPropertyName(),
                            decides));
                }
            }
        }

        private void look(PersistentClass holder, String path, Collection collection) {
            if (!collection.isInverse() && owned.contains(holder)) {
                found.add(new MappedReference(
                        holder,
                        path,
                        OWNER,
                        collection.getCollectionTable(),
                        collection.getKey().getColumns(),
                        holder,
                        collection.getReferencedPropertyName(),
                        false));
            }
            if (!collection.isOneToMany() && !collection.isInverse()) {
                boolean decides = !owned.contains(holder);
                look(holder, path, "element", decides, collection.getElement());
                if (collection instanceof IndexedCollection indexed && indexed.getIndex() instanceof ManyToOne key) {
                    look(holder, path, "key", decides, key);
                }
            }
        }
    }

    /** As messages name it. */
    String name() {
        return part.isEmpty() ? path : path + "." + part;
    }

    /** The tables of which each may hold a row of a mapped one: a union of classes has several. */
    static List<Table> physical(Table table, Metadata metadata) {
        List<Table> tables = new ArrayList<>();
        if (table.isPhysicalTable()) {
            tables.add(table);
        }
        if (table.hasDenormalizedTables()) {
            for (Table other : metadata.collectTableMappings()) {
                if (other instanceof DenormalizedTable sub && sub.getIncludedTable() == table) {
                    tables.addAll(physical(sub, metadata));
                }
            }
        }
        return tables;
    }
}
