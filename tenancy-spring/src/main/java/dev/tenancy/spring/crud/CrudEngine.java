package dev.tenancy.spring.crud;

import dev.tenancy.Roles;
import dev.tenancy.TenancySetupException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Validator;
import java.util.Objects;
import java.util.Optional;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.MultiValueMap;
import tools.jackson.databind.json.JsonMapper;

/** What a CRUD controller stands on, for one entity and its record. */
final class CrudEngine<E, D extends Record> {

    private static final Logger LOG = LoggerFactory.getLogger(CrudEngine.class);

    /** What every engine shares. */
    record Factory(
            EntityManagerFactory entityManagerFactory,
            PlatformTransactionManager transactions,
            Validator validator,
            JsonMapper json,
            Roles roles,
            TenancyCrudProperties properties,
            RequestBodies bodies,
            ExportShare exports,
            BeanFactory beans) {

        /**
         * @param controller whose annotation says what it offers
         * @param resource whose type arguments are the entity and the record
         * @param scope null if it narrows nothing
         * @param hooks null if it only reads
         */
        <E, D extends Record> CrudEngine<E, D> create(
                Class<?> controller,
                ResolvableType resource,
                RowQuery.@Nullable Scope<E> scope,
                RowWrites.@Nullable Hooks<E, D> hooks) {
            Crud crud = Optional.ofNullable(controller.getAnnotation(Crud.class))
                    .orElseThrow(() -> new TenancySetupException(
                            controller.getName() + " has no @Crud, so nobody could call it.",
                            "Add @Crud(read = \"…\", write = \"…\") to the class itself."));
            RecordShape<E, D> shape = shape(resource, crud);
            CrudOffer offer = CrudOffer.of(controller, shape, crud, roles, hooks != null);
            ListIndexes.tell(controller, shape, offer);
            return new CrudEngine<>(this, crud, shape, offer, scope, hooks);
        }

        @SuppressWarnings("unchecked")
        private <E, D extends Record> RecordShape<E, D> shape(ResolvableType resource, Crud crud) {
            Class<E> entity = (Class<E>) resource.getGeneric(0).resolve(Object.class);
            Class<D> record = (Class<D>) resource.getGeneric(1).resolve(Record.class);
            RecordMapper<E, D> mapper = (RecordMapper<E, D>)
                    beans.getBeanProvider(ResolvableType.forClassWithGenerics(RecordMapper.class, entity, record))
                            .getIfAvailable();
            return new RecordShape<>(
                    entityManagerFactory.unwrap(SessionFactoryImplementor.class),
                    entity,
                    record,
                    CrudOffer.names(crud.readOnly()),
                    mapper);
        }
    }

    private final Crud crud;
    private final Access access;
    private final RequestBodies requests;
    private final JsonMapper json;
    private final ExportShare exports;
    private final RowReads<E, D> reads;
    private final @Nullable RowWrites<E, D> writes;

    private CrudEngine(
            Factory shared,
            Crud crud,
            RecordShape<E, D> shape,
            CrudOffer offer,
            RowQuery.@Nullable Scope<E> scope,
            RowWrites.@Nullable Hooks<E, D> hooks) {
        this.crud = crud;
        this.access = new Access(shared.roles(), offer);
        this.requests = shared.bodies();
        this.json = shared.json();
        this.exports = shared.exports();
        EntityManager entityManager =
                SharedEntityManagerCreator.createSharedEntityManager(shared.entityManagerFactory());
        RecordReader<E, D> reader = new RecordReader<>(shape);
        RowQuery<E, D> rows = new RowQuery<>(entityManager, shape, offer, reader.selection(), scope);
        this.reads = new RowReads<>(
                access,
                new ListParameters(offer, shared.properties().maxPageSize()),
                rows,
                reader,
                new ReadScope(
                        new OwnTransactions(shared.entityManagerFactory(), entityManager, shared.transactions(), true),
                        reader.readsAlone(),
                        scope != null));
        // Its names are looked at where rows are only read, too.
        Bodies<E, D> bodies = new Bodies<>(shape, shared.json(), shared.validator());
        if (hooks == null) {
            this.writes = null;
            return;
        }
        this.writes = new RowWrites<>(
                access,
                bodies,
                rows,
                reader,
                new RowWrites.Surroundings<>(
                        entityManager,
                        new OwnTransactions(shared.entityManagerFactory(), entityManager, shared.transactions(), false),
                        shared.properties().maxBulkSize(),
                        hooks));
    }

    /** All that a description of this resource needs. */
    CrudOffer offer() {
        return access.offer();
    }

    Access access() {
        return access;
    }

    /** The role that a handler which the application added needs; empty if none has been given. */
    String roleOf(boolean reads) {
        return reads ? crud.read() : crud.write();
    }

    RequestBodies requests() {
        return requests;
    }

    RowReads<E, D> reads() {
        return reads;
    }

    RowWrites<E, D> writes() {
        return Objects.requireNonNull(writes);
    }

    /** Writes all rows of a list, and keeps none of them in memory. */
    void export(MultiValueMap<String, String> sent, ExportFormat format, HttpServletResponse response) {
        exports.during(() -> write(sent, format, response));
    }

    private void write(MultiValueMap<String, String> sent, ExportFormat format, HttpServletResponse response) {
        try {
            ExportFormat.Sink sink = format.to(response, ExportFormat.columns(offer().record(), ""), json);
            reads.each(sent, sink::write);
            sink.end();
        } catch (ExportFormat.ClientGoneException gone) {
            // Nobody is left to be told that it is not whole.
            LOG.debug("An export ended before its last row", gone);
        } catch (RuntimeException failure) {
            if (response.isCommitted()) {
                throw new ExportAbortedException(failure);
            }
            response.reset();
            throw failure;
        }
    }
}
