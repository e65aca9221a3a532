package dev.tenancy.spring.crud;

import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Nulls;
import jakarta.persistence.criteria.Order;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hibernate.engine.FetchTiming;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.jpa.HibernateHints;
import org.hibernate.jpa.SpecHints;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.ManagedMappingType;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** The queries of a resource: each within the tenant, and within the scope of its controller. */
final class RowQuery<E> {

    private static final int FETCH_SIZE = 500;

    private final EntityManager entityManager;
    private final SessionFactoryImplementor factory;
    private final Class<E> entity;
    private final CrudOffer offer;
    private final TenantReadController<E, ?> controller;

    RowQuery(
            EntityManager entityManager,
            SessionFactoryImplementor factory,
            Class<E> entity,
            CrudOffer offer,
            TenantReadController<E, ?> controller) {
        this.entityManager = entityManager;
        this.factory = factory;
        this.entity = entity;
        this.offer = offer;
        this.controller = controller;
    }

    private static boolean fetchesEagerly(ManagedMappingType holder) {
        for (int i = 0; i < holder.getNumberOfAttributeMappings(); i++) {
            AttributeMapping attribute = holder.getAttributeMapping(i);
            if ((attribute instanceof ToOneAttributeMapping || attribute instanceof PluralAttributeMapping)
                            && attribute.getMappedFetchOptions().getTiming() == FetchTiming.IMMEDIATE
                    || attribute instanceof EmbeddedAttributeMapping embedded
                            && fetchesEagerly(embedded.getEmbeddableTypeDescriptor())) {
                return true;
            }
        }
        return false;
    }

    /** The rows of one page, and one more if there are any and nobody counts. */
    List<E> page(ListRequest request) {
        return query(request)
                .setFirstResult(request.page() * request.size())
                .setMaxResults(request.total() ? request.size() : request.size() + 1)
                .getResultList();
    }

    /** Hands all rows over, one after the other: each is forgotten before the next, however many there are. */
    void each(ListRequest request, Consumer<? super E> sink) {
        try (Stream<E> rows = query(request)
                .setHint(HibernateHints.HINT_FETCH_SIZE, FETCH_SIZE)
                .setHint(HibernateHints.HINT_READ_ONLY, true)
                .getResultStream()) {
            rows.forEach(row -> {
                sink.accept(row);
                // What the row refers to is in the session as well, if only as a proxy.
                entityManager.clear();
            });
        }
    }

    long count(ListRequest request) {
        CriteriaBuilder criteria = entityManager.getCriteriaBuilder();
        CriteriaQuery<Long> query = criteria.createQuery(Long.class);
        Root<E> row = query.from(entity);
        query.select(criteria.count(row)).where(restrictions(criteria, row, request));
        return entityManager.createQuery(query).getSingleResult();
    }

    private TypedQuery<E> query(ListRequest request) {
        CriteriaBuilder criteria = entityManager.getCriteriaBuilder();
        CriteriaQuery<E> query = criteria.createQuery(entity);
        Root<E> row = query.from(entity);
        List<Predicate> all = new ArrayList<>(List.of(restrictions(criteria, row, request)));
        if (request.after() != null) {
            all.add(request.after().before(criteria, row, request.sorts()));
        }
        query.select(row)
                .where(all.toArray(Predicate[]::new))
                .orderBy(request.sorts().stream()
                        .map(sort -> order(criteria, row, sort))
                        .toList());
        return withoutTargets(entity, entityManager.createQuery(query));
    }

    // An association that is mapped to be fetched eagerly would cost one more select for each target: ids need none.
    private <T> TypedQuery<T> withoutTargets(Class<T> type, TypedQuery<T> query) {
        return fetchesEagerly(descriptor(type))
                ? query.setHint(SpecHints.HINT_SPEC_FETCH_GRAPH, entityManager.createEntityGraph(type))
                : query;
    }

    private EntityPersister descriptor(Class<?> type) {
        return factory.getMappingMetamodel().getEntityDescriptor(type);
    }

    private Predicate[] restrictions(CriteriaBuilder criteria, Root<E> row, ListRequest request) {
        List<Predicate> all = new ArrayList<>();
        addScope(criteria, row, all);
        for (Filter.Term term : request.filters()) {
            all.add(term.in(criteria, row));
        }
        String search = request.search();
        if (search != null) {
            all.add(criteria.or(offer.search().stream()
                    .map(path -> Filter.contains(criteria, path.in(row).as(String.class), search))
                    .toArray(Predicate[]::new)));
        }
        return all.toArray(Predicate[]::new);
    }

    @SuppressWarnings("unchecked")
    private boolean addScope(CriteriaBuilder criteria, Root<?> row, List<Predicate> all) {
        Predicate scope = controller.scope(criteria, (Root<E>) row);
        return scope != null && all.add(scope);
    }

    // PostgreSQL's own order, so that its indexes serve; H2 has the other one.
    private static Order order(CriteriaBuilder criteria, Root<?> row, ListRequest.Sort sort) {
        Expression<?> value = sort.path().in(row);
        if (!sort.path().nullable()) {
            return sort.descending() ? criteria.desc(value) : criteria.asc(value);
        }
        return sort.descending() ? criteria.desc(value, Nulls.FIRST) : criteria.asc(value, Nulls.LAST);
    }

    Cursor cursor(E row, ListRequest request) {
        List<@Nullable Object> values = new ArrayList<>();
        for (ListRequest.Sort sort : request.sorts()) {
            values.add(sort.path().of(row, factory));
        }
        return new Cursor(values);
    }

    /** Rows of this entity, within the scope, or of one that it refers to, by id: those that there are, with one statement. */
    <T> Map<Object, T> find(Class<T> type, Collection<?> ids) {
        CriteriaBuilder criteria = entityManager.getCriteriaBuilder();
        CriteriaQuery<T> query = criteria.createQuery(type);
        Root<T> row = query.from(type);
        List<Predicate> all = new ArrayList<>();
        boolean scoped = type == entity && addScope(criteria, row, all);
        Map<Object, T> found = new HashMap<>();
        if (ids.size() == 1 && !scoped) {
            T one = entityManager.find(type, ids.iterator().next());
            if (one != null) {
                found.put(ids.iterator().next(), one);
            }
            return found;
        }
        String id = Objects.requireNonNull(descriptor(type).getIdentifierPropertyName());
        all.add(row.get(id).in(ids));
        query.select(row).where(all.toArray(Predicate[]::new));
        for (T one : withoutTargets(type, entityManager.createQuery(query)).getResultList()) {
            found.put(factory.getPersistenceUnitUtil().getIdentifier(one), one);
        }
        return found;
    }
}
