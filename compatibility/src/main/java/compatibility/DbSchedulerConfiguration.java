package compatibility;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DbSchedulerConfiguration {

    @Bean
    OneTimeTask<String> counting(Work work) {
        return Tasks.oneTime("counting", String.class)
                .execute((instance, context) -> work.countFor(instance.getData()));
    }

    @Bean(initMethod = "start", destroyMethod = "stop")
    Scheduler dbScheduler(DataSource dataSource, OneTimeTask<String> counting) {
        return Scheduler.create(dataSource, counting)
                .threads(1)
                .pollingInterval(Duration.ofMillis(500))
                .build();
    }
}
