package dev.tenancy.test.isolation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContext;
import org.springframework.scheduling.TaskScheduler;

/** The executors and schedulers to which code of the application may hand a task. */
final class ExecutorPart implements Part {

    private final ApplicationContext context;
    private final AttackedRows rows;

    ExecutorPart(ApplicationContext context, AttackedRows rows) {
        this.context = context;
        this.rows = rows;
    }

    @Override
    public String name() {
        return "executors";
    }

    @Override
    public Stream<? extends Target> targets() {
        Map<String, List<Attack>> ways = new TreeMap<>();
        context.getBeansOfType(Executor.class)
                .forEach((bean, executor) -> add(ways, bean, "executed", executor::execute));
        context.getBeansOfType(ScheduledExecutorService.class)
                .forEach((bean, executor) ->
                        add(ways, bean, "scheduled", task -> executor.schedule(task, 1, TimeUnit.MILLISECONDS)));
        context.getBeansOfType(TaskScheduler.class)
                .forEach((bean, scheduler) ->
                        add(ways, bean, "scheduled", task -> scheduler.schedule(task, Instant.now())));
        return ways.entrySet().stream().map(bean -> new ExecutorTarget(name(bean.getKey()), bean.getValue()));
    }

    private void add(Map<String, List<Attack>> ways, String bean, String way, Consumer<Runnable> executor) {
        HandedOver tasks = new HandedOver(Cell.path(name(bean), way), executor, rows.owner(), rows.other());
        ways.computeIfAbsent(bean, name -> new ArrayList<>()).add(Attack.proving(way, tasks));
    }

    private static String name(String bean) {
        return "executor " + bean;
    }

    @Override
    public boolean isRehearsed() {
        return false;
    }

    @Override
    public void end() {}

    private record ExecutorTarget(String name, List<Attack> ways) implements Target {

        @Override
        public Stream<Attack> attacks() {
            return ways.stream();
        }
    }
}
