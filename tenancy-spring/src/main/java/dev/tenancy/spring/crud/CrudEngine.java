package dev.tenancy.spring.crud;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import dev.tenancy.TenancySetupException;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.spring.Problem;
import dev.tenancy.spring.TenancyProperties;
import dev.tenancy.spring.crud.CrudOffer.Action;
import dev.tenancy.spring.crud.RecordReader.Shown;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.OptimisticLockException;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ClassUtils;
import org.springframework.util.MultiValueMap;
import org.springframework.web.ErrorResponseException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** All that a CRUD controller does, for one entity and its record. */
final class CrudEngine<E, D extends Record> {

    private static final int JDBC_BATCH = 50;

    /** What every engine shares. */
    record Factory(
            EntityManagerFactory entityManagerFactory,
            PlatformTransactionManager transactions,
            Validator validator,
            JsonMapper json,
            Roles roles,
            TenancyProperties properties,
            RequestBodies bodies,
            BeanFactory beans) {

        <E, D extends Record> CrudEngine<E, D> create(TenantReadController<E, D> controller) {
            ControllerTraps.check(ClassUtils.getUserClass(controller.getClass()));
            return new CrudEngine<>(this, controller);
        }
    }

    private final TenantReadController<E, D> controller;
    private final Class<E> entity;
    private final Crud crud;
    private final Factory shared;
    private final CrudOffer offer;
    private final AttributePath id;
    private final RecordShape<E, D> shape;
    private final RecordReader<E, D> reader;
    private final RecordWriter<E, D> writer;
    private final ListParameters parameters;
    private final Bodies<D> bodies;
    private final RowQuery<E, D> rows;
    private final EntityManager entityManager;
    private final ReadScope reading;
    private final TransactionTemplate writing;

    @SuppressWarnings("unchecked")
    private CrudEngine(Factory shared, TenantReadController<E, D> controller) {
        this.controller = controller;
        Class<?> type = controller.getClass();
        ResolvableType[] generics =
                ResolvableType.forClass(type).as(TenantReadController.class).getGenerics();
        this.entity = (Class<E>) generics[0].resolve(Object.class);
        Class<D> record = (Class<D>) generics[1].resolve(Record.class);
        this.shared = shared;
        this.crud = Optional.ofNullable(type.getAnnotation(Crud.class))
                .orElseThrow(() -> new TenancySetupException(
                        type.getName() + " has no @Crud, so nobody could call it.",
                        "Add @Crud(read = \"…\", write = \"…\") to the class itself."));
        SessionFactoryImplementor factory = shared.entityManagerFactory().unwrap(SessionFactoryImplementor.class);
        this.shape = new RecordShape<>(
                factory, entity, record, CrudOffer.names(crud.readOnly()), mapper(shared, entity, record));
        this.reader = new RecordReader<>(shape);
        this.writer = new RecordWriter<>(shape);
        this.offer = CrudOffer.of(type, shape, crud, shared.roles());
        this.id = AttributePath.find(
                        shape.persister(), String.valueOf(shape.persister().getIdentifierPropertyName()))
                .orElseThrow(() -> new TenancySetupException(
                        entity.getName() + " has an id of several attributes, which no path can name.",
                        "Give the entity a single @Id attribute."));
        this.parameters = new ListParameters(offer, id, shared.properties().maxPageSize());
        this.bodies = new Bodies<>(shape, writer, shared.json(), shared.validator());
        this.entityManager = SharedEntityManagerCreator.createSharedEntityManager(shared.entityManagerFactory());
        this.rows = new RowQuery<>(entityManager, factory, entity, offer, controller, reader.selection(), id);
        this.reading = new ReadScope(shared.entityManagerFactory(), shared.transactions(), reader.readsAtOnce());
        this.writing = new TransactionTemplate(shared.transactions());
    }

    @SuppressWarnings("unchecked")
    private static <E, D extends Record> @Nullable RecordMapper<E, D> mapper(
            Factory shared, Class<E> entity, Class<D> record) {
        return (RecordMapper<E, D>) shared.beans()
                .getBeanProvider(ResolvableType.forClassWithGenerics(RecordMapper.class, entity, record))
                .getIfAvailable();
    }

