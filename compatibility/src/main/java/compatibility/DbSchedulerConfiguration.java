package compatibility;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DbSchedulerConfiguration {

    /** The data of a task. */
    record Carried(Map<String, String> texts) implements Serializable {}

    @Bean
    OneTimeTask<Carried> counting(Work work) {
        return Tasks.oneTime("counting", Carried.class)
                .execute((instance, context) -> work.countFor(instance.getData().texts()));
    }

    @Bean(initMethod = "start", destroyMethod = "stop")
    Scheduler dbScheduler(DataSource dataSource, OneTimeTask<Carried> counting) {
        return Scheduler.create(dataSource, counting)
                .threads(1)
                .pollingInterval(Duration.ofMillis(500))
                .build();
    }
}
