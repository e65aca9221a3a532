package dev.tenancy.spring.crud;

import dev.tenancy.spring.crud.RecordReader.Selection;
import jakarta.persistence.EntityManager;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.HibernateException;
import org.hibernate.Session;
import org.hibernate.StaleStateException;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.jpa.HibernateHints;
import org.hibernate.jpa.SpecHints;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.SelectionQuery;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.hibernate.query.sqm.tree.SqmCopyContext;
import org.hibernate.query.sqm.tree.from.SqmAttributeJoin;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.hibernate.query.sqm.tree.from.SqmJoin;
import org.hibernate.query.sqm.tree.from.SqmRoot;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.query.sqm.tree.select.SqmSelection;
import org.hibernate.query.sqm.tree.select.SqmSubQuery;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ConcurrentLruCache;

/** The queries of a resource: each within the tenant, and within the scope of its controller. */
final class RowQuery<E, D extends Record> {

    private static final int FETCH_SIZE = 500;
    private static final int TEXTS = 200;
    private static final Runnable NOTHING = () -> {};

    private record Text(String hql, Class<?> type) {}

    /** @param spare a copy that no scope has touched */
    private record Parsed(SqmSelectStatement<?> original, AtomicReference<@Nullable SqmSelectStatement<?>> spare) {

        SqmSelectStatement<?> copy() {
            SqmSelectStatement<?> kept = spare.getAndSet(null);
            return kept == null ? original.copy(SqmCopyContext.simpleContext()) : kept;
        }
    }

    /** Narrows the rows that the present request may reach. */
    @FunctionalInterface
    interface Scope<E> {

        /** @return null for all rows of the tenant */
        @Nullable Predicate of(CriteriaBuilder criteria, Root<E> row);
    }

    /**
     * The query of a list.
     *
     * @param limited whether its text tells how many rows are wanted
     * @param counted whether each row tells how many there are in all
     */
    record Listing(ListRequest request, QueryText text, String hql, boolean limited, boolean counted) {}

    /**
     * The rows of a page.
     *
     * @param more whether another page follows; false if all are counted
     * @param next the place of the last row, if another page follows that begins there
     * @param all how many there are
     */
    record Page<D>(List<D> rows, boolean more, @Nullable Cursor next, LongSupplier all) {}

    private final EntityManager entityManager;
    private final SessionFactoryImplementor factory;
    private final Class<E> entity;
    private final CrudOffer offer;
    private final Selection<D> selection;
    private final @Nullable Scope<E> scope;
    private final Map<Class<?>, Boolean> eager = new ConcurrentHashMap<>();
    private final ConcurrentLruCache<Text, Parsed> parsed;

    /** @param scope null if there is none for any request */
    RowQuery(
            EntityManager entityManager,
            RecordShape<E, D> shape,
            CrudOffer offer,
            Selection<D> selection,
            @Nullable Scope<E> scope) {
        this.entityManager = entityManager;
        this.factory = shape.factory();
        this.entity = shape.entity();
        this.offer = offer;
        this.selection = selection;
        this.scope = scope;
        this.parsed = new ConcurrentLruCache<>(
                TEXTS,
                text -> new Parsed(
                        (SqmSelectStatement<?>) factory.getCriteriaBuilder().createQuery(text.hql(), text.type()),
                        new AtomicReference<>()));
    }

    /** A list as its request asks for it. It holds nothing of who asks, so that it may be kept and read again. */
    Listing listing(ListRequest request) {
        QueryText text = restricted(request, QueryText.ROW);
        if (request.after() != null) {
            request.after().before(text, request.sorts());
        }
        request.sorts().forEach(sort -> text.orderBy(order(text.path(sort.path()), sort)));
        List<String> more = new ArrayList<>();
        if (isKeyset(request)) {
            request.sorts().forEach(sort -> more.add(text.path(sort.path())));
        }
        boolean counted = isCounted(request);
        if (counted) {
            // Its parameters have the names of the outer ones, which begin with the same conditions.
            more.add("(" + restricted(request, "a").counting() + ")");
        }
        boolean limited = isUsual(request);
        String end = limited ? " fetch first " + wanted(request) + " rows only" : "";
        return new Listing(request, text, selection.text(text, more) + end, limited, counted);
    }

    // A round trip less. What no index serves is not read a second time for the sake of that, since the page may tell
    // how many there are.
    private boolean isCounted(ListRequest request) {
        return request.total()
                && selection.isMadeOfColumns()
                && request.search() == null
                && request.filters().stream().noneMatch(term -> term.operator() == Filter.Operator.CONTAINS);
    }

    private boolean isKeyset(ListRequest request) {
        return offer.paging() == Crud.Paging.KEYSET && request.size() > 0;
    }

