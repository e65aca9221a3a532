package dev.tenancy.test.isolation;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenancyException;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.test.isolation.SampleRows.Row;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaDelete;
import jakarta.persistence.criteria.CriteriaUpdate;
import jakarta.persistence.criteria.Root;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import org.hibernate.Session;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.metamodel.mapping.internal.BasicEntityIdentifierMappingImpl;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.MutationQuery;
import org.jspecify.annotations.Nullable;

/** Ways to change a row, to take it away, or to have one that is another's. */
final class WriteAttacks {

    private final RowTrials trials;
    private final Class<?> type;
    private final String name;

    WriteAttacks(RowTrials trials) {
        this.trials = trials;
        this.type = trials.type();
        this.name = trials.name();
    }

    /** @param row one that is there, to find out what of it can be changed */
    void add(Row row) {
        OwnedMapping.attributes(trials.persister())
                .filter(this::isSettable)
                .map(BasicAttributeMapping.class::cast)
                .filter(attribute -> isChangeable(attribute, row))
                .findFirst()
                .ifPresent(attribute -> {
                    updates(attribute);
                    // The row may be hidden by now.
                    copies(attribute, trials.store(row.tenant(), made -> {}));
                    upserts(attribute, trials.store(row.tenant(), made -> {}));
                });
        deletes();
        tenantSet();
    }

    private void updates(BasicAttributeMapping attribute) {
        trials.write("HQL update", (session, row) -> updated(session, attribute, row) > 0);
        trials.write(
                "criteria update",
                (session, row) ->
                        criteriaUpdate(session, type, attribute.getAttributeName(), next(attribute, row), row) > 0);
        trials.write("merge", (session, row) -> {
            session.merge(changed(row, attribute));
            return true;
        });
        trials.write(
                "stateless update",
                (session, row) -> trials.stateless(other -> {
                    other.update(changed(row, attribute));
                    return true;
                }));
    }

    private void upserts(BasicAttributeMapping attribute, Row row) {
        if (isUpserted(attribute, row)) {
            trials.write("stateless upsert", (session, theirs) -> upsert(attribute, theirs));
        }
    }

    private boolean isUpserted(BasicAttributeMapping attribute, Row row) {
        try {
            return trials.rows().as(row.tenant(), session -> upsert(attribute, row));
        } catch (PersistenceException | TenancyException refused) {
            // PostgreSQL knows no upsert by an id that is not unique by itself, and Hibernate before 7.4.9 none that is
            // proven.
            return false;
        }
    }

    private boolean upsert(BasicAttributeMapping attribute, Row row) {
        return trials.stateless(session -> {
            Object instance = changed(row, attribute);
            // As if it were a row of whoever stores it.
            setTenant(
                    instance,
                    CurrentTenant.find().map(TenantPrincipal::tenantId).orElseThrow());
            session.upsert(instance);
            return true;
        });
    }

    /** What is another's, taken into a new row of one's own; only where such a row needs nothing but basic values and references. */
    private void copies(BasicAttributeMapping copied, Row row) {
        if (!trials.persister().isAbstract()
                && trials.persister().getIdentifierMapping() instanceof BasicEntityIdentifierMappingImpl id
                && isCopyable(id, copied, row)) {
            trials.read("HQL insert select", (session, theirs) -> copy(session, id, copied, theirs) > 0);
        }
    }

    private boolean isCopyable(BasicEntityIdentifierMappingImpl id, BasicAttributeMapping copied, Row row) {
        try {
            return trials.rows().as(row.tenant(), session -> copy(session, id, copied, row)) == 1;
        } catch (RuntimeException refused) {
            // Something in it has to be unique, or is of another kind.
            return false;
        }
    }

