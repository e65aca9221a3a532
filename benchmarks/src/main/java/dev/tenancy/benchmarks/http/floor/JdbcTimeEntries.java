package dev.tenancy.benchmarks.http.floor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

@Repository
@Profile("jdbc")
@Transactional(readOnly = true)
class JdbcTimeEntries implements TimeEntries {

    private final JdbcClient jdbc;

    JdbcTimeEntries(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public PageOf<TimeEntryDto> list(
            UUID tenantId,
            @Nullable UUID projectId,
            @Nullable UUID userId,
            Sort sort,
            boolean descending,
            int page,
            int size) {
        List<Object> values = new ArrayList<>(List.of(tenantId));
        String from = " from time_entry where tenant_id = ?";
        if (projectId != null) {
            from += " and project_id = ?";
            values.add(projectId);
        }
        if (userId != null) {
            from += " and user_id = ?";
            values.add(userId);
        }
        String counted = "select count(*)" + from;
        String direction = descending ? " desc" : "";
        String order = " order by " + sort.column() + direction + (sort == Sort.ID ? "" : ", id" + direction);
        List<TimeEntryDto> content = jdbc.sql(
                        "select id, project_id, user_id, worked_on, minutes, description, billable" + from + order
                                + " offset ? limit ?")
                .params(values)
                .params(page * size, size)
                .query((row, number) -> dto(row))
                .list();
        return PageOf.of(
                content,
                page,
                size,
                () -> jdbc.sql(counted).params(values).query(Long.class).single());
    }

    private static TimeEntryDto dto(ResultSet row) throws SQLException {
        return new TimeEntryDto(
                row.getObject("id", UUID.class),
                row.getObject("project_id", UUID.class),
                row.getObject("user_id", UUID.class),
                row.getObject("worked_on", LocalDate.class),
                row.getInt("minutes"),
                row.getString("description"),
                row.getBoolean("billable"));
    }
}