    // One more than is shown tells whether another page follows, where they are not counted.
    private static int wanted(ListRequest request) {
        return request.total() ? request.size() : request.size() + 1;
    }

    /**
     * One page of a list, and whether there is more.
     *
     * @param narrowed is called before the first statement of the list, if {@link Scope} will not be asked again
     */
    Page<D> page(Listing listing, Runnable narrowed) {
        ListRequest request = listing.request();
        SelectionQuery<?> query = query(listing);
        if (!request.total() || listing.counted() && request.page() == 0) {
            narrowed.run();
        }
        if (!listing.limited()) {
            query.setMaxResults(wanted(request));
        }
        if (request.page() > 0) {
            query.setFirstResult(request.page() * request.size());
        }
        List<?> found = query.getResultList();
        boolean more = found.size() > request.size();
        List<?> rows = more ? found.subList(0, request.size()) : found;
        Cursor next = more && isKeyset(request) ? selection.place(rows.get(rows.size() - 1), request.sorts()) : null;
        return new Page<>(
                rows.stream().map(row -> selection.toRecord(row)).toList(),
                more,
                next,
                () -> listing.counted() && !found.isEmpty() ? counted(found) : count(request));
    }

    private static long counted(List<?> found) {
        @Nullable Object[] row = (@Nullable Object[]) found.get(0);
        return (Long) Objects.requireNonNull(row[row.length - 1]);
    }

    // PostgreSQL plans a statement anew each time as long as it is not told how many rows are wanted. Each number is a
    // text of its own; and what is filtered or searched goes on being planned for its tenant, which may be a large one.
    private static boolean isUsual(ListRequest request) {
        return request.size() == ListParameters.DEFAULT_SIZE
                && request.page() == 0
                && request.after() == null
                && request.filters().isEmpty()
                && request.search() == null;
    }

    /** Hands all rows over, one after the other: each is forgotten before the next, however many there are. */
    void each(ListRequest request, Consumer<? super D> sink) {
        try (Stream<?> rows = query(listing(request))
                .setHint(HibernateHints.HINT_FETCH_SIZE, FETCH_SIZE)
                .setHint(HibernateHints.HINT_READ_ONLY, true)
                .getResultStream()) {
            rows.forEach(row -> {
                sink.accept(selection.toRecord(row));
                // What the row refers to is in the session as well, if only as a proxy.
                entityManager.clear();
            });
        }
    }

    private SelectionQuery<?> query(Listing listing) {
        Class<?> type = selection.type();
        return withoutTargets(query(listing.text(), listing.hql(), type, true), type);
    }

    private long count(ListRequest request) {
        QueryText text = restricted(request, QueryText.ROW);
        return query(text, text.counting(), Long.class, true).getSingleResult();
    }

    private QueryText restricted(ListRequest request, String alias) {
        QueryText text = new QueryText(name(entity), alias);
        request.filters().forEach(term -> term.in(text));
        String search = request.search();
        if (search != null) {
            text.where(offer.search().stream()
                    .map(path -> Filter.contains(text, text.path(path), search))
                    .collect(Collectors.joining(" or ", "(", ")")));
        }
        return text;
    }

    // PostgreSQL's own order, so that its indexes serve; H2 has the other one.
    private static String order(String path, Sort sort) {
        String order = path + (sort.descending() ? " desc" : " asc");
        return sort.path().nullable() ? order + (sort.descending() ? " nulls first" : " nulls last") : order;
    }

    private <R> SelectionQuery<R> query(QueryText text, String hql, Class<R> type, boolean within) {
        Session session = entityManager.unwrap(Session.class);
        SelectionQuery<R> query =
                within && scope != null ? scoped(scope, session, hql, type) : session.createSelectionQuery(hql, type);
        text.bind(query);
        return query;
    }

    private <R> SelectionQuery<R> scoped(Scope<E> scope, Session session, String hql, Class<R> type) {
        HibernateCriteriaBuilder criteria = session.getCriteriaBuilder();
        Parsed whole = parsed.get(new Text(hql, type));
        @SuppressWarnings("unchecked") // It was made for the type.
        SqmSelectStatement<R> query = (SqmSelectStatement<R>) whole.copy();
        boolean touched = narrow(scope, criteria, query.getQuerySpec());
        for (SqmSelection<?> selected : query.getQuerySpec().getSelectClause().getSelections()) {
            if (selected.getSelectableNode() instanceof SqmSubQuery<?> number) {
                touched |= narrow(scope, criteria, number.getQuerySpec());
            }
        }
        if (touched) {
            return session.createSelectionQuery(query);
        }
        whole.spare().set(query);
        return session.createSelectionQuery(hql, type);
    }

