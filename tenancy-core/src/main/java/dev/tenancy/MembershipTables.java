package dev.tenancy;

import dev.tenancy.sql.SqlName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;

/** The tables from whose rows {@link Memberships} are answered, by the keys of their names. Immutable once made. */
final class MembershipTables {

    static final MembershipTables NONE = new MembershipTables();

    private final Set<String> defining = new HashSet<>();
    private final Set<String> cascading = new HashSet<>();

    private MembershipTables() {}

    MembershipTables(Metadata metadata) {
        for (PersistentClass entity : metadata.getEntityBindings()) {
            if (definesMemberships(entity)) {
                entity.getTableClosure().forEach(table -> defining.add(key(table)));
                entity.getJoinClosure().forEach(join -> defining.add(key(join.getTable())));
            }
        }
        for (Collection collection : metadata.getCollectionBindings()) {
            if (!collection.isOneToMany() && definesMemberships(collection.getOwner())) {
                defining.add(key(collection.getCollectionTable()));
            }
        }
        boolean more = !defining.isEmpty();
        while (more) {
            more = false;
            for (Table table : metadata.collectTableMappings()) {
                for (ForeignKey key : table.getForeignKeyCollection()) {
                    if (isCascading(key) && (defining.contains(key(table)) || cascading.contains(key(table)))) {
                        more |= cascading.add(key(key.getReferencedTable()));
                    }
                }
            }
        }
    }

    private static boolean definesMemberships(@Nullable PersistentClass entity) {
        if (entity == null) {
            return false;
        }
        GlobalEntity global =
                entity.hasPojoRepresentation() ? entity.getMappedClass().getAnnotation(GlobalEntity.class) : null;
        return global != null && global.decidesMembership() || definesMemberships(entity.getSuperclass());
    }

    // Rows that the database takes along with others are in no statement.
    private static boolean isCascading(ForeignKey key) {
        return key.getReferencedTable() != null
                && key.getOnDeleteAction() != null
                && key.getOnDeleteAction() != OnDeleteAction.NO_ACTION
                && key.getOnDeleteAction() != OnDeleteAction.RESTRICT;
    }

    private static String key(Table table) {
        return SqlName.key(table.getName());
    }

    /** Whether a statement that writes and deletes from these tables may change an answer. */
    boolean isChangedBy(Set<String> written, Set<String> deleted) {
        return written.stream().anyMatch(defining::contains) || deleted.stream().anyMatch(cascading::contains);
    }

    MembershipTables and(MembershipTables other) {
        MembershipTables both = new MembershipTables();
        for (MembershipTables one : List.of(this, other)) {
            both.defining.addAll(one.defining);
            both.cascading.addAll(one.cascading);
        }
        return both;
    }
}
