package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.quartz.Job;
import org.quartz.JobBuilder;
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
    private Work work;

    @Test
    void aJobOfTheStoreReachesTheRowsOfTheTenantThatItsDataName() throws Exception {
        CurrentTenant.runAs(ACME, () -> schedule(ACME.toString()));
        assertThat(work.next()).isEqualTo("notes: 2");
        schedule(GLOBEX.toString());
        assertThat(work.next()).isEqualTo("notes: 1");
    }

    @Test
    void aJobThatEntersNoTenantIsRefused() throws Exception {
        CurrentTenant.runAs(ACME, () -> schedule(null));
        assertThat(work.next()).isEqualTo("no tenant");
    }

    private void schedule(String tenant) throws SchedulerException {
        JobDetail job = JobBuilder.newJob(Counting.class)
                .withIdentity(UUID.randomUUID().toString())
                .usingJobData("tenant", tenant)
                .build();
        scheduler.scheduleJob(job, TriggerBuilder.newTrigger().startNow().build());
    }

    public static class Counting implements Job {

        @Autowired
        private Work work;

        @Override
        public void execute(JobExecutionContext context) {
            String tenant = context.getMergedJobDataMap().getString("tenant");
            if (tenant == null) {
                work.countForNobody();
            } else {
                work.countFor(tenant);
            }
        }
    }
}
