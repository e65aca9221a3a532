package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.ApplicationBeans.Bean;
import dev.tenancy.test.isolation.ApplicationBeans.BeanMethod;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.EventListener;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/** The application's own methods that run beside requests: asynchronous ones, listeners, and what a schedule starts. */
final class BackgroundPart implements Part {

    // By name, since their libraries may not be there.
    private static final Set<String> MESSAGES = Set.of(
            "org.springframework.kafka.annotation.KafkaListener",
            "org.springframework.kafka.annotation.KafkaHandler",
            "org.springframework.amqp.rabbit.annotation.RabbitListener",
            "org.springframework.amqp.rabbit.annotation.RabbitHandler",
            "org.springframework.jms.annotation.JmsListener",
            "org.springframework.pulsar.annotation.PulsarListener",
            "org.springframework.integration.annotation.ServiceActivator",
            "org.springframework.messaging.handler.annotation.MessageMapping",
            "io.awspring.cloud.sqs.annotation.SqsListener");

    private final ApplicationBeans beans;
    private final AttackedRows rows;
    private final GivenArguments given;
    private final SampleArguments.Types types;

    BackgroundPart(ApplicationBeans beans, AttackedRows rows, GivenArguments given, SampleArguments.Types types) {
        this.beans = beans;
        this.rows = rows;
        this.given = given;
        this.types = types;
    }

    @Override
    public String name() {
        return "background work";
    }

    @Override
    public Stream<? extends Target> targets() {
        Map<String, List<Attack>> attacks = new TreeMap<>();
        List<Bean> own = beans.own();
        for (BeanMethod method : beans.methods(own, (one, type) -> isMessage(one))) {
            add(attacks, method, "message: ", (path, call) -> () -> {
                throw new Unproven(
                        "not proven: " + path + ": messages are proven with a broker of your own. Write a test that"
                                + " sends one as a tenant, and list this in notProven() with the name of that test.");
            });
        }
        for (BeanMethod method : beans.methods(own, (one, type) -> has(one, Scheduled.class))) {
            add(
                    attacks,
                    method,
                    "scheduled: ",
                    (path, call) -> new ScheduledWork(path, rows, () -> call.invoke(new Object[0])));
        }
        addTasks(attacks);
        for (BeanMethod method : beans.methods(own, BackgroundPart::isAsync)) {
            add(attacks, method, "async: ", (path, call) -> new HandedOverWork(path, rows, call));
        }
        for (BeanMethod method : beans.methods(own, (one, type) -> isListener(one, type) && !isAsync(one, type))) {
            add(attacks, method, "listener: ", (path, call) -> new HandedOverWork(path, rows, call));
        }
        return attacks.entrySet().stream().map(type -> new Methods(type.getKey(), type.getValue()));
    }

    /** What the application has put on a schedule without an annotation. */
    private void addTasks(Map<String, List<Attack>> attacks) {
        int number = 0;
        for (Bean bean : beans.all()) {
            if (bean.object() instanceof ScheduledTaskHolder holder) {
                for (ScheduledTask task : holder.getScheduledTasks()) {
                    Runnable work = task.getTask().getRunnable();
                    // The annotated methods tell their names; what is a lambda has another at each start.
                    if (work.toString().contains("$$Lambda")) {
                        String attack = "scheduled: task " + ++number;
                        attacks.computeIfAbsent("scheduled tasks", name -> new ArrayList<>())
                                .add(Attack.proving(
                                        attack, new ScheduledWork(Cell.path("scheduled tasks", attack), rows, work)));
                    }
                }
            }
        }
    }

    private interface Trials {
        Callable<String> of(String path, BeanCall call);
    }

    private void add(Map<String, List<Attack>> attacks, BeanMethod method, String kind, Trials trials) {
        String attack = kind + method.shown();
        String path = Cell.path(method.type(), attack);
        BeanCall call = new BeanCall(method, path, rows, given, types);
        attacks.computeIfAbsent(method.type(), type -> new ArrayList<>())
                .add(Attack.proving(attack, trials.of(path, call)));
    }

    private static boolean isMessage(Method method) {
        return MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).stream()
                .anyMatch(annotation -> MESSAGES.contains(annotation.getType().getName()));
    }

    private static boolean has(Method method, Class<? extends Annotation> annotation) {
        return !MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).stream(annotation)
                .toList()
                .isEmpty();
    }

    private static boolean isAsync(Method method, Class<?> type) {
        return has(method, Async.class)
                || AnnotatedElementUtils.hasAnnotation(type, Async.class) && !has(method, Scheduled.class);
    }

    // What Spring tells at the start and the end of the application is heard while nobody acts, and was heard by now.
    private static boolean isListener(Method method, Class<?> type) {
        EventListener listener = AnnotatedElementUtils.findMergedAnnotation(method, EventListener.class);
        if (listener != null) {
            Class<?>[] events = listener.classes().length > 0 ? listener.classes() : method.getParameterTypes();
            return Stream.of(events).noneMatch(BackgroundPart::isOfSpring);
        }
        return ApplicationListener.class.isAssignableFrom(type)
                && method.getName().equals("onApplicationEvent")
                && method.getDeclaringClass() != ApplicationListener.class
                && !isOfSpring(ResolvableType.forClass(type)
                        .as(ApplicationListener.class)
                        .getGeneric()
                        .resolve(ApplicationEvent.class));
    }

    private static boolean isOfSpring(Class<?> event) {
        return event.getName().startsWith("org.springframework.");
    }

    @Override
    public boolean isRehearsed() {
        return false;
    }

    @Override
    public void end() {
        rows.samples().removeShared();
    }

    private record Methods(String name, List<Attack> ways) implements Target {

        @Override
        public Stream<Attack> attacks() {
            return ways.stream();
        }
    }
}
