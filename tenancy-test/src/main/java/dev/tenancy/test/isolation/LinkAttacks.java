package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.SampleRows.Row;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EntityCollectionPart;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** Ways along references and collections: to what they lead to, and to have them lead to what is another's. */
final class LinkAttacks {

    private final RowTrials trials;
    private final Class<?> type;
    private final String name;

    LinkAttacks(RowTrials trials) {
        this.trials = trials;
        this.type = trials.type();
        this.name = trials.name();
    }

    /** @param row one that is there, to find out which of its references lead anywhere */
    void add(Row row) {
        Object instance = trials.detached(row);
        OwnedMapping.attributes(trials.persister()).forEach(attribute -> {
            if (attribute instanceof ToOneAttributeMapping reference) {
                reference(reference, attribute.getValue(instance) != null);
            } else if (attribute instanceof PluralAttributeMapping collection) {
                SampleElements elements = new SampleElements(name, collection, trials.rows());
                collectionRead(collection, elements);
                collectionWritten(collection, elements);
            }
        });
    }

    // ---- references

    private void reference(ToOneAttributeMapping reference, boolean leads) {
        String attribute = reference.getAttributeName();
        String fetched = "select e from " + name + " e left join fetch e." + attribute + " where id(e) = :id";
        trials.read("reference fetched: " + attribute, (session, row) -> trials.found(session, fetched, row));
        EntityPersister target = reference.getAssociatedEntityMappingType().getEntityPersister();
        if (!trials.mapping().isOwned(target)) {
            return;
        }
        if (leads) {
            String joined = "select t from " + name + " e join e." + attribute + " t where id(e) = :id";
            trials.read("reference joined: " + attribute, (session, row) -> trials.found(session, joined, row));
        }
        if (reference.getReferencedPropertyName() == null
                && reference.getAttributeMetadata().isUpdatable()) {
            led("reference set: " + attribute, target, (session, from, to) -> {
                reference.setValue(from, to);
                session.flush();
            });
        }
    }

    /** Has one row lead to another. */
    @FunctionalInterface
    private interface Leading {
        void lead(Session session, Object from, Object to);
    }

    private void led(String path, EntityPersister target, Leading leading) {
        trials.add(path, row -> {
            Row mine = trials.store(trials.tenants().attacker(), made -> {});
            Row theirs = target.isAbstract() || target == row.entity()
                    ? row
                    : trials.rows().store(target, trials.tenants().owner(), made -> {});
            if (trials.tries(path, session -> leads(session, leading, mine, theirs))) {
                throw trials.leak(path, "another tenant's row leads to one of the owner.");
            }
            trials.rows().as(trials.tenants().owner(), session -> leads(session, leading, row, theirs));
        });
    }

    private boolean leads(Session session, Leading leading, Row from, Row to) {
        leading.lead(
                session,
                session.find(type, from.id()),
                session.getReference(to.entity().getMappedClass(), to.id()));
        return true;
    }

    // ---- collections

    private void collectionRead(PluralAttributeMapping collection, SampleElements elements) {
        String attribute = collection.getAttributeName();
        Consumer<Row> prepare = elements::addTo;
        String fetched = "select e from " + name + " e join fetch e." + attribute + " where id(e) = :id";
        trials.read("collection fetched: " + attribute, prepare, (session, row) -> trials.found(session, fetched, row));
        trials.read("collection loaded: " + attribute, prepare, (session, row) -> {
            Object instance = Hibernate.unproxy(session.getReference(type, row.id()));
            return !elements(collection.getValue(instance)).isEmpty();
        });
        String joined = "select x from " + name + " e join e." + attribute + " x where id(e) = :id";
        trials.read("collection joined: " + attribute, prepare, (session, row) -> trials.found(session, joined, row));
        String sized = "select e from " + name + " e where size(e." + attribute + ") > 0 and id(e) = :id";
        trials.read("collection size: " + attribute, prepare, (session, row) -> trials.found(session, sized, row));
        String member = "select e from " + name + " e where :one member of e." + attribute + " and id(e) = :id";
        trials.read(
                "member of: " + attribute,
                prepare,
                (session, row) -> !session.createSelectionQuery(member, Object.class)
                        .setParameter("one", element(collection, row))
                        .setParameter("id", row.id())
                        .getResultList()
                        .isEmpty());
    }

    private void collectionWritten(PluralAttributeMapping collection, SampleElements elements) {
        // The other side writes it.
        if (collection.getCollectionDescriptor().isInverse()) {
            return;
        }
        String attribute = collection.getAttributeName();
        trials.write(
                "collection changed: " + attribute, elements::addTo, row -> count(collection, row), (session, row) -> {
                    clear(collection.getValue(Hibernate.unproxy(session.getReference(type, row.id()))));
                    return true;
                });
        if (collection.getElementDescriptor() instanceof EntityCollectionPart part) {
            EntityPersister target = part.getEntityMappingType().getEntityPersister();
            if (trials.mapping().isOwned(target)) {
                led("element added: " + attribute, target, (session, from, to) -> {
                    elements.put(from, to);
                    session.flush();
                });
            }
        }
    }

    private int count(PluralAttributeMapping collection, Row row) {
        return trials.rows().as(row.tenant(), session -> {
            Object instance = session.find(type, row.id());
            return instance == null
                    ? -1
                    : elements(collection.getValue(instance)).size();
        });
    }

    private Object element(PluralAttributeMapping collection, Row row) {
        return trials.rows()
                .as(
                        row.tenant(),
                        session -> Hibernate.unproxy(elements(collection.getValue(session.find(type, row.id())))
                                .iterator()
                                .next()));
    }

    static Collection<?> elements(@Nullable Object collection) {
        if (collection instanceof Map<?, ?> map) {
            return map.values();
        }
        return collection instanceof Collection<?> all ? all : List.of();
    }

    static void clear(@Nullable Object collection) {
        if (collection instanceof Map<?, ?> map) {
            map.clear();
        } else if (collection instanceof Collection<?> all) {
            all.clear();
        }
    }
}
