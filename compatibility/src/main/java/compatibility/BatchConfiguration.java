package compatibility;

import jakarta.persistence.EntityManagerFactory;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.database.JpaPagingItemReader;
import org.springframework.batch.infrastructure.item.database.builder.JpaPagingItemReaderBuilder;
import org.springframework.batch.infrastructure.item.support.ListItemWriter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

@Configuration(proxyBeanMethods = false)
class BatchConfiguration {

    @Bean
    ListItemWriter<Note> written() {
        return new ListItemWriter<>();
    }

    @Bean
    Job readingNotes(
            JobRepository jobs,
            PlatformTransactionManager transactions,
            EntityManagerFactory factory,
            ListItemWriter<Note> written) {
        JpaPagingItemReader<Note> reader = new JpaPagingItemReaderBuilder<Note>()
                .name("notes")
                .entityManagerFactory(factory)
                .queryString("from Note order by text")
                .saveState(false)
                .build();
        Step step = new StepBuilder("reading", jobs)
                .<Note, Note>chunk(1)
                .transactionManager(transactions)
                .reader(reader)
                .writer(written)
                .build();
        return new JobBuilder("readingNotes", jobs).start(step).build();
    }
}
