package dev.tenancy.spring.task;

import dev.tenancy.CurrentTenant;
import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.CompositeTaskDecorator;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.util.ReflectionUtils;

/**
 * Has the executors of Spring carry who acts, those of Spring Boot and the application's own, beside what decorates their tasks
 * already. A bean of the type {@link TaskDecorator} alone would miss the second kind, and would be one too many where the
 * application injects its own by type.
 */
final class CarryingExecutors implements BeanPostProcessor {

    private static final Logger LOG = LoggerFactory.getLogger(CarryingExecutors.class);

    private static final String REGISTRAR = ScheduledTaskRegistrar.class.getName();

    private final TaskDecorator carrying;

    CarryingExecutors(TaskDecorator carrying) {
        this.carrying = carrying;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof ThreadPoolTaskExecutor pool) {
            add(name, pool, ThreadPoolTaskExecutor.class, carrying, pool::setTaskDecorator);
        } else if (bean instanceof ThreadPoolTaskScheduler scheduler) {
            add(
                    name,
                    scheduler,
                    ThreadPoolTaskScheduler.class,
                    task -> isDeclared() ? task : carrying.decorate(task),
                    scheduler::setTaskDecorator);
        } else if (bean instanceof SimpleAsyncTaskExecutor threads) {
            add(name, threads, SimpleAsyncTaskExecutor.class, carrying, threads::setTaskDecorator);
        } else if (bean instanceof Executor) {
            LOG.info(
                    "Tasks of the executor {} ({}) act for no tenant, and reach no owned row. Make it a {}, which carries who acts.",
                    name,
                    bean.getClass().getName(),
                    ThreadPoolTaskExecutor.class.getSimpleName());
        }
        return bean;
    }

    // A lazy bean with @Scheduled methods can be made while a tenant is current, and they are nobody's all the same.
    // The task does not tell where it comes from.
    private static boolean isDeclared() {
        return CurrentTenant.find().isPresent()
                && StackWalker.getInstance()
                        .walk(frames ->
                                frames.anyMatch(frame -> frame.getClassName().equals(REGISTRAR)));
    }

    private static <T> void add(
            String name, T executor, Class<? super T> type, TaskDecorator carrying, Consumer<TaskDecorator> set) {
        try {
            TaskDecorator before = before(executor, type);
            set.accept(before == null ? carrying : new CompositeTaskDecorator(List.of(before, carrying)));
        } catch (RuntimeException unable) {
            LOG.warn(
                    "What decorates the tasks of the executor {} cannot be seen, so that they act for no tenant. Give it the bean"
                            + " tenantTaskDecorator as well.",
                    name,
                    unable);
        }
    }

    private static @Nullable TaskDecorator before(Object executor, Class<?> type) {
        Field field = ReflectionUtils.findField(type, "taskDecorator", TaskDecorator.class);
        if (field == null) {
            throw new IllegalStateException(type.getName() + " keeps no taskDecorator");
        }
        ReflectionUtils.makeAccessible(field);
        return (TaskDecorator) ReflectionUtils.getField(field, executor);
    }
}
