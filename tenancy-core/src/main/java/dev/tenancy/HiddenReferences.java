package dev.tenancy;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.IndexedCollection;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.ToOne;
import org.hibernate.mapping.Value;
import org.jspecify.annotations.Nullable;

/**
 * References from rows of nobody's to owned rows. Whoever does not see the target finds none there: so what Hibernate has read of such
 * a row is good for the tenant alone that it was read for, neither to be kept for others nor to be written back.
 */
record HiddenReferences(OwnedEntities owned, Function<String, @Nullable PersistentClass> entities) {

    /** Has updates write what was changed, and leave the references alone that were not. */
    static void keep(Map<String, PersistentClass> entities, OwnedEntities owned) {
        HiddenReferences hidden = new HiddenReferences(owned, entities::get);
        entities.values().stream()
                .filter(entity -> !owned.contains(entity) && hidden.areIn(entity.getRootClass()))
                .filter(entity -> all(entity.getRootClass()).noneMatch(HiddenReferences::isUpdatedByTextOfItsOwn))
                .forEach(entity -> entity.setDynamicUpdate(true));
    }

    // With @SQLUpdate all columns are written in any case.
    private static boolean isUpdatedByTextOfItsOwn(PersistentClass entity) {
        return entity.getCustomSQLUpdate() != null
                || entity.getJoins().stream().anyMatch(join -> join.getCustomSQLUpdate() != null);
    }

    private static Stream<PersistentClass> all(PersistentClass root) {
        return Stream.concat(Stream.of(root), root.getSubclasses().stream());
    }

    /** Whether there are any in the hierarchy of an entity, its collections left aside. */
    boolean areIn(PersistentClass root) {
        return all(root)
                .flatMap(one -> Stream.concat(
                        Stream.of(one.getIdentifier()),
                        one.getProperties().stream().map(Property::getValue)))
                .anyMatch(this::leads);
    }

    boolean areIn(Collection collection) {
        return leads(collection.getElement())
                || collection instanceof IndexedCollection indexed && leads(indexed.getIndex());
    }

    private boolean leads(Value value) {
        if (value instanceof Component component) {
            return component.getProperties().stream().anyMatch(part -> leads(part.getValue()));
        }
        PersistentClass target = value instanceof ToOne one ? entities.apply(one.getReferencedEntityName()) : null;
        return target != null && owned.contains(target);
    }
}
