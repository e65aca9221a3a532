package timesheets.access;

import dev.tenancy.spring.task.EachTenant;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.util.Optional;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Deletes refresh tokens, registrations, invitations and counts of attempts past their end, at one node at a time. Until then a spent
 * token is kept: whoever shows it again may have stolen it.
 */
@Component
class Housekeeping {

    // For as long as one is deleted its rows are locked, and a transaction keeps others from being cleaned up behind
    // it.
    private static final int BATCH = 1_000;

    private static final String CRON = "${timesheets.housekeeping}";
    // Of a node that is gone while it holds one.
    private static final String LONGEST_LOCK = "1h";

    private final EntityManager entityManager;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Optional<SharedCounts> shared;

    Housekeeping(
            EntityManager entityManager,
            PlatformTransactionManager transactions,
            Clock clock,
            Optional<SharedCounts> shared) {
        this.entityManager = entityManager;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
        this.shared = shared;
    }

    @Scheduled(cron = CRON)
    @SchedulerLock(name = "housekeeping", lockAtMostFor = LONGEST_LOCK)
    void ofNoCompany() {
        deletePastTheirEnd(RefreshToken.class);
        deletePastTheirEnd(Registration.class);
        shared.ifPresent(counts -> {
            int deleted;
            do {
                deleted = counts.deleteExpired(BATCH);
            } while (deleted == BATCH);
        });
    }

    @Scheduled(cron = CRON)
    @SchedulerLock(name = "housekeeping-of-companies", lockAtMostFor = LONGEST_LOCK)
    @EachTenant
    void ofEachCompany() {
        deletePastTheirEnd(Invitation.class);
    }

    private void deletePastTheirEnd(Class<?> entity) {
        String type = entity.getSimpleName();
        String batch = "delete from " + type + " where id in (select past.id from " + type
                + " past where past.expiresAt <= :now order by past.expiresAt limit " + BATCH + ")";
        int deleted;
        do {
            deleted = transaction.execute(status -> entityManager
                    .createQuery(batch)
                    .setParameter("now", clock.instant())
                    .executeUpdate());
        } while (deleted == BATCH);
    }
}
