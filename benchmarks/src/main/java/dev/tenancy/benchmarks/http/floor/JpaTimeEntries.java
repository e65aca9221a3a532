package dev.tenancy.benchmarks.http.floor;

import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

@Repository
@Profile("!jdbc")
@Transactional(readOnly = true)
class JpaTimeEntries implements TimeEntries {

    private final EntityManager entityManager;
    private final Mapping mapping;

    JpaTimeEntries(EntityManager entityManager, Mapping mapping) {
        this.entityManager = entityManager;
        this.mapping = mapping;
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
        String from = " from TimeEntry r" + mapping.within() + Mapping.and("r.projectId = :project", projectId)
                + Mapping.and("r.userId = :user", userId);
        String order = sort == Sort.ID ? "" : " r." + sort.field() + (descending ? " desc," : ",");
        String direction = descending ? " desc" : "";
        List<TimeEntryDto> content = bound(
                        "select r" + from + " order by" + order + " r.id" + direction,
                        TimeEntryRow.class,
                        tenantId,
                        projectId,
                        userId)
                .setFirstResult(page * size)
                .setMaxResults(size)
                .getResultStream()
                .map(TimeEntryRow::dto)
                .toList();
        return PageOf.of(
                content,
                page,
                size,
                () -> bound("select count(*)" + from, Long.class, tenantId, projectId, userId)
                        .getSingleResult());
    }

    private <T> TypedQuery<T> bound(
            String jpql, Class<T> type, UUID tenantId, @Nullable UUID projectId, @Nullable UUID userId) {
        TypedQuery<T> query = mapping.bind(entityManager.createQuery(jpql, type), tenantId);
        if (projectId != null) {
            query.setParameter("project", projectId);
        }
        if (userId != null) {
            query.setParameter("user", userId);
        }
        return query;
    }
}