    /** @return whether the query is another now */
    private boolean narrow(Scope<E> scope, HibernateCriteriaBuilder criteria, SqmQuerySpec<?> query) {
        @SuppressWarnings("unchecked") // The text is about rows of the entity.
        SqmRoot<E> row = (SqmRoot<E>) query.getRootList().get(0);
        List<@Nullable Object> before = parts(row);
        Predicate narrower = scope.of(criteria, row);
        if (narrower != null) {
            Predicate present = query.getRestriction();
            query.setRestriction(present == null ? narrower : criteria.and(present, narrower));
        }
        return narrower != null || !parts(row).equals(before);
    }

    // A join narrows as well, what it is joined by, and a path may be one.
    private static List<@Nullable Object> parts(SqmFrom<?, ?> from) {
        List<@Nullable Object> parts = new ArrayList<>();
        parts.add(from.getReusablePaths().size());
        parts.add(from.hasTreats());
        for (SqmJoin<?, ?> join : from.getSqmJoins()) {
            parts.add(join.getJoinPredicate());
            parts.add(join instanceof SqmAttributeJoin<?, ?> attribute && attribute.isFetched());
            parts.addAll(parts(join));
        }
        return parts;
    }

    // An association that is mapped to be fetched eagerly would cost one more select for each target: ids need none.
    private <R> SelectionQuery<R> withoutTargets(SelectionQuery<R> query, Class<?> type) {
        return type != Object[].class
                        && eager.computeIfAbsent(type, any -> RecordShape.fetchesEagerly(descriptor(type)))
                ? query.setHint(SpecHints.HINT_SPEC_FETCH_GRAPH, entityManager.createEntityGraph(type))
                : query;
    }

    private EntityPersister descriptor(Class<?> type) {
        return factory.getMappingMetamodel().getEntityDescriptor(type);
    }

    private String name(Class<?> type) {
        return descriptor(type).getEntityName();
    }

    /** Whether each row of the tenant is in reach. */
    boolean isWhole() {
        return scope == null;
    }

    /** Deletes a row that nobody has loaded, if it is there and nobody could tell that it was not loaded first. */
    boolean delete(Object key) {
        SharedSessionContractImplementor session = entityManager.unwrap(SharedSessionContractImplementor.class);
        EntityPersister persister = descriptor(entity);
        if (Watchers.ofDeletion(session, persister)) {
            return false;
        }
        try {
            persister.getDeleteCoordinator().delete(null, key, null, session);
            session.getJdbcCoordinator().executeBatch();
            return true;
        } catch (StaleStateException missing) {
            return false;
        } catch (HibernateException failure) {
            throw session.getExceptionConverter().convert(failure);
        }
    }

    /** A row to be changed; null if there is none. */
    @Nullable E load(Object key) {
        return load(key, NOTHING);
    }

    /**
     * A row; null if there is none.
     *
     * @param narrowed is called when {@link Scope} has been asked, before the statement
     */
    @Nullable E load(Object key, Runnable narrowed) {
        return find(entity, List.of(key), narrowed).get(key);
    }

    /**
     * Rows of this entity by their ids: those that there are, with one statement. In the order in which everybody is to write them, so
     * that nobody waits for who waits for them.
     */
    Map<Object, E> find(Collection<?> ids) {
        return find(entity, ids, NOTHING);
    }

    /** The same for an entity that this one refers to, which may be this one. */
    <T> Map<Object, T> find(Class<T> type, Collection<?> ids) {
        return find(type, ids, NOTHING);
    }

    private <T> Map<Object, T> find(Class<T> type, Collection<?> ids, Runnable narrowed) {
        if (ids.size() > 1 || type == entity && scope != null) {
            return byQuery(type, ids, narrowed);
        }
        Object id = ids.iterator().next();
        T one = entityManager.find(type, id);
        return one == null ? Map.of() : Map.of(id, one);
    }

    private <T> Map<Object, T> byQuery(Class<T> type, Collection<?> ids, Runnable narrowed) {
        QueryText text = new QueryText(name(type));
        String key = QueryText.attribute(
                QueryText.ROW, Objects.requireNonNull(descriptor(type).getIdentifierPropertyName()));
        text.where(key + " in (" + text.parameter(List.copyOf(ids)) + ")");
        text.orderBy(key);
        SelectionQuery<T> query = query(text, text.selecting(QueryText.ROW), type, type == entity);
        narrowed.run();
        Map<Object, T> found = new LinkedHashMap<>();
        for (T one : withoutTargets(query, type).getResultList()) {
            found.put(factory.getPersistenceUnitUtil().getIdentifier(one), one);
        }
        return found;
    }
}
