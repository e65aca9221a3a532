package dev.tenancy.spring;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import dev.tenancy.TenancySetupException;
import dev.tenancy.TenantPrincipal;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Order;
import jakarta.persistence.criteria.Path;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.validation.Validator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpStatus;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.MultiValueMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** All that a CRUD controller does, for one entity and its record. */
final class CrudEngine<E, D extends Record> {

    /** What every engine shares. */
    record Factory(
            EntityManagerFactory entityManagerFactory,
            PlatformTransactionManager transactions,
            Validator validator,
            JsonMapper json,
            Roles roles,
            TenancyProperties properties) {

        <E, D extends Record> CrudEngine<E, D> create(TenantReadController<E, D> controller) {
            return new CrudEngine<>(this, controller);
        }
    }

    record Created<D>(Object id, D body) {}

    private enum Action {
        READ,
        CREATE,
        UPDATE,
        DELETE
    }

    private final TenantReadController<E, D> controller;
    private final Class<E> entity;
    private final Class<D> record;
    private final Crud crud;
    private final Factory shared;
    private final RecordMapping<E, D> mapping;
    private final JsonMapper strictJson;
    private final EntityManager entityManager;
    private final TransactionTemplate reading;
    private final TransactionTemplate writing;

    @SuppressWarnings("unchecked")
    private CrudEngine(Factory shared, TenantReadController<E, D> controller) {
        this.controller = controller;
        Class<?> type = controller.getClass();
        ResolvableType[] generics =
                ResolvableType.forClass(type).as(TenantReadController.class).getGenerics();
        this.entity = (Class<E>) generics[0].resolve(Object.class);
        this.record = (Class<D>) generics[1].resolve(Record.class);
        this.shared = shared;
        this.crud = Optional.ofNullable(type.getAnnotation(Crud.class))
                .orElseThrow(() -> new TenancySetupException(
                        type.getName() + " has no @Crud, so nobody could call it.",
                        "Add @Crud(read = \"…\", write = \"…\") to the class itself."));
        this.mapping = new RecordMapping<>(
                shared.entityManagerFactory().unwrap(SessionFactoryImplementor.class),
                entity,
                record,
                List.of(crud.readOnly()));
        // 1.5 is no number of minutes, and "1" is no number at all: what is not meant as it stands is refused.
        this.strictJson = shared.json()
                .rebuild()
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .defaultLeniency(false)
                .build();
        this.entityManager = SharedEntityManagerCreator.createSharedEntityManager(shared.entityManagerFactory());
        this.reading = new TransactionTemplate(shared.transactions());
        this.reading.setReadOnly(true);
        this.writing = new TransactionTemplate(shared.transactions());
        check(type);
    }

    private void check(Class<?> type) {
        List<String> faults = new ArrayList<>();
        for (String role : List.of(crud.read(), crud.write(), crud.create(), crud.update(), crud.delete())) {
            if (!role.isEmpty() && !shared.roles().contains(role)) {
                faults.add("the role " + role + " is not in tenancy.roles (" + shared.roles() + ")");
            }
        }
        for (String name : crud.sort()) {
            if (mapping.path(name) == null) {
                faults.add("sort names " + name + ", which " + record.getName() + " does not have");
            }
        }
        for (String name : crud.search()) {
            if (!mapping.isText(name)) {
                faults.add("search names " + name + ", which is no text field of " + record.getName());
            }
        }
        if (!faults.isEmpty()) {
            throw new TenancySetupException(
                    "@Crud on " + type.getName() + " is wrong: " + String.join("; ", faults) + ".",
                    "Mend the annotation.");
        }
    }