    private int copy(Session session, BasicEntityIdentifierMappingImpl id, BasicAttributeMapping copied, Row row) {
        Object tenant = CurrentTenant.find().map(TenantPrincipal::tenantId).orElseThrow();
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        Object made = Objects.requireNonNull(
                trials.rows().values().of(id.getJavaType().getJavaTypeClass(), id, true), id.getAttributeName());
        given.put(id.getAttributeName(), made);
        given.put(trials.entity().tenant().getAttributeName(), tenant);
        List<String> taken = new ArrayList<>(List.of(copied.getAttributeName()));
        OwnedMapping.attributes(trials.persister()).forEach(attribute -> {
            if (attribute instanceof ToOneAttributeMapping reference
                    && reference.getReferencedPropertyName() == null
                    && attribute.getAttributeMetadata().isInsertable()) {
                taken.add(attribute.getAttributeName());
            } else if (attribute != copied && isSettable(attribute)) {
                given.put(attribute.getAttributeName(), next((BasicAttributeMapping) attribute, row));
            }
        });
        MutationQuery query = session.createMutationQuery(
                "insert into " + name + " (" + String.join(", ", given.keySet()) + ", " + String.join(", ", taken)
                        + ") select :" + String.join(", :", given.keySet()) + ", e." + String.join(", e.", taken)
                        + " from " + name + " e where id(e) = :theirs");
        given.forEach(query::setParameter);
        int stored = query.setParameter("theirs", row.id()).executeUpdate();
        if (stored > 0) {
            trials.rows().remember(new Row(trials.concrete(), made, tenant));
        }
        return stored;
    }

    private void deletes() {
        delete(
                "HQL delete",
                (session, row) -> session.createMutationQuery("delete from " + name + " e where id(e) = :id")
                                .setParameter("id", row.id())
                                .executeUpdate()
                        > 0);
        delete("criteria delete", (session, row) -> criteriaDelete(session, type, row) > 0);
        delete("remove", (session, row) -> {
            session.remove(session.getReference(type, row.id()));
            return true;
        });
        delete(
                "stateless delete",
                (session, row) -> trials.stateless(other -> {
                    other.delete(trials.detached(row));
                    return true;
                }));
    }

    // Rows that refer to it would hold it, also against its owner.
    private void delete(String path, BiPredicate<Session, Row> delete) {
        trials.write(path, trials.rows()::removeChildren, trials::state, delete);
    }

    private static <T> int criteriaUpdate(
            Session session, Class<T> type, String attribute, @Nullable Object value, Row row) {
        CriteriaBuilder criteria = session.getCriteriaBuilder();
        CriteriaUpdate<T> update = criteria.createCriteriaUpdate(type);
        Root<T> root = update.from(type);
        update.set(attribute, value).where(criteria.equal(root, session.getReference(type, row.id())));
        return session.createMutationQuery(update).executeUpdate();
    }

    private static <T> int criteriaDelete(Session session, Class<T> type, Row row) {
        CriteriaBuilder criteria = session.getCriteriaBuilder();
        CriteriaDelete<T> delete = criteria.createCriteriaDelete(type);
        Root<T> root = delete.from(type);
        delete.where(criteria.equal(root, session.getReference(type, row.id())));
        return session.createMutationQuery(delete).executeUpdate();
    }

    // ---- a row that becomes another's

    private void tenantSet() {
        String tenant = trials.entity().tenant().getAttributeName();
        trials.add("tenant set: new row", row -> {
            Object owner = trials.tenants().owner();
            try {
                Row theirs = trials.store(trials.tenants().attacker(), made -> setTenant(made, owner));
                requireNotOwners("tenant set: new row", theirs);
            } catch (Unproven refused) {
                if (refused.isLeak()) {
                    throw refused;
                }
                trials.refused("tenant set: new row", refused);
            }
            Row own = trials.store(owner, made -> setTenant(made, owner));
            if (!trials.has(owner, own)) {
                throw trials.unproven("tenant set: new row", "not even its owner stores such a row");
            }
        });
        given("tenant set: managed row", (session, row) -> {
            setTenant(session.find(type, row.id()), trials.tenants().owner());
            return true;
        });
        given(
                "tenant set: HQL update",
                (session, row) -> session.createMutationQuery(
                                        "update " + name + " e set e." + tenant + " = :owner where id(e) = :id")
                                .setParameter("owner", trials.tenants().owner())
                                .setParameter("id", row.id())
                                .executeUpdate()
                        > 0);
    }

