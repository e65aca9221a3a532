package compatibility;

import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.spring.task.TenantPropagator;
import java.util.HashMap;
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
    private TenantPropagator propagator;

    @Autowired
    private Work work;

    @Test
    void aJobActsForWhoeverEnqueuedIt() throws InterruptedException {
        HashMap<String, String> carried = acme(() -> new HashMap<>(propagator.inject()));
        CurrentTenant.runAs(GLOBEX, () -> scheduler.<Work>enqueue(work -> work.countFor(carried)));
        assertThat(work.next()).isEqualTo("notes: 2");
    }

    @Test
    void theStoreIsReadWhoeverIsCurrent() {
        acme(() -> scheduler.<Work>scheduleRecurrently("yearly", Cron.yearly(), Work::count));
        assertThat(globex(() -> storage.getRecurringJobs())).hasSize(1);
        assertThat(storage.getJobStats().getTotal()).isNotNegative();
        assertThat(acme(() -> storage.getJobStats().getRecurringJobs())).isEqualTo(1);
        scheduler.deleteRecurringJob("yearly");
    }
}
