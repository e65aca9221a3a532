package compatibility;

import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import compatibility.DbSchedulerConfiguration.Carried;
import dev.tenancy.CurrentTenant;
import dev.tenancy.spring.task.TenantPropagator;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class DbSchedulerTest extends Compatibility {

    @Autowired
    private Scheduler scheduler;

    @Autowired
    private OneTimeTask<Carried> counting;

    @Autowired
    private TenantPropagator propagator;

    @Autowired
    private Work work;

    @Test
    void aTaskActsForWhoeverScheduledIt() throws InterruptedException {
        Carried ofAcme = acme(() -> new Carried(propagator.inject()));
        CurrentTenant.runAs(GLOBEX, () -> scheduler.schedule(counting.instance("one", ofAcme), Instant.now()));
        assertThat(work.next()).isEqualTo("notes: 2");
        scheduler.schedule(counting.instance("two", new Carried(globex(propagator::inject))), Instant.now());
        assertThat(work.next()).isEqualTo("notes: 1");
        assertThat(acme(() -> scheduler.getScheduledExecutions())).isNotNull();
    }
}