    /** All that a description of this resource needs. */
    CrudOffer offer() {
        return offer;
    }

    /** The role that a handler which the application added needs; empty if none has been given. */
    String roleOf(boolean reads) {
        return reads ? crud.read() : crud.write();
    }

    boolean hasRole(@Nullable String required) {
        TenantPrincipal principal = CurrentTenant.find()
                .orElseThrow(() -> Problem.of(HttpStatus.UNAUTHORIZED, "This needs a valid credential."));
        return required != null && shared.roles().includes(principal.role(), required);
    }

    RequestBodies requests() {
        return shared.bodies();
    }

    PageOf<D> list(MultiValueMap<String, String> sent) {
        allow(Action.READ);
        ListRequest request = parameters.page(sent);
        return reading.read(() -> {
            RowQuery.Page<D> page = rows.page(request);
            return new PageOf<>(page.rows(), position(request, page));
        });
    }

    private PageOf.Position position(ListRequest request, RowQuery.Page<D> page) {
        int size = request.size();
        if (offer.paging() == Crud.Paging.KEYSET) {
            String next = page.next() == null ? null : page.next().text(request.sorts());
            return new PageOf.Position(size, null, null, null, !page.more(), next);
        }
        if (!request.total()) {
            return new PageOf.Position(size, request.page(), null, null, !page.more(), null);
        }
        int found = page.rows().size();
        long before = (long) request.page() * size;
        boolean isEnd = found < size && (found > 0 || request.page() == 0);
        long total = isEnd ? before + found : page.all().getAsLong();
        return new PageOf.Position(
                size, request.page(), total, (total + size - 1) / size, before + found >= total, null);
    }

    /**
     * Hands over all rows of a list, in its order, in memory that does not grow with them: filters, sort and search are those of
     * {@link #list}, and there are no pages. The session forgets each row after it.
     */
    void each(MultiValueMap<String, String> sent, Consumer<? super D> sink) {
        allow(Action.READ);
        ListRequest request = parameters.all(sent);
        // PostgreSQL has a cursor in a transaction only.
        reading.inTransaction(() -> {
            rows.each(request, sink);
            return request;
        });
    }

    /** Writes all rows of a list, and keeps none of them in memory. */
    void export(MultiValueMap<String, String> sent, ExportFormat format, HttpServletResponse response) {
        try {
            ExportFormat.Sink sink = format.to(response, ExportFormat.columns(offer.record(), ""), shared.json());
            each(sent, sink::write);
            sink.end();
        } catch (IOException | RuntimeException failure) {
            if (response.isCommitted()) {
                throw new ExportAbortedException(failure);
            }
            response.reset();
            throw failure instanceof RuntimeException unchecked
                    ? unchecked
                    : new UncheckedIOException((IOException) failure);
        }
    }

    Shown<D> get(String id) {
        allow(Action.READ);
        Object key = key(id);
        return reading.read(() -> {
            if (!reader.readsColumns() || shape.persister().canReadFromCache()) {
                return reader.show(load(key));
            }
            Shown<D> shown = rows.one(key);
            if (shown == null) {
                throw Problem.missing();
            }
            return shown;
        });
    }

    Shown<D> create(JsonNode body) {
        return create(List.of(body), false).get(0);
    }

    List<Shown<D>> createMany(JsonNode body) {
        return create(many(body), true);
    }

