package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.spring.task.TenantPropagator;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDataMap;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerBuilder;
import org.springframework.beans.factory.annotation.Autowired;

class QuartzTest extends Compatibility {

    @Autowired
    private Scheduler scheduler;

    @Autowired
    private TenantPropagator propagator;

    @Autowired
    private Work work;

    @Test
    void aJobOfTheStoreActsForWhoeverScheduledIt() throws Exception {
        CurrentTenant.runAs(ACME, () -> schedule(propagator.inject()));
        assertThat(work.next()).isEqualTo("notes: 2");
        try (CurrentTenant.Scope scope = CurrentTenant.enter(new TenantPrincipal(GLOBEX, "carol", "OWNER"))) {
            schedule(propagator.inject());
        }
        assertThat(work.next()).isEqualTo("notes: 1");
    }

    @Test
    void aJobWhoseDataNameNobodyWhoMayActIsRefused() throws Exception {
        CurrentTenant.runAs(ACME, () -> schedule(Map.of()));
        assertThat(work.next()).isEqualTo("refused");
        schedule(Map.of(TenantPropagator.TENANT, UUID.randomUUID().toString()));
        assertThat(work.next()).isEqualTo("refused");
        schedule(Map.of(TenantPropagator.TENANT, ACME.toString(), TenantPropagator.USER, "carol"));
        assertThat(work.next()).isEqualTo("refused");
    }

    private void schedule(Map<String, String> carried) throws SchedulerException {
        JobDetail job = JobBuilder.newJob(Counting.class)
                .withIdentity(UUID.randomUUID().toString())
                .setJobData(new JobDataMap(carried))
                .build();
        scheduler.scheduleJob(job, TriggerBuilder.newTrigger().startNow().build());
    }

    public static class Counting implements Job {

        @Autowired
        private Work work;

        @Override
        public void execute(JobExecutionContext context) {
            work.countFor(context.getMergedJobDataMap()::getString);
        }
    }
}