    PageOf<D> list(MultiValueMap<String, String> parameters) {
        allow(Action.READ);
        ListRequest request =
                ListRequest.parse(parameters, crud, shared.properties().maxPageSize());
        return inTransaction(reading, () -> {
            CriteriaBuilder criteria = entityManager.getCriteriaBuilder();
            CriteriaQuery<E> query = criteria.createQuery(entity);
            Root<E> row = query.from(entity);
            query.select(row)
                    .where(restrictions(criteria, row, request.search()))
                    .orderBy(order(criteria, row, request));
            List<D> content = entityManager
                    .createQuery(query)
                    .setFirstResult(request.page() * request.size())
                    .setMaxResults(request.size())
                    .getResultStream()
                    .map(mapping::toRecord)
                    .toList();
            boolean last = content.size() < request.size() && (!content.isEmpty() || request.page() == 0);
            long total =
                    last ? (long) request.page() * request.size() + content.size() : count(criteria, request.search());
            return new PageOf<>(
                    content,
                    new PageOf.Position(
                            request.size(), request.page(), total, (total + request.size() - 1) / request.size()));
        });
    }

    private long count(CriteriaBuilder criteria, @Nullable String search) {
        CriteriaQuery<Long> query = criteria.createQuery(Long.class);
        Root<E> row = query.from(entity);
        query.select(criteria.count(row)).where(restrictions(criteria, row, search));
        return entityManager.createQuery(query).getSingleResult();
    }

    private Predicate[] restrictions(CriteriaBuilder criteria, Root<E> row, @Nullable String search) {
        List<Predicate> all = new ArrayList<>();
        Predicate scope = controller.scope(criteria, row);
        if (scope != null) {
            all.add(scope);
        }
        if (search != null) {
            String pattern = "%" + search.toLowerCase(Locale.ROOT).replaceAll("[\\\\%_]", "\\\\$0") + "%";
            all.add(criteria.or(Arrays.stream(crud.search())
                    .map(name -> criteria.like(criteria.lower(row.get(name)), pattern, '\\'))
                    .toArray(Predicate[]::new)));
        }
        return all.toArray(Predicate[]::new);
    }

    private List<Order> order(CriteriaBuilder criteria, Root<E> row, ListRequest request) {
        List<Order> orders = new ArrayList<>();
        for (ListRequest.Sort sort : request.sorts()) {
            Expression<?> value = attribute(row, sort.field());
            orders.add(sort.descending() ? criteria.desc(value) : criteria.asc(value));
        }
        // Rows that are equal so far would otherwise change places between pages.
        orders.add(criteria.asc(attribute(row, "id")));
        return orders;
    }

    private Expression<?> attribute(Root<E> row, String name) {
        Path<?> path = row;
        for (String step : Objects.requireNonNullElse(mapping.path(name), List.of(name))) {
            path = path.get(step);
        }
        return path;
    }

    D get(String id) {
        allow(Action.READ);
        return inTransaction(reading, () -> mapping.toRecord(load(id)));
    }

    Created<D> create(JsonNode json, Consumer<E> before) {
        allow(Action.CREATE);
        D body = validated(json);
        return inTransaction(writing, () -> {
            E row = mapping.instantiate();
            write(body, row);
            before.accept(row);
            entityManager.persist(row);
            entityManager.flush();
            return new Created<>(
                    shared.entityManagerFactory().getPersistenceUnitUtil().getIdentifier(row), mapping.toRecord(row));
        });
    }

    D replace(String id, JsonNode json, Consumer<E> before) {
        allow(Action.UPDATE);
        return inTransaction(writing, () -> {
            E row = load(id);
            return update(row, validated(json), before);
        });
    }

    D patch(String id, JsonNode patch, Consumer<E> before) {
        allow(Action.UPDATE);
        return inTransaction(writing, () -> {
            E row = load(id);
            return update(row, validated(patched(mapping.toRecord(row), patch)), before);
        });
    }

    void delete(String id, Consumer<E> before) {
        allow(Action.DELETE);
        inTransaction(writing, () -> {
            E row = load(id);
            before.accept(row);
            entityManager.remove(row);
            entityManager.flush();
            return row;
        });
    }

