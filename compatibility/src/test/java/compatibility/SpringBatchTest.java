package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import dev.tenancy.spring.task.TenantPropagator;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.infrastructure.item.support.ListItemWriter;
import org.springframework.beans.factory.annotation.Autowired;

class SpringBatchTest extends Compatibility {

    @Autowired
    private JobOperator operator;

    @Autowired
    private JobRepository jobs;

    @Autowired
    private Job readingNotes;

    @Autowired
    private TenantPropagator propagator;

    @Autowired
    private ListItemWriter<Note> written;

    @Test
    void aJobReadsTheRowsOfTheTenantThatItIsStartedFor() throws Exception {
        assertThat(CurrentTenant.callAs(ACME, () -> run("acme")).getStatus()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(texts()).containsExactlyInAnyOrder("acme one", "acme two");
        assertThat(CurrentTenant.callAs(GLOBEX, () -> run("globex")).getStatus())
                .isEqualTo(BatchStatus.COMPLETED);
        assertThat(texts()).contains("globex one");
        assertThat(acme(() -> jobs.getJobNames())).contains("readingNotes");
    }

    @Test
    void aJobActsForWhoeverItsParametersName() throws Exception {
        JobParametersBuilder builder = new JobParametersBuilder();
        acme(propagator::inject).forEach(builder::addString);
        JobParameters parameters = builder.toJobParameters();
        JobExecution execution =
                propagator.callAs(parameters::getString, () -> operator.start(readingNotes, parameters));
        assertThat(execution.getStatus()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(texts()).contains("acme one", "acme two");
    }

    @Test
    void aJobOfNobodyFailsAndTheRepositorySaysWhy() throws Exception {
        JobExecution execution = run("nobody");
        assertThat(execution.getStatus()).isEqualTo(BatchStatus.FAILED);
        assertThat(execution.getAllFailureExceptions())
                .anySatisfy(failure -> assertThat(failure).hasStackTraceContaining(NoTenantException.class.getName()));
        assertThat(jobs.getLastJobExecution("readingNotes", execution.getJobParameters())
                        .getStatus())
                .isEqualTo(BatchStatus.FAILED);
    }

    private JobExecution run(String name) throws Exception {
        JobParameters parameters =
                new JobParametersBuilder().addString("name", name).toJobParameters();
        return operator.start(readingNotes, parameters);
    }

    private Set<String> texts() {
        return written.getWrittenItems().stream().map(Note::getText).collect(Collectors.toSet());
    }
}
