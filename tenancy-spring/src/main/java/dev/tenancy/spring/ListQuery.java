package dev.tenancy.spring;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.persistence.TypedQuery;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Nulls;
import jakarta.persistence.criteria.Order;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.persistence.criteria.Selection;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * Queries for the rows of a list, for one entity.
 *
 * @param scope what the application adds; it may answer null
 * @param paths resolves the name of a field that may be sorted by
 */
record ListQuery<E>(
        EntityManager entityManager,
        Class<E> entity,
        Scope<E> scope,
        Function<String, AttributePath> paths,
        List<AttributePath> searched,
        JsonMapper json) {

    /** Which of the tenant's rows there are for this request. */
    @FunctionalInterface
    interface Scope<E> {
        @Nullable Predicate of(CriteriaBuilder criteria, Root<E> row);
    }

    /** @param next where the page behind this one begins; null if there is none */
    record Page<E>(List<E> rows, boolean last, @Nullable String next) {}

    private record Key(AttributePath path, boolean descending) {}

    Page<E> page(ListRequest request) {
        return request.after() != null ? after(request, request.after()) : numbered(request);
    }

    private Page<E> numbered(ListRequest request) {
        List<E> rows = query(request)
                .setFirstResult(request.page() * request.size())
                .setMaxResults(request.size() + 1)
                .getResultList();
        boolean last = rows.size() <= request.size();
        return new Page<>(last ? rows : rows.subList(0, request.size()), last, null);
    }

    /** All rows, one after the other; to be closed. */
    Stream<E> stream(ListRequest request, int fetchSize) {
        return query(request).setHint("org.hibernate.fetchSize", fetchSize).getResultStream();
    }

    private TypedQuery<E> query(ListRequest request) {
        CriteriaBuilder criteria = entityManager.getCriteriaBuilder();
        CriteriaQuery<E> query = criteria.createQuery(entity);
        Root<E> row = query.from(entity);
        query.select(row).where(restrictions(criteria, row, request)).orderBy(order(criteria, row, keys(request)));
        return entityManager.createQuery(query);
    }

    long count(ListRequest request) {
        CriteriaBuilder criteria = entityManager.getCriteriaBuilder();
        CriteriaQuery<Long> query = criteria.createQuery(Long.class);
        Root<E> row = query.from(entity);
        query.select(criteria.count(row)).where(restrictions(criteria, row, request));
        return entityManager.createQuery(query).getSingleResult();
    }

    private Predicate[] restrictions(CriteriaBuilder criteria, Root<E> row, ListRequest request) {
        List<Predicate> all = new ArrayList<>();
        Predicate own = scope.of(criteria, row);
        if (own != null) {
            all.add(own);
        }
        request.conditions().forEach(condition -> all.add(condition.of(criteria, row)));
        String search = request.search();
        if (search != null) {
            String pattern = ListFilter.containing(search);
            all.add(criteria.or(searched.stream()
                    .map(path -> ListFilter.like(criteria, path.in(row), pattern))
                    .toArray(Predicate[]::new)));
        }
        return all.toArray(Predicate[]::new);
    }

    // Rows that are equal so far would otherwise change places between pages.
    private List<Key> keys(ListRequest request) {
        return Stream.concat(
                        request.sorts().stream().map(sort -> new Key(paths.apply(sort.field()), sort.descending())),
                        Stream.of(new Key(paths.apply("id"), false)))
                .toList();
    }

    // Databases differ in where null comes; here it is the greatest value.
    private static List<Order> order(CriteriaBuilder criteria, Root<?> row, List<Key> keys) {
        return keys.stream()
                .map(key -> key.descending()
                        ? criteria.desc(key.path().in(row), Nulls.FIRST)
                        : criteria.asc(key.path().in(row), Nulls.LAST))
                .toList();
    }

    // ---- keyset paging: a page begins behind the row that ended the one before

    /** The first page, or the one behind a row. */
    Page<E> keysetPage(ListRequest request) {
        return after(request, request.after());
    }

    private Page<E> after(ListRequest request, @Nullable String cursor) {
        List<Key> keys = keys(request);
        CriteriaBuilder criteria = entityManager.getCriteriaBuilder();
        CriteriaQuery<Tuple> query = criteria.createTupleQuery();
        Root<E> row = query.from(entity);
        List<Predicate> where = new ArrayList<>(List.of(restrictions(criteria, row, request)));
        if (cursor != null) {
            where.add(behind(criteria, row, keys, read(cursor, request, keys)));
        }
        List<Selection<?>> selected = new ArrayList<>(List.of(row));
        keys.forEach(key -> selected.add(key.path().in(row)));
        query.select(criteria.tuple(selected))
                .where(where.toArray(Predicate[]::new))
                .orderBy(order(criteria, row, keys));
        List<Tuple> found = entityManager
                .createQuery(query)
                .setMaxResults(request.size() + 1)
                .getResultList();
        boolean last = found.size() <= request.size();
        List<Tuple> shown = last ? found : found.subList(0, request.size());
        return new Page<>(
                shown.stream().map(tuple -> entity.cast(tuple.get(0))).toList(),
                last,
                last ? null : write(request, shown.get(shown.size() - 1)));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Predicate behind(
            CriteriaBuilder criteria, Root<?> row, List<Key> keys, List<@Nullable Object> values) {
        List<Predicate> ways = new ArrayList<>();
        List<Predicate> equalSoFar = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            Expression<Comparable> attribute =
                    (Expression<Comparable>) keys.get(i).path().in(row);
            Comparable value = (Comparable) values.get(i);
            List<Predicate> way = new ArrayList<>(equalSoFar);
            if (keys.get(i).descending()) {
                way.add(value == null ? attribute.isNotNull() : criteria.lessThan(attribute, value));
                ways.add(criteria.and(way.toArray(Predicate[]::new)));
            } else if (value != null) {
                way.add(criteria.or(criteria.greaterThan(attribute, value), attribute.isNull()));
                ways.add(criteria.and(way.toArray(Predicate[]::new)));
            }
            equalSoFar.add(value == null ? attribute.isNull() : criteria.equal(attribute, value));
        }
        return criteria.or(ways.toArray(Predicate[]::new));
    }

    // The sorts are in it as well: behind a row means nothing in another order.
    private String write(ListRequest request, Tuple row) {
        ArrayNode cursor = json.createArrayNode().add(sorts(request));
        for (int i = 1; i < row.getElements().size(); i++) {
            Object value = row.get(i);
            cursor.add(
                    value instanceof BigDecimal number
                            ? number.toPlainString()
                            : value == null ? null : value instanceof Enum<?> one ? one.name() : value.toString());
        }
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.writeValueAsString(cursor).getBytes(StandardCharsets.UTF_8));
    }

    private List<@Nullable Object> read(String cursor, ListRequest request, List<Key> keys) {
        try {
            JsonNode array = json.readTree(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
            if (array.isArray()
                    && array.size() == keys.size() + 1
                    && array.get(0).asString().equals(sorts(request))) {
                List<@Nullable Object> values = new ArrayList<>();
                for (int i = 0; i < keys.size(); i++) {
                    JsonNode text = array.get(i + 1);
                    values.add(
                            text.isNull()
                                    ? null
                                    : ListFilter.read(keys.get(i).path().type(), text.stringValue()));
                }
                return values;
            }
        } catch (JacksonException | IllegalArgumentException malformed) {
            throw refused(malformed);
        }
        throw refused(null);
    }

    private static RuntimeException refused(@Nullable Throwable cause) {
        return Problem.of(
                HttpStatus.BAD_REQUEST,
                "The parameter after must be what the page before said in page.next, with the same sort.",
                cause);
    }

    private static String sorts(ListRequest request) {
        return String.join(
                ";",
                request.sorts().stream()
                        .map(sort -> sort.field() + (sort.descending() ? "-" : "+"))
                        .toList());
    }

    /** Null if there is no such row for this request. */
    @Nullable E find(Object id) {
        CriteriaBuilder criteria = entityManager.getCriteriaBuilder();
        CriteriaQuery<E> query = criteria.createQuery(entity);
        Root<E> row = query.from(entity);
        Predicate own = scope.of(criteria, row);
        if (own == null) {
            return entityManager.find(entity, id);
        }
        query.select(row).where(criteria.equal(paths.apply("id").in(row), id), own);
        return entityManager.createQuery(query).getResultStream().findFirst().orElse(null);
    }
}
