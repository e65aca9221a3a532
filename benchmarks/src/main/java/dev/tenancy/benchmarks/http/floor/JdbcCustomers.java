package dev.tenancy.benchmarks.http.floor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.server.ResponseStatusException;

@Repository
@Profile("jdbc")
@Transactional
class JdbcCustomers implements Customers {

    private final JdbcClient jdbc;

    JdbcCustomers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    @Transactional(readOnly = true)
    public PageOf<CustomerDto> list(UUID tenantId, int page, int size) {
        List<CustomerDto> content = jdbc.sql(
                        "select id, version, name, email from customer where tenant_id = ? order by id offset ? limit ?")
                .params(tenantId, page * size, size)
                .query((row, number) -> dto(row))
                .list();
        return PageOf.of(
                content,
                page,
                size,
                () -> jdbc.sql("select count(*) from customer where tenant_id = ?")
                        .param(tenantId)
                        .query(Long.class)
                        .single());
    }

    @Override
    @Transactional(readOnly = true)
    public Optional<Row> find(UUID tenantId, UUID id) {
        return load(tenantId, id);
    }

    @Override
    public Row create(UUID tenantId, CustomerDto body) {
        CustomerDto created = new CustomerDto(RowId.next(), body.name(), body.email());
        jdbc.sql("insert into customer (tenant_id, id, version, name, email) values (?, ?, 0, ?, ?)")
                .param(tenantId)
                .param(created.id())
                .param(created.name())
                .param(created.email())
                .update();
        return new Row(created, 0);
    }

    @Override
    public Optional<Row> update(
            UUID tenantId, UUID id, @Nullable String ifMatch, Function<CustomerDto, CustomerDto> change) {
        return load(tenantId, id).map(was -> {
            demand(ifMatch, was);
            CustomerDto body = change.apply(was.body());
            demandOne(jdbc.sql("update customer set name = ?, email = ?, version = ?"
                            + " where tenant_id = ? and id = ? and version = ?")
                    .param(body.name())
                    .param(body.email())
                    .param(was.version() + 1)
                    .params(tenantId, id, was.version())
                    .update());
            return new Row(new CustomerDto(id, body.name(), body.email()), was.version() + 1);
        });
    }

    @Override
    public boolean delete(UUID tenantId, UUID id, @Nullable String ifMatch) {
        Optional<Row> found = load(tenantId, id);
        found.ifPresent(row -> {
            demand(ifMatch, row);
            demandOne(jdbc.sql("delete from customer where tenant_id = ? and id = ? and version = ?")
                    .params(tenantId, id, row.version())
                    .update());
        });
        return found.isPresent();
    }

    private Optional<Row> load(UUID tenantId, UUID id) {
        return jdbc.sql("select id, version, name, email from customer where tenant_id = ? and id = ?")
                .params(tenantId, id)
                .query((row, number) -> new Row(dto(row), row.getLong("version")))
                .optional();
    }

    private static CustomerDto dto(ResultSet row) throws SQLException {
        return new CustomerDto(row.getObject("id", UUID.class), row.getString("name"), row.getString("email"));
    }

    private static void demandOne(int changed) {
        if (changed != 1) {
            throw new OptimisticLockingFailureException("Somebody else changed the customer.");
        }
    }

    private static void demand(@Nullable String ifMatch, Row row) {
        if (ifMatch != null && !ifMatch.equals(row.etag())) {
            throw new ResponseStatusException(HttpStatus.PRECONDITION_FAILED);
        }
    }
}
