package dev.tenancy.spring.crud;

import dev.tenancy.spring.Problem;
import dev.tenancy.spring.crud.CrudOffer.Action;
import dev.tenancy.spring.crud.RecordReader.Shown;
import dev.tenancy.spring.crud.Targets.Loaded;
import dev.tenancy.spring.crud.Targets.Target;
import jakarta.persistence.EntityManager;
import jakarta.persistence.OptimisticLockException;
import jakarta.validation.metadata.BeanDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.ErrorResponseException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Creates, changes and deletes rows, one or many in one transaction. */
final class RowWrites<E, D extends Record> {

    private static final int JDBC_BATCH = 50;

    /** The rules of the application. */
    interface Hooks<E, D> {

        void beforeCreate(E row);

        void beforeUpdate(D was, E row);

        void beforeDelete(E row);

        /** Whether the hook for an action does anything. */
        boolean watches(Action action);
    }

    /** Where rows are written. */
    record Surroundings<E, D>(
            EntityManager entityManager, OwnTransactions transactions, int maxBulkSize, Hooks<E, D> hooks) {}

    private final Access access;
    private final CrudOffer offer;
    private final RecordShape<E, D> shape;
    private final RecordReader<E, D> reader;
    private final RecordWriter<E, D> writer;
    private final Bodies<E, D> bodies;
    private final RowQuery<E, D> rows;
    private final Targets<E, D> targets;
    private final EntityManager entityManager;
    private final OwnTransactions transactions;
    private final Hooks<E, D> hooks;
    private final boolean deletesUnseen;
    private final boolean createsAlone;
    private final boolean updatesAlone;

    RowWrites(
            Access access,
            Bodies<E, D> bodies,
            RowQuery<E, D> rows,
            RecordReader<E, D> reader,
            Surroundings<E, D> surroundings) {
        this.access = access;
        this.offer = access.offer();
        this.shape = reader.shape();
        this.reader = reader;
        this.writer = bodies.writer();
        this.bodies = bodies;
        this.rows = rows;
        this.targets = new Targets<>(offer, shape, rows, surroundings.maxBulkSize());
        this.entityManager = surroundings.entityManager();
        this.transactions = surroundings.transactions();
        this.hooks = surroundings.hooks();
        this.deletesUnseen = rows.isWhole() && !offer.requireIfMatch() && !hooks.watches(Action.DELETE);
        boolean unheard =
                rows.isWhole() && reader.readsAlone() && reader.selection().isMadeOfColumns();
        BeanDescriptor constraints = bodies.constraints(shape.entity());
        this.createsAlone =
                unheard && !hooks.watches(Action.CREATE) && Watchers.isInsertedAsItIs(shape.persister(), constraints);
        this.updatesAlone =
                unheard && !hooks.watches(Action.UPDATE) && Watchers.isUpdatedAsItIs(shape.persister(), constraints);
    }

    Shown<D> create(JsonNode body) {
        return create(List.of(body), false).get(0);
    }

    List<Shown<D>> createMany(JsonNode body) {
        return create(targets.rows(body), true);
    }

