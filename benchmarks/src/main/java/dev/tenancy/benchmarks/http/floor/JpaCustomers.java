package dev.tenancy.benchmarks.http.floor;

import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.server.ResponseStatusException;

@Repository
@Profile("!jdbc")
@Transactional
class JpaCustomers implements Customers {

    private final EntityManager entityManager;
    private final Mapping mapping;

    JpaCustomers(EntityManager entityManager, Mapping mapping) {
        this.entityManager = entityManager;
        this.mapping = mapping;
    }

    @Override
    @Transactional(readOnly = true)
    public PageOf<CustomerDto> list(UUID tenantId, int page, int size) {
        List<CustomerDto> content = mapping.bind(
                        entityManager.createQuery(
                                "select r from Customer r" + mapping.within() + " order by r.id", CustomerRow.class),
                        tenantId)
                .setFirstResult(page * size)
                .setMaxResults(size)
                .getResultStream()
                .map(CustomerRow::dto)
                .toList();
        return PageOf.of(
                content,
                page,
                size,
                () -> mapping.bind(
                                entityManager.createQuery(
                                        "select count(*) from Customer r" + mapping.within(), Long.class),
                                tenantId)
                        .getSingleResult());
    }

    @Override
    @Transactional(readOnly = true)
    public Optional<Row> find(UUID tenantId, UUID id) {
        return load(tenantId, id).map(CustomerRow::shown);
    }

    @Override
    public Row create(UUID tenantId, CustomerDto body) {
        CustomerRow row = mapping.customer(tenantId, body);
        entityManager.persist(row);
        return row.shown();
    }

    @Override
    public Optional<Row> update(
            UUID tenantId, UUID id, @Nullable String ifMatch, Function<CustomerDto, CustomerDto> change) {
        return load(tenantId, id).map(row -> {
            demand(ifMatch, row);
            row.become(change.apply(row.dto()));
            // The answer tells the version, which the flush counts.
            entityManager.flush();
            return row.shown();
        });
    }

    @Override
    public boolean delete(UUID tenantId, UUID id, @Nullable String ifMatch) {
        Optional<? extends CustomerRow> found = load(tenantId, id);
        found.ifPresent(row -> {
            demand(ifMatch, row);
            entityManager.remove(row);
        });
        return found.isPresent();
    }

    private Optional<? extends CustomerRow> load(UUID tenantId, UUID id) {
        return Optional.ofNullable(entityManager.find(mapping.customers(), new RowKey(tenantId, id)));
    }

    private static void demand(@Nullable String ifMatch, CustomerRow row) {
        if (ifMatch != null && !ifMatch.equals(row.shown().etag())) {
            throw new ResponseStatusException(HttpStatus.PRECONDITION_FAILED);
        }
    }
}