    private List<Shown<D>> create(List<JsonNode> sent, boolean bulk) {
        allow(Action.CREATE);
        Faults faults = new Faults(bulk);
        List<@Nullable D> valid = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            JsonNode body = sent.get(i);
            valid.add(faults.in(i, found -> bodies.created(body, found)));
        }
        faults.refuse();
        return write(bulk, false, pace -> {
            Map<Class<?>, Map<Object, Object>> references = references(valid, List.of());
            List<E> created = new ArrayList<>();
            for (int i = 0; i < valid.size(); i++) {
                D body = Objects.requireNonNull(valid.get(i));
                E row = shape.instantiate();
                faults.in(i, found -> found.addAll(writer.write(body, row, null, references)));
                created.add(row);
            }
            faults.refuse();
            for (int i = 0; i < created.size(); i++) {
                E row = created.get(i);
                D body = Objects.requireNonNull(valid.get(i));
                pace.begin(i);
                assignId(body, row);
                hook(bulk, i, () -> hooks().beforeCreate(row));
                entityManager.persist(row);
                pace.end();
            }
            entityManager.flush();
            return created.stream().map(reader::show).toList();
        });
    }

    private void assignId(D body, E row) {
        if (shape.assignsId()) {
            Object id = writer.idIn(body);
            if (id == null) {
                throw Problem.invalid(List.of(new Problem.FieldFault(this.id.name(), "must not be null")));
            }
            shape.setId(row, id, entityManager.unwrap(SharedSessionContractImplementor.class));
        }
    }

    Shown<D> replace(String id, JsonNode body, Preconditions conditions) {
        return update(List.of(new Target(key(id), conditions, null, body)), false, bodies::replaced)
                .get(0);
    }

    Shown<D> patch(String id, JsonNode body, Preconditions conditions) {
        return update(List.of(new Target(key(id), conditions, null, body)), false, bodies::patched)
                .get(0);
    }

    List<Shown<D>> patchMany(JsonNode body) {
        allow(Action.UPDATE);
        return update(targets(many(body)), true, bodies::patched);
    }

    private interface Change<D> {
        @Nullable D to(D present, JsonNode body, List<Problem.FieldFault> faults);
    }

    private List<Shown<D>> update(List<Target> targets, boolean bulk, Change<D> change) {
        allow(Action.UPDATE);
        return write(bulk, isDemanding(targets), pace -> {
            Faults faults = new Faults(bulk);
            List<E> present = load(targets, bulk);
            List<D> before = present.stream().map(reader::toRecord).toList();
            List<@Nullable D> valid = new ArrayList<>();
            for (int i = 0; i < targets.size(); i++) {
                D was = before.get(i);
                JsonNode body = targets.get(i).body();
                valid.add(faults.in(i, found -> change.to(was, body, found)));
            }
            faults.refuse();
            Map<Class<?>, Map<Object, Object>> references = references(valid, present);
            for (int i = 0; i < targets.size(); i++) {
                D body = Objects.requireNonNull(valid.get(i));
                E row = present.get(i);
                D was = before.get(i);
                faults.in(i, found -> found.addAll(writer.write(body, row, was, references)));
            }
            faults.refuse();
            for (int i = 0; i < targets.size(); i++) {
                E row = present.get(i);
                D was = before.get(i);
                pace.begin(i);
                hook(bulk, i, () -> hooks().beforeUpdate(was, row));
                pace.end();
            }
            entityManager.flush();
            return present.stream().map(reader::show).toList();
        });
    }

    void delete(String id, Preconditions conditions) {
        delete(List.of(new Target(key(id), conditions, null, MissingNode.getInstance())), false);
    }

    void deleteMany(JsonNode body) {
        allow(Action.DELETE);
        delete(targets(many(body)), true);
    }

    private void delete(List<Target> targets, boolean bulk) {
        allow(Action.DELETE);
        write(bulk, isDemanding(targets), pace -> {
            List<E> present = load(targets, bulk);
            for (int i = 0; i < present.size(); i++) {
                E row = present.get(i);
                pace.begin(i);
                hook(bulk, i, () -> hooks().beforeDelete(row));
                entityManager.remove(row);
                pace.end();
            }
            entityManager.flush();
            return present;
        });
    }

    private TenantCrudController<E, D> hooks() {
        return (TenantCrudController<E, D>) controller;
    }

    // A hook refuses one row by an exception; which one, the caller of many has to be told.
    private static void hook(boolean bulk, int row, Runnable hook) {
        try {
            hook.run();
        } catch (ErrorResponseException refusal) {
            if (bulk && refusal.getBody().getProperties() == null) {
                refusal.getBody()
                        .setProperty(
                                "errors",
                                List.of(new Problem.FieldFault(
                                        row,
                                        null,
                                        String.valueOf(refusal.getBody().getDetail()))));
            }
            throw refusal;
        }
    }

    /**
     * A row to change.
     *
     * @param version that the row must have, as text; null if any will do
     * @param body missing if the row is to be deleted
     */
    private record Target(
            @Nullable Object key,
            Preconditions conditions,
            @Nullable String version,
            JsonNode body) {}

    private List<JsonNode> many(JsonNode body) {
        int max = shared.properties().maxBulkSize();
        if (!(body instanceof ArrayNode array) || array.isEmpty() || array.size() > max) {
            throw Problem.of(
                    HttpStatus.BAD_REQUEST,
                    "The body must be a JSON array of 1 to " + max + " rows; nothing was written.");
        }
        return List.copyOf(array.values());
    }

    private List<Target> targets(List<JsonNode> sent) {
        Faults faults = new Faults(true);
        List<Target> targets = new ArrayList<>();
        Set<Object> known = new HashSet<>();
        for (int i = 0; i < sent.size(); i++) {
            JsonNode body = sent.get(i);
            if (!(body instanceof ObjectNode object)) {
                faults.in(
                        i,
                        found -> found.add(new Problem.FieldFault(null, "must be a JSON object with the id of a row")));
                continue;
            }
            ObjectNode change = object.deepCopy();
            JsonNode named = change.remove(id.name());
            JsonNode version = offer.versioned() ? change.remove("version") : null;
            Object key = named == null || !named.isValueNode() || named.isNull() ? null : keyOrNull(named.asString());
            if (named == null || named.isNull()) {
                faults.in(i, found -> found.add(new Problem.FieldFault(id.name(), "must not be null")));
            } else if (key != null && !known.add(key)) {
                faults.in(i, found -> found.add(new Problem.FieldFault(id.name(), "is named twice")));
            }
            targets.add(new Target(
                    key,
                    Preconditions.NONE,
                    version == null || version.isNull() ? null : version.isValueNode() ? version.asString() : "",
                    change));
        }
        faults.refuse();
        return targets;
    }

    private static boolean isDemanding(List<Target> targets) {
        return targets.stream().anyMatch(target -> !target.conditions().isAbsent());
    }

    private List<E> load(List<Target> targets, boolean bulk) {
        if (!bulk) {
            Target target = targets.get(0);
            if (offer.requireIfMatch() && target.conditions().isAbsent()) {
                throw Problem.of(
                        HttpStatus.PRECONDITION_REQUIRED,
                        "This needs the header If-Match with the ETag of the row as you read it.");
            }
            E row = load(target.key());
            if (isOfLibrary(row)) {
                throw Problem.libraryRow(List.of());
            }
            if (!target.conditions().allow(shape.version(row))) {
                throw Preconditions.failed();
            }
            return List.of(row);
        }
        Faults missing = new Faults(true);
        Faults stale = new Faults(true);
        Faults library = new Faults(true);
        List<Object> keys = targets.stream()
                .map(Target::key)
                .filter(Objects::nonNull)
                .map(Object.class::cast)
                .toList();
        Map<Object, E> found = keys.isEmpty() ? Map.of() : rows.find(entity, keys);
        List<E> present = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            E row = target.key() == null ? null : found.get(target.key());
            if (row == null) {
                missing.in(i, faults -> faults.add(new Problem.FieldFault(id.name(), "does not exist")));
                continue;
            }
            present.add(row);
            if (isOfLibrary(row)) {
                library.in(i, faults -> faults.add(new Problem.FieldFault(id.name(), "belongs to the library")));
            }
            if (target.version() == null ? offer.requireIfMatch() : isStale(target.version(), row)) {
                String why = target.version() == null
                        ? "is needed, as you read it"
                        : "is not that of the row, which has been changed meanwhile";
                stale.in(i, faults -> faults.add(new Problem.FieldFault("version", why)));
            }
        }
        missing.refuse();
        if (!library.all.isEmpty()) {
            throw Problem.libraryRow(library.all);
        }
        stale.refuse(HttpStatus.CONFLICT, "Somebody else changed a row, or its version is missing; see errors.");
        return present;
    }

    // What is read and not the company's own.
    private boolean isOfLibrary(E row) {
        Object tenant = shape.tenant(row);
        return tenant != null && !tenant.equals(CurrentTenant.require().tenantId());
    }

    private boolean isStale(String version, E row) {
        return !version.equals(String.valueOf(shape.version(row)));
    }

    private E load(@Nullable Object key) {
        E row = key == null ? null : rows.find(entity, List.of(key)).get(key);
        if (row == null) {
            throw Problem.missing();
        }
        return row;
    }

    private Map<Class<?>, Map<Object, Object>> references(List<@Nullable D> bodies, List<E> present) {
        Map<Class<?>, Set<Object>> wanted = new LinkedHashMap<>();
        for (int i = 0; i < bodies.size(); i++) {
            writer.addReferences(
                    Objects.requireNonNull(bodies.get(i)), present.isEmpty() ? null : present.get(i), wanted);
        }
        Map<Class<?>, Map<Object, Object>> found = new HashMap<>();
        wanted.forEach((target, ids) -> found.put(target, Map.copyOf(rows.find(target, ids))));
        return found;
    }

    private Object key(String id) {
        Object key = keyOrNull(id);
        if (key == null) {
            throw Problem.missing();
        }
        return key;
    }

    // A malformed id is the id of no row.
    private @Nullable Object keyOrNull(String id) {
        ValueFormat format = ValueFormat.of(offer.idType());
        return format == null ? null : format.parse(id);
    }

    private void allow(Action action) {
        if (!hasRole(offer.role(action))) {
            throw Problem.forbidden();
        }
    }

    /** What is done row by row, so that it can be told which row failed. */
    private final class Pace {

        private final boolean rowByRow;
        private @Nullable Integer row;

        Pace(boolean rowByRow) {
            this.rowByRow = rowByRow;
        }

        void begin(int next) {
            row = next;
        }

        void end() {
            if (rowByRow) {
                entityManager.flush();
            }
        }
    }

    private <T> T write(boolean bulk, boolean demanding, Function<Pace, T> work) {
        boolean outermost = !TransactionSynchronizationManager.isActualTransactionActive();
        try {
            return inTransaction(writing, () -> {
                if (bulk) {
                    entityManager.unwrap(Session.class).setJdbcBatchSize(JDBC_BATCH);
                }
                return work.apply(new Pace(false));
            });
        } catch (RuntimeException failure) {
            Violations violations = new Violations(shape);
            Pace pace = new Pace(true);
            if (bulk && outermost && violations.isOne(failure)) {
                // A batch does not tell which of its rows failed: they are tried again one by one, and taken back.
                try {
                    writing.executeWithoutResult(status -> {
                        status.setRollbackOnly();
                        work.apply(pace);
                    });
                } catch (RuntimeException again) {
                    throw violations.explain(again, pace.row);
                }
            }
            throw demanding && isLostRace(failure) ? Preconditions.failed() : violations.explain(failure, null);
        }
    }

    // Somebody else has written the row since its version was looked at.
    private static boolean isLostRace(RuntimeException failure) {
        return failure instanceof OptimisticLockException || failure instanceof OptimisticLockingFailureException;
    }

    private static <T> T inTransaction(TransactionTemplate transaction, Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(status -> work.get()));
    }

    /** What is wrong with one row, or with each of many. */
    private static final class Faults {

        private final boolean bulk;
        private final List<Problem.FieldFault> all = new ArrayList<>();

        Faults(boolean bulk) {
            this.bulk = bulk;
        }

        <T extends @Nullable Object> T in(int row, Function<List<Problem.FieldFault>, T> check) {
            List<Problem.FieldFault> found = new ArrayList<>();
            T result = check.apply(found);
            found.forEach(fault -> all.add(bulk ? new Problem.FieldFault(row, fault.field(), fault.message()) : fault));
            return result;
        }

        void refuse() {
            if (!all.isEmpty()) {
                throw Problem.invalid(all);
            }
        }

        void refuse(HttpStatus status, String detail) {
            if (!all.isEmpty()) {
                throw Problem.of(status, detail, all);
            }
        }
    }
}
