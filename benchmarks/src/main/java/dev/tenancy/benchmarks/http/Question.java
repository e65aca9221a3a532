package dev.tenancy.benchmarks.http;

import dev.tenancy.spring.crud.Crud;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * A request that a tenant can send to the sample, by what it asks for. There is one for each order, filter and search that the
 * controllers offer, so that none is forgotten.
 */
record Question(String name, IntFunction<Operation.Request> request) {

    private static final List<String> CONTROLLERS = List.of(
            "timesheets.customers.CustomerController",
            "timesheets.projects.ProjectController",
            "timesheets.timeentries.TimeEntryController",
            "timesheets.access.InvitationsController");

    // What each filter is asked for: one of a tenant's values, as a query has it.
    private static final Map<String, IntFunction<String>> VALUES = Map.ofEntries(
            Map.entry("customers.email", tenant -> "office@7.test"),
            Map.entry("projects.status", tenant -> "ARCHIVED"),
            Map.entry(
                    "projects.customerId",
                    tenant -> Database.customer(tenant, 7).toString()),
            Map.entry(
                    "time-entries.projectId",
                    tenant -> Database.project(tenant, 7).toString()),
            Map.entry(
                    "time-entries.project.customerId",
                    tenant -> Database.customer(tenant, 7).toString()),
            Map.entry("time-entries.userId", tenant -> Database.user(tenant).toString()),
            Map.entry("time-entries.date", tenant -> "2026-02-19"),
            Map.entry("time-entries.minutes", tenant -> "60"),
            Map.entry("time-entries.billable", tenant -> "true"));

    static List<Question> all() {
        List<Question> all = new ArrayList<>();
        for (Operation operation : List.of(Operation.LIST, Operation.PAGE, Operation.GET)) {
            all.add(of(operation));
        }
        CONTROLLERS.forEach(name -> all.addAll(offered(name)));
        all.add(bare(
                "time-entries, newest of a project",
                tenant -> "/api/time-entries?projectId=" + Database.project(tenant, 7) + "&sort=date,desc"));
        all.add(bare(
                "time-entries, newest of a member",
                tenant -> "/api/time-entries?userId=" + Database.user(tenant) + "&sort=date,desc"));
        all.add(bare(
                "time-entries of three days", tenant -> "/api/time-entries?date.gte=2026-02-18&date.lte=2026-02-20"));
        all.add(of(Operation.POST));
        return all;
    }

    private static Question of(Operation operation) {
        return new Question(
                operation.name().toLowerCase(java.util.Locale.ROOT),
                tenant -> operation.request(tenant, 7, System.nanoTime()));
    }

    private static Question bare(String name, IntFunction<String> path) {
        return new Question(name, tenant -> Operation.LIST.bare(path.apply(tenant)));
    }

    private static List<Question> offered(String controller) {
        Class<?> type;
        try {
            type = Class.forName(controller);
        } catch (ClassNotFoundException moved) {
            throw new IllegalStateException(
                    "The sample has no " + controller + ". Write its new name into " + Question.class.getName() + ".",
                    moved);
        }
        String path = type.getAnnotation(RequestMapping.class).value()[0];
        String resource = path.substring(path.lastIndexOf('/') + 1);
        Crud crud = type.getAnnotation(Crud.class);
        List<Question> all = new ArrayList<>();
        for (String field : names(crud.sort())) {
            for (String direction : List.of("", ",desc")) {
                all.add(bare(resource + "?sort=" + field + direction, tenant -> path + "?sort=" + field + direction));
            }
        }
        for (String field : names(crud.filter())) {
            IntFunction<String> value = VALUES.get(resource + "." + field);
            if (value == null) {
                throw new IllegalStateException("Nobody knows what " + resource + " can be filtered for by " + field
                        + ". Add a value to " + Question.class.getName() + ".");
            }
            all.add(bare(
                    resource + "?" + field + "=…", tenant -> path + "?" + field + "=" + encoded(value.apply(tenant))));
        }
        if (crud.search().length > 0) {
            all.add(bare(resource + "?search=…", tenant -> path + "?search=7"));
        }
        return all;
    }

    private static List<String> names(String @Nullable [] texts) {
        return Arrays.stream(texts)
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip)
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
