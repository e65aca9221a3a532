package dev.tenancy.test.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.brokenjobs.BrokenJobs;
import dev.tenancy.jobs.Jobs;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BackgroundPartTest {

    @Test
    void ofAGoodApplicationAllWorkIsProven() {
        try (Attacked jobs = new Attacked("executors, background work", Jobs.class)) {
            Map<String, String> all = jobs.all();

            assertThat(all.entrySet().stream().filter(one -> !one.getValue().isEmpty()))
                    .isEmpty();
            assertThat(all.keySet())
                    .contains(
                            "executor applicationTaskExecutor, executed",
                            "executor taskScheduler, scheduled",
                            "Mails, async: welcome",
                            "Mails, async: name",
                            "Mails, listener: on",
                            "Mails, listener: after",
                            "Heard, listener: onApplicationEvent",
                            "Reminders, scheduled: remind",
                            "Reminders, scheduled: report",
                            "Reminders, scheduled: beat")
                    .doesNotContain("Mails, listener: started", "Mails, listener: ready");
            assertThat(jobs.evidence("Reminders, scheduled: remind")).contains(Jobs.ACTIVE.toString());
            assertThat(jobs.evidence("Reminders, scheduled: report")).contains("because nightly report");
            assertThat(jobs.evidence("Reminders, scheduled: beat")).isEqualTo("no owned row is touched");
            assertThat(jobs.evidence("Mails, async: welcome"))
                    .contains("for the other tenant", "its owner's call touches the owner's");
        }
    }

    @Test
    void ofABrokenOneEachIsNamed() {
        try (Attacked jobs = new Attacked("executors, background work", BrokenJobs.class)) {
            Map<String, String> found = jobs.failures();

            assertThat(found)
                    .containsOnlyKeys(
                            "executor keeping, executed",
                            "executor plain, executed",
                            "Work, message: message",
                            "Work, scheduled: broken",
                            "Work, scheduled: forgotten",
                            "Work, scheduled: unguarded",
                            "scheduled tasks, scheduled: task 1",
                            "Work, async: lost",
                            "Work, async: told",
                            "Work, listener: changing",
                            "Work, listener: crossing",
                            "Work, listener: failing",
                            "Work, listener: kept",
                            "Work, listener: unknown");
            assertThat(found.get("executor keeping, executed"))
                    .startsWith("leak: ")
                    .contains("acted for another tenant");
            assertThat(found.get("executor plain, executed"))
                    .startsWith("not proven")
                    .contains("acted for nobody", "ThreadPoolTaskExecutor");
            assertThat(found.get("Work, message: message")).contains("with a broker of your own", "notProven()");
            assertThat(found.get("Work, scheduled: forgotten")).contains("@EachTenant", "acrossTenants");
            assertThat(found.get("scheduled tasks, scheduled: task 1")).contains("@EachTenant", "acrossTenants");
            assertThat(found.get("Work, scheduled: unguarded"))
                    .startsWith("leak: ")
                    .contains("a tenant for which it did not act");
            assertThat(found.get("Work, scheduled: broken")).contains("it failed", "never works");
            assertThat(found.get("Work, async: lost")).contains("while nobody acts", "tenantTaskDecorator");
            assertThat(found.get("Work, async: told")).startsWith("leak: ").contains("holds the owner's row");
            assertThat(found.get("Work, listener: kept")).startsWith("leak: ").contains("it acted for another");
            assertThat(found.get("Work, listener: changing"))
                    .startsWith("leak: ")
                    .contains("changed rows");
            assertThat(found.get("Work, listener: crossing")).contains("reads the rows of all (\"all of them\")");
            assertThat(found.get("Work, listener: failing"))
                    .contains("its owner's call failed", "never works", "\"Work.failing\"");
            assertThat(found.get("Work, listener: unknown")).contains("no value is known for event");
        }
    }
}