    /** A path by which a row of one's own is given to the owner. */
    private void given(String path, BiPredicate<Session, Row> give) {
        trials.add(path, row -> {
            Row mine = trials.store(trials.tenants().attacker(), made -> {});
            trials.rows().removeChildren(mine);
            trials.tries(path, session -> give.test(session, mine));
            requireNotOwners(path, mine);
            if (!trials.has(trials.tenants().owner(), row)) {
                throw trials.unproven(path, "its owner does not find a row of its own");
            }
        });
    }

    private void requireNotOwners(String path, Row theirs) {
        Object owner = trials.tenants().owner();
        if (trials.has(owner, theirs)) {
            trials.rows().removeChildren(new Row(theirs.entity(), theirs.id(), owner));
            // What it refers to is not its tenant's any more, so that it is not found by its id.
            trials.rows()
                    .as(
                            owner,
                            session -> session.createMutationQuery("delete from " + name + " e where id(e) = :id")
                                    .setParameter("id", theirs.id())
                                    .executeUpdate());
            throw trials.leak(path, "a row that another tenant stored has become the owner's.");
        }
    }

    private void setTenant(Object instance, Object tenant) {
        trials.entity().tenant().setValue(instance, tenant);
    }

    // ---- what can be changed

    private boolean isSettable(AttributeMapping attribute) {
        EntityPersister persister = trials.persister();
        return attribute instanceof BasicAttributeMapping basic
                && !OwnedMapping.isTenant(attribute)
                && !basic.isFormula()
                && attribute.getAttributeMetadata().isUpdatable()
                && (persister.getVersionMapping() == null
                        || persister.getVersionMapping().getVersionAttribute() != attribute)
                && (attribute.getGenerator() == null
                        || !attribute.getGenerator().generatesSometimes());
    }

    private boolean isChangeable(BasicAttributeMapping attribute, Row row) {
        Map<String, String> before = trials.state(row);
        try {
            return trials.rows().as(row.tenant(), session -> updated(session, attribute, row)) == 1
                    && !trials.state(row).equals(before)
                    && !isRefusedByCheck(attribute, row);
        } catch (PersistenceException refused) {
            // A check in the database, for instance.
            return false;
        }
    }

    // A query passes by the checks that a session makes. What else a session refuses, the attack itself tells.
    private boolean isRefusedByCheck(BasicAttributeMapping attribute, Row row) {
        try {
            trials.rows().as(row.tenant(), session -> session.merge(changed(row, attribute)));
            return false;
        } catch (RuntimeException refused) {
            return RefusedValues.of(refused).isPresent();
        } catch (Unproven hidden) {
            // The change has hidden the row, so that there is nothing to ask a check about.
            return false;
        }
    }

    private int updated(Session session, BasicAttributeMapping attribute, Row row) {
        return session.createMutationQuery(
                        "update " + name + " e set e." + attribute.getAttributeName() + " = :value where id(e) = :id")
                .setParameter("value", next(attribute, row))
                .setParameter("id", row.id())
                .executeUpdate();
    }

    private Object changed(Row row, BasicAttributeMapping attribute) {
        Object instance = trials.detached(row);
        attribute.setValue(instance, next(attribute, row));
        return instance;
    }

    private @Nullable Object next(BasicAttributeMapping attribute, Row row) {
        Object now = attribute.getValue(trials.detached(row));
        if (now instanceof Boolean yes) {
            return !yes;
        }
        if (now instanceof Integer number) {
            return number + 1;
        }
        if (now instanceof Long number) {
            return number + 1;
        }
        Object value = trials.rows().values().of(attribute.getJavaType().getJavaTypeClass(), attribute, false);
        return value == null ? now : value;
    }
}