    private List<Shown<D>> create(List<JsonNode> sent, boolean bulk) {
        access.allow(Action.CREATE);
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
                hook(bulk, i, () -> hooks.beforeCreate(row));
                entityManager.persist(row);
                pace.end();
            }
            boolean alone = !bulk && createsAlone && !Watchers.ofInsertion(session(), shape.persister());
            return written(created, alone, pace.commit);
        });
    }

    private void assignId(D body, E row) {
        if (shape.assignsId()) {
            Object id = writer.idIn(body);
            if (id == null) {
                throw new RefusedException(
                        RefusedException.Reason.INVALID,
                        List.of(new Problem.FieldFault(offer.id().name(), "must not be null")));
            }
            shape.setId(row, id, session());
        }
    }

    Shown<D> replace(String id, JsonNode body, Preconditions conditions) {
        return update(List.of(new Target(offer.key(id), conditions, null, body)), false, bodies::replaced)
                .get(0);
    }

    Shown<D> patch(String id, JsonNode body, Preconditions conditions) {
        return update(List.of(new Target(offer.key(id), conditions, null, body)), false, bodies::patched)
                .get(0);
    }

    List<Shown<D>> patchMany(JsonNode body) {
        access.allow(Action.UPDATE);
        return update(targets.named(body), true, bodies::patched);
    }

    private interface Change<D> {
        @Nullable D to(D present, JsonNode body, List<Problem.FieldFault> faults);
    }

    private List<Shown<D>> update(List<Target> wanted, boolean bulk, Change<D> change) {
        access.allow(Action.UPDATE);
        return write(bulk, Targets.areDemanding(wanted), pace -> {
            Faults faults = new Faults(bulk);
            boolean alone = !bulk && updatesAlone && !Watchers.ofUpdate(session(), shape.persister());
            if (alone) {
                pace.commit.byStatement();
            }
            List<E> present = targets.load(wanted, bulk).rows();
            // What checks the body may be the application's, and is promised a transaction.
            pace.commit.together();
            List<D> before = each(present, reader::toRecord);
            List<@Nullable D> valid = new ArrayList<>();
            for (int i = 0; i < wanted.size(); i++) {
                D was = before.get(i);
                JsonNode body = wanted.get(i).body();
                valid.add(faults.in(i, found -> change.to(was, body, found)));
            }
            faults.refuse();
            Map<Class<?>, Map<Object, Object>> references = references(valid, present);
            for (int i = 0; i < wanted.size(); i++) {
                D body = Objects.requireNonNull(valid.get(i));
                E row = present.get(i);
                D was = before.get(i);
                faults.in(i, found -> found.addAll(writer.write(body, row, was, references)));
            }
            faults.refuse();
            for (int i = 0; i < wanted.size(); i++) {
                E row = present.get(i);
                D was = before.get(i);
                pace.begin(i);
                hook(bulk, i, () -> hooks.beforeUpdate(was, row));
                pace.end();
            }
            return written(present, alone, pace.commit);
        });
    }

    /** @param alone whether a single statement is left, of which nobody hears */
    private List<Shown<D>> written(List<E> rows, boolean alone, OwnTransactions.Commit commit) {
        if (alone) {
            // What its record refuses could not be taken back.
            rows.forEach(reader::toRecord);
            if (Watchers.areAllThatIsWritten(rows, session())) {
                commit.byStatement();
            }
        }
        entityManager.flush();
        commit.together();
        return each(rows, reader::show);
    }

    private SharedSessionContractImplementor session() {
        return entityManager.unwrap(SharedSessionContractImplementor.class);
    }

    // Most are one: a stream costs more than what is done here.
    private static <A, B> List<B> each(List<A> all, Function<A, B> work) {
        List<B> made = new ArrayList<>(all.size());
        for (A one : all) {
            made.add(work.apply(one));
        }
        return made;
    }

    void delete(String id, Preconditions conditions) {
        delete(List.of(new Target(offer.key(id), conditions, null, MissingNode.getInstance())), false);
    }

    void deleteMany(JsonNode body) {
        access.allow(Action.DELETE);
        delete(targets.named(body), true);
    }

    private void delete(List<Target> wanted, boolean bulk) {
        access.allow(Action.DELETE);
        boolean unseen = !bulk && deletesUnseen && transactions.begins();
        write(bulk, Targets.areDemanding(wanted), pace -> {
            Target only = wanted.get(0);
            if (unseen && only.key() != null && only.conditions().equals(Preconditions.NONE)) {
                pace.commit.byStatement();
                if (rows.delete(only.key())) {
                    return wanted;
                }
                pace.commit.together();
            }
            Loaded<E> found = targets.load(wanted, bulk);
            List<E> present = found.rows();
            for (int i : found.order()) {
                E row = present.get(i);
                pace.begin(i);
                hook(bulk, i, () -> hooks.beforeDelete(row));
                entityManager.remove(row);
                pace.end();
            }
            entityManager.flush();
            return present;
        });
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

    /** What is done row by row, so that it can be told which row failed. */
    private final class Pace {

        private final boolean rowByRow;
        private final OwnTransactions.Commit commit;
        private @Nullable Integer row;

        Pace(boolean rowByRow, OwnTransactions.Commit commit) {
            this.rowByRow = rowByRow;
            this.commit = commit;
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
            return transactions.execute(commit -> {
                if (bulk) {
                    session().setJdbcBatchSize(JDBC_BATCH);
                }
                return work.apply(new Pace(false, commit));
            });
        } catch (RuntimeException failure) {
            Violations violations = new Violations(shape);
            if (bulk && outermost && violations.isOne(failure)) {
                // A batch does not tell which of its rows failed: they are tried again one by one, and taken back.
                AtomicReference<Pace> tried = new AtomicReference<>();
                try {
                    transactions.takeBack(commit -> {
                        tried.set(new Pace(true, commit));
                        work.apply(tried.get());
                    });
                } catch (RuntimeException again) {
                    throw violations.explain(again, tried.get() == null ? null : tried.get().row);
                }
            }
            throw demanding && isLostRace(failure) ? Preconditions.failed() : violations.explain(failure, null);
        }
    }

    // Somebody else has written the row since its version was looked at.
    private static boolean isLostRace(RuntimeException failure) {
        return failure instanceof OptimisticLockException || failure instanceof OptimisticLockingFailureException;
    }
}
