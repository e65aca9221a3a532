package dev.tenancy.spring;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import dev.tenancy.TenancySetupException;
import dev.tenancy.TenantPrincipal;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.MultiValueMap;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

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

    /** @param etag null if rows have no version */
    record Shown<D>(Object id, @Nullable String etag, D body) {}

    private static final int EXPORTED_AT_ONCE = 500;

    private enum Action {
        READ,
        WRITE,
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
    private final Map<String, List<String>> fieldsOfConstraints = new ConcurrentHashMap<>();
    private final ListRequest.Offer offer;
    private final ListQuery<E> rows;
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
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .defaultLeniency(false)
                .build();
        this.entityManager = SharedEntityManagerCreator.createSharedEntityManager(shared.entityManagerFactory());
        this.reading = new TransactionTemplate(shared.transactions());
        this.reading.setReadOnly(true);
        this.writing = new TransactionTemplate(shared.transactions());
        List<String> faults = new ArrayList<>();
        List<String> sorts = new ArrayList<>(List.of(crud.sort()));
        sorts.remove("id");
        sorts.add("id");
        Map<String, AttributePath> paths = new HashMap<>();
        sorts.forEach(name -> paths.put(name, path("sort", name, faults)));
        List<AttributePath> searched = Arrays.stream(crud.search())
                .map(name -> path("search", name, faults))
                .toList();
        List<ListFilter> filters = Arrays.stream(crud.filter())
                .map(name -> new ListFilter(name, path("filter", name, faults)))
                .toList();
        check(type, paths, searched, filters, faults);
        this.offer = new ListRequest.Offer(
                List.copyOf(sorts),
                filters,
                !searched.isEmpty(),
                crud.paging() == Crud.Paging.KEYSET,
                shared.properties().maxPageSize());
        this.rows = new ListQuery<>(
                entityManager, entity, controller::scope, name -> known(paths.get(name)), searched, shared.json());
    }

    private static AttributePath known(@Nullable AttributePath path) {
        return Objects.requireNonNull(path);
    }

    // The one of the id stands in for one that does not exist, so that all faults are told at once.
    private AttributePath path(String attribute, String name, List<String> faults) {
        EntityPersister persister = persister();
        AttributePath path = AttributePath.find(persister, name.equals("id") ? idName() : name);
        if (path != null) {
            return path;
        }
        faults.add(attribute + " names " + name + ", which " + entity.getName() + " does not have");
        return known(AttributePath.find(persister, idName()));
    }

    private EntityPersister persister() {
        return shared.entityManagerFactory()
                .unwrap(SessionFactoryImplementor.class)
                .getMappingMetamodel()
                .getEntityDescriptor(entity);
    }

    private String idName() {
        return Objects.requireNonNull(persister().getIdentifierPropertyName());
    }

    private void check(
            Class<?> type,
            Map<String, AttributePath> sorts,
            List<AttributePath> searched,
            List<ListFilter> filters,
            List<String> faults) {
        for (String role : List.of(crud.read(), crud.write(), crud.create(), crud.update(), crud.delete())) {
            if (!role.isEmpty() && !shared.roles().contains(role)) {
                faults.add("the role " + role + " is not in tenancy.roles (" + shared.roles() + ")");
            }
        }
        for (int i = 0; i < searched.size(); i++) {
            if (searched.get(i).type() != String.class) {
                faults.add("search names " + crud.search()[i] + ", which is no text field of " + entity.getName());
            }
        }
        for (ListFilter filter : filters) {
            if (!ListFilter.isReadable(filter.path().type())) {
                faults.add("filter names " + filter.name() + ", whose values of "
                        + filter.path().type().getName() + " cannot be read from a parameter");
            }
        }
        for (Map.Entry<String, AttributePath> sort : sorts.entrySet()) {
            if (crud.paging() == Crud.Paging.KEYSET
                    && !ListFilter.isReadable(sort.getValue().type())) {
                faults.add("sort names " + sort.getKey() + ", whose values cannot be part of a keyset");
            }
        }
        if (crud.requireIfMatch() && !persister().isVersioned()) {
            faults.add("it requires If-Match, but " + entity.getName() + " has no @Version");
        }
        if (!faults.isEmpty()) {
            throw new TenancySetupException(
                    "@Crud on " + type.getName() + " is wrong: " + String.join("; ", faults) + ".",
                    "Mend the annotation.");
        }
    }

    PageOf<D> list(MultiValueMap<String, String> parameters) {
        allow(Action.READ);
        ListRequest request = ListRequest.parse(parameters, offer, true);
        return inTransaction(reading, () -> offer.keyset() ? keysetPage(request) : numberedPage(request));
    }

    private PageOf<D> keysetPage(ListRequest request) {
        ListQuery.Page<E> page = rows.keysetPage(request);
        return new PageOf<>(
                records(page), new PageOf.Position(request.size(), null, null, null, page.last(), page.next()));
    }

    private PageOf<D> numberedPage(ListRequest request) {
        ListQuery.Page<E> page = rows.page(request);
        List<D> content = records(page);
        if (!request.counted()) {
            return new PageOf<>(
                    content, new PageOf.Position(request.size(), request.page(), null, null, page.last(), null));
        }
        // A page that is not full is the end, unless it is empty and lies behind it.
        boolean known = page.last() && (!content.isEmpty() || request.page() == 0);
        long total = known ? (long) request.page() * request.size() + content.size() : rows.count(request);
        return new PageOf<>(
                content,
                new PageOf.Position(
                        request.size(),
                        request.page(),
                        total,
                        (total + request.size() - 1) / request.size(),
                        page.last(),
                        null));
    }

    private List<D> records(ListQuery.Page<E> page) {
        return page.rows().stream().map(mapping::toRecord).toList();
    }

    Shown<D> get(String id) {
        allow(Action.READ);
        return inTransaction(reading, () -> shown(load(id)));
    }

    Shown<D> create(JsonNode json, Consumer<E> before) {
        allow(Action.CREATE);
        D body = validated(json);
        return changing(() -> {
            E row = mapping.instantiate();
            write(body, row);
            before.accept(row);
            entityManager.persist(row);
            entityManager.flush();
            return shown(row);
        });
    }

    Shown<D> replace(String id, JsonNode json, BiConsumer<E, D> before) {
        allow(Action.UPDATE);
        return changing(() -> {
            E row = loadForChange(id);
            return update(row, validated(json), before);
        });
    }

    Shown<D> patch(String id, JsonNode patch, BiConsumer<E, D> before) {
        allow(Action.UPDATE);
        return changing(() -> {
            E row = loadForChange(id);
            return update(row, validated(patched(mapping.toRecord(row), patch)), before);
        });
    }

    void delete(String id, Consumer<E> before) {
        allow(Action.DELETE);
        changing(() -> {
            E row = loadForChange(id);
            before.accept(row);
            entityManager.remove(row);
            entityManager.flush();
            return row;
        });
    }

    private Shown<D> update(E row, D body, BiConsumer<E, D> before) {
        D was = mapping.toRecord(row);
        write(body, row);
        before.accept(row, was);
        entityManager.flush();
        return shown(row);
    }

    private Shown<D> shown(E row) {
        Object version = mapping.version(row);
        return new Shown<>(
                shared.entityManagerFactory().getPersistenceUnitUtil().getIdentifier(row),
                version == null ? null : '"' + version.toString() + '"',
                mapping.toRecord(row));
    }

    private E loadForChange(String id) {
        E row = load(id);
        checkPrecondition(row);
        return row;
    }

    // RFC 9110, section 13.1.1: strong comparison, which no weak tag passes. Hibernate compares the version once more
    // when it writes.
    private void checkPrecondition(E row) {
        List<String> headers =
                Collections.list(((ServletRequestAttributes) RequestContextHolder.currentRequestAttributes())
                        .getRequest()
                        .getHeaders(HttpHeaders.IF_MATCH));
        if (headers.isEmpty()) {
            if (crud.requireIfMatch()) {
                throw Problem.of(
                        HttpStatus.PRECONDITION_REQUIRED,
                        "This needs the header If-Match with the ETag of the row as you have read it.");
            }
            return;
        }
        Object version = mapping.version(row);
        boolean matches = headers.stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(String::strip)
                .anyMatch(tag -> tag.equals("*") || version != null && tag.equals('"' + version.toString() + '"'));
        if (!matches) {
            throw Problem.of(
                    HttpStatus.PRECONDITION_FAILED, "The row is not what If-Match says any more. Read it again.");
        }
    }

    /** A transaction that writes. What it violates is told by the names that the client knows. */
    private <T> T changing(Supplier<T> work) {
        try {
            return inTransaction(writing, work);
        } catch (ConstraintViolationException violation) {
            List<String> fields = violation.getKind() == ConstraintViolationException.ConstraintKind.UNIQUE
                    ? uniqueFields(violation.getConstraintName())
                    : List.of();
            if (fields.isEmpty()) {
                throw violation;
            }
            ErrorResponseException conflict =
                    Problem.of(HttpStatus.CONFLICT, "A row with the same unique value exists already; see errors.");
            conflict.getBody()
                    .setProperty(
                            "errors",
                            fields.stream()
                                    .map(field -> new Problem.FieldFault(
                                            field,
                                            fields.size() == 1
                                                    ? "is taken already"
                                                    : "is taken already, together with the other fields named"))
                                    .toList());
            throw conflict;
        }
    }

    // Asked in a transaction of its own: the one that failed answers nothing on PostgreSQL.
    private List<String> uniqueFields(@Nullable String constraint) {
        if (constraint == null) {
            return List.of();
        }
        return fieldsOfConstraints.computeIfAbsent(
                constraint,
                name -> inTransaction(
                        reading,
                        () -> entityManager
                                .unwrap(Session.class)
                                .doReturningWork(connection -> mapping.uniqueFields(connection, name))));
    }

    /** Writes all rows of a list, and keeps none of them in memory. */
    void export(MultiValueMap<String, String> parameters, ExportFormat format, HttpServletResponse response) {
        allow(Action.READ);
        ListRequest request = ListRequest.parse(parameters, offer, false);
        inTransaction(reading, () -> {
            try (Stream<E> all = rows.stream(request, EXPORTED_AT_ONCE)) {
                Iterator<E> each = all.iterator();
                // A query that fails does so here, and can still be answered.
                boolean any = each.hasNext();
                response.setContentType(format.mediaType.toString());
                response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=export." + format.extension);
                response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
                format.write(
                        records(each), ExportFormat.columns(record, ""), shared.json(), response.getOutputStream());
                return any;
            } catch (IOException | RuntimeException failure) {
                if (!response.isCommitted()) {
                    response.reset();
                    throw failure instanceof RuntimeException unchecked
                            ? unchecked
                            : new UncheckedIOException((IOException) failure);
                }
                throw new ExportAbortedException(failure);
            }
        });
    }

    private Iterator<D> records(Iterator<E> rows) {
        return new Iterator<>() {
            private int read;

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public D next() {
                D next = mapping.toRecord(rows.next());
                if (++read % EXPORTED_AT_ONCE == 0) {
                    entityManager.clear();
                }
                return next;
            }
        };
    }

    /** Holds an action that the application has added to the role of those like it. */
    void allowOwnAction(boolean reads) {
        allow(reads ? Action.READ : Action.WRITE);
    }

    private void write(D body, E row) {
        List<Problem.FieldFault> faults = mapping.write(body, row, entityManager::find);
        if (!faults.isEmpty()) {
            throw Problem.invalid(faults);
        }
    }

    private E load(String id) {
        E found = rows.find(key(id));
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
            case WRITE -> crud.write();
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