    private D update(E row, D body, Consumer<E> before) {
        write(body, row);
        before.accept(row);
        entityManager.flush();
        return mapping.toRecord(row);
    }

    private void write(D body, E row) {
        List<Problem.FieldFault> faults = mapping.write(body, row, entityManager::find);
        if (!faults.isEmpty()) {
            throw Problem.invalid(faults);
        }
    }

    private E load(String id) {
        Object key = key(id);
        CriteriaBuilder criteria = entityManager.getCriteriaBuilder();
        CriteriaQuery<E> query = criteria.createQuery(entity);
        Root<E> row = query.from(entity);
        Predicate scope = controller.scope(criteria, row);
        E found;
        if (scope == null) {
            found = entityManager.find(entity, key);
        } else {
            query.select(row).where(criteria.equal(attribute(row, "id"), key), scope);
            found = entityManager
                    .createQuery(query)
                    .getResultStream()
                    .findFirst()
                    .orElse(null);
        }
        if (found == null) {
            throw Problem.missing();
        }
        return found;
    }

    // A malformed id is the id of no row.
    private Object key(String id) {
        try {
            Class<?> type = mapping.idType();
            if (type == UUID.class && id.length() == 36) {
                return UUID.fromString(id);
            }
            if (type == Long.class && id.length() < 20) {
                return Long.valueOf(id);
            }
            if (type == Integer.class && id.length() < 12) {
                return Integer.valueOf(id);
            }
            if (type == String.class && RecordMapping.isStorable(id)) {
                return id;
            }
        } catch (IllegalArgumentException malformed) {
            throw Problem.of(HttpStatus.NOT_FOUND, Problem.MISSING, malformed);
        }
        throw Problem.missing();
    }

    private void allow(Action action) {
        TenantPrincipal principal = CurrentTenant.find()
                .orElseThrow(() -> Problem.of(HttpStatus.UNAUTHORIZED, "This needs a valid credential."));
        String own = switch (action) {
            case READ -> crud.read();
            case CREATE -> crud.create();
            case UPDATE -> crud.update();
            case DELETE -> crud.delete();
        };
        String required = own.isEmpty() && action != Action.READ ? crud.write() : own;
        if (!shared.roles().includes(principal.role(), required)) {
            throw Problem.of(HttpStatus.FORBIDDEN, "Your role does not allow this.");
        }
    }

    private D validated(JsonNode json) {
        D body = read(json);
        List<Problem.FieldFault> faults = new ArrayList<>(mapping.unstorable(body));
        shared.validator()
                .validate(body)
                .forEach(fault -> faults.add(
                        new Problem.FieldFault(fault.getPropertyPath().toString(), fault.getMessage())));
        if (!faults.isEmpty()) {
            faults.sort(Comparator.comparing(Problem.FieldFault::field).thenComparing(Problem.FieldFault::message));
            throw Problem.invalid(faults);
        }
        return body;
    }

    private D read(JsonNode json) {
        if (!json.isObject()) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "The body must be a JSON object with the fields of the row.");
        }
        try {
            return strictJson.treeToValue(json, record);
        } catch (JacksonException unreadable) {
            throw Problems.unreadable(unreadable);
        }
    }

    private JsonNode patched(D current, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "A merge patch is a JSON object with the fields to change.");
        }
        ObjectNode merged = strictJson.valueToTree(current);
        merge(merged, changes);
        return merged;
    }

    // RFC 7396, section 2
    private static void merge(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            JsonNode value = change.getValue();
            if (value.isNull()) {
                target.remove(change.getKey());
            } else if (value instanceof ObjectNode nested) {
                ObjectNode inner = target.get(change.getKey()) instanceof ObjectNode present
                        ? present
                        : target.putObject(change.getKey());
                merge(inner, nested);
            } else {
                target.set(change.getKey(), value);
            }
        }
    }

    private static <T> T inTransaction(TransactionTemplate transaction, Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(status -> work.get()));
    }
}
