package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import dev.tenancy.CurrentTenant;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class DbSchedulerTest extends Compatibility {

    @Autowired
    private Scheduler scheduler;

    @Autowired
    private OneTimeTask<String> counting;

    @Autowired
    private Work work;

    @Test
    void aTaskReachesTheRowsOfTheTenantThatItsDataName() throws InterruptedException {
        CurrentTenant.runAs(GLOBEX, () -> scheduler.schedule(counting.instance("one", ACME.toString()), Instant.now()));
        assertThat(work.next()).isEqualTo("notes: 2");
        scheduler.schedule(counting.instance("two", GLOBEX.toString()), Instant.now());
        assertThat(work.next()).isEqualTo("notes: 1");
        assertThat(acme(() -> scheduler.getScheduledExecutions())).isNotNull();
    }
}
