package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.SampleRows.Row;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.hibernate.Session;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.query.SelectionQuery;

/**
 * Ways along what is unique: whatever the mapping says of it, what the database holds unique decides. Another tenant may have the same,
 * and sees only its own.
 */
final class UniquenessAttacks {

    private final RowTrials trials;
    private final String name;

    UniquenessAttacks(RowTrials trials) {
        this.trials = trials;
        this.name = trials.name();
    }

    void add() {
        Set<String> ownReferences = columnsOfReferences();
        UniqueIndexes.of(
                        trials.entity().table(),
                        work -> trials.rows().as(trials.tenants().owner(), session -> {
                            session.doWork(work::accept);
                            return true;
                        }))
                .forEach((index, columns) -> {
                    List<BasicAttributeMapping> attributes = OwnedMapping.attributes(trials.persister())
                            .filter(attribute -> attribute instanceof BasicAttributeMapping basic
                                    && !OwnedMapping.isTenant(attribute)
                                    && columns.contains(UniqueIndexes.folded(basic.getSelectionExpression())))
                            .map(BasicAttributeMapping.class::cast)
                            .toList();
                    if (!attributes.isEmpty()) {
                        add(index, columns, attributes, Collections.disjoint(columns, ownReferences));
                    }
                });
    }

    private void add(String index, Set<String> columns, List<BasicAttributeMapping> attributes, boolean sameForOthers) {
        String names =
                attributes.stream().map(BasicAttributeMapping::getAttributeName).collect(Collectors.joining(", "));
        boolean tenant =
                columns.contains(UniqueIndexes.folded(trials.entity().tenant().getSelectionExpression()));
        trials.read("found by unique: " + names, (session, row) -> foundBy(session, attributes, row));
        // Another tenant's row refers to other rows, so that it is not the same in any case.
        if (sameForOthers) {
            trials.add("same unique value: " + names, row -> takeSame(index, tenant, attributes, row));
        }
    }

    private Set<String> columnsOfReferences() {
        Set<String> columns = new HashSet<>();
        OwnedMapping.attributes(trials.persister())
                .filter(ToOneAttributeMapping.class::isInstance)
                .map(ToOneAttributeMapping.class::cast)
                .filter(reference -> trials.mapping()
                        .isOwned(reference.getAssociatedEntityMappingType().getEntityPersister()))
                .forEach(reference -> reference
                        .getForeignKeyDescriptor()
                        .getKeyPart()
                        .forEachSelectable(
                                (index, column) -> columns.add(UniqueIndexes.folded(column.getSelectionExpression()))));
        columns.remove(UniqueIndexes.folded(trials.entity().tenant().getSelectionExpression()));
        return columns;
    }

    private boolean foundBy(Session session, List<BasicAttributeMapping> attributes, Row row) {
        Object instance = trials.detached(row);
        String conditions = attributes.stream()
                .map(BasicAttributeMapping::getAttributeName)
                .map(attribute -> "e." + attribute + " = :" + attribute)
                .collect(Collectors.joining(" and "));
        SelectionQuery<?> query =
                session.createSelectionQuery("select e from " + name + " e where " + conditions, trials.type());
        attributes.forEach(attribute -> query.setParameter(attribute.getAttributeName(), attribute.getValue(instance)));
        return !query.getResultList().isEmpty();
    }

    private void takeSame(String index, boolean tenant, List<BasicAttributeMapping> attributes, Row row) {
        Object instance = trials.detached(row);
        if (attributes.stream().anyMatch(attribute -> attribute.getValue(instance) == null)) {
            throw new Unproven("not proven: " + name + ": the row that was made has no value in what the unique index "
                    + index + " holds. Give one that has in rows().");
        }
        // That it can be stored at all is shown by a row with values of its own.
        trials.store(trials.tenants().attacker(), made -> {});
        try {
            trials.store(
                    trials.tenants().attacker(),
                    made -> attributes.forEach(attribute -> attribute.setValue(made, attribute.getValue(instance))));
        } catch (Unproven refused) {
            throw Unproven.leak(name
                    + ": another tenant cannot store the value that its owner has, and so learns of it: the unique index "
                    + index + " on " + trials.entity().table()
                    + (tenant
                            ? " refuses it."
                            : " has no " + trials.entity().tenant().getSelectionExpression()
                                    + ". Make it unique with that column first.")
                    + " (" + refused.getMessage() + ")");
        }
    }
}
