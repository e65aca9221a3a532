package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.modulith.events.IncompleteEventPublications;

class SpringModulithTest extends Compatibility {

    @Autowired
    private ModulithConfiguration filing;

    @Autowired
    private IncompleteEventPublications incomplete;

    @Autowired
    private Work work;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void aListenerReachesTheRowsOfTheTenantThatTheEventNames() throws InterruptedException {
        CurrentTenant.runAs(ACME, () -> filing.file(ACME.toString()));
        assertThat(work.next()).isEqualTo("notes: 2");
        CurrentTenant.runAs(GLOBEX, () -> filing.file(GLOBEX.toString()));
        assertThat(work.next()).isEqualTo("notes: 1");
    }

    @Test
    void anEventWhoseListenerFailedIsPublishedAgain() throws InterruptedException {
        filing.failOnce();
        CurrentTenant.runAs(ACME, () -> filing.file(ACME.toString()));
        waitUntilFailed();
        incomplete.resubmitIncompletePublicationsOlderThan(Duration.ZERO);
        assertThat(work.next()).isEqualTo("notes: 2");
    }

    @Test
    void aListenerThatNamesNoTenantActsForWhoeverPublishedTheEvent() throws InterruptedException {
        CurrentTenant.runAs(ACME, () -> filing.fileFolder(ACME.toString()));
        assertThat(work.next()).isEqualTo("notes: 2");
    }

    @Test
    void withoutATenantSuchAListenerIsRefusedAndItsEventIsKept() throws InterruptedException {
        filing.fileFolder(ACME.toString());
        assertThat(work.next()).isEqualTo("no tenant");
        assertThat(jdbc.sql("select count(*) from event_publication where completion_date is null"
                                + " and event_type like '%FolderFiled'")
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
        acme(() -> jdbc.sql("delete from event_publication where event_type like '%FolderFiled'")
                .update());
    }

    // The publication is marked a moment after the listener has thrown.
    private void waitUntilFailed() throws InterruptedException {
        for (int i = 0; i < 300 && failed() == 0; i++) {
            Thread.sleep(100);
        }
        assertThat(failed()).isEqualTo(1);
    }

    private long failed() {
        return jdbc.sql(
                        "select count(*) from event_publication where status = 'FAILED' and event_type like '%NoteFiled'")
                .query(Long.class)
                .single();
    }
}
