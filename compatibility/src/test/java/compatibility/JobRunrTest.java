package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import org.jobrunr.scheduling.JobScheduler;
import org.jobrunr.scheduling.cron.Cron;
import org.jobrunr.storage.StorageProvider;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class JobRunrTest extends Compatibility {

    @Autowired
    private JobScheduler scheduler;

    @Autowired
    private StorageProvider storage;

    @Autowired
    private Work work;

    @Test
    void aJobReachesTheRowsOfTheTenantThatItsArgumentsName() throws InterruptedException {
        String acme = ACME.toString();
        CurrentTenant.runAs(GLOBEX, () -> scheduler.<Work>enqueue(work -> work.countFor(acme)));
        assertThat(work.next()).isEqualTo("notes: 2");
    }

    @Test
    void theStoreIsReadWhoeverIsCurrent() {
        acme(() -> scheduler.<Work>scheduleRecurrently("yearly", Cron.yearly(), Work::countForNobody));
        assertThat(globex(() -> storage.getRecurringJobs())).hasSize(1);
        assertThat(storage.getJobStats().getTotal()).isNotNegative();
        assertThat(acme(() -> storage.getJobStats().getRecurringJobs())).isEqualTo(1);
        scheduler.deleteRecurringJob("yearly");
    }
}
