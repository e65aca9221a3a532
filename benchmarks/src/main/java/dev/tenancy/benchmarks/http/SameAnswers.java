package dev.tenancy.benchmarks.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a variant answers to each operation, and to requests that are to be refused; to be the same for all, but for ids. */
final class SameAnswers {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String JSON_TYPE = "application/json";
    private static final int NO_CUSTOMER = 1_000_000;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** An answer; of a refusal, whose words are everybody's own, only that it is a problem. */
    private record Told(
            int status,
            @Nullable String type,
            @Nullable String etag,
            @Nullable String location,
            @Nullable JsonNode body) {}

    private final Tokens tokens;

    SameAnswers(Tokens tokens) {
        this.tokens = tokens;
    }

    /** @throws IllegalStateException with all differences, if there are any */
    void check(List<RunningVariant> variants) throws SQLException {
        Map<String, Told> expected = answers(variants.get(0), 0);
        List<String> faults = new ArrayList<>();
        for (int i = 1; i < variants.size(); i++) {
            String title = variants.get(i).title();
            answers(variants.get(i), i).forEach((what, told) -> {
                if (!told.equals(expected.get(what))) {
                    faults.add(what + "\n  " + variants.get(0).title() + ": " + expected.get(what) + "\n  " + title
                            + ": " + told);
                }
            });
        }
        if (!faults.isEmpty()) {
            throw new IllegalStateException(
                    "The variants do not answer alike, so there is nothing to compare. Mend the one"
                            + " that is wrong:\n" + String.join("\n", faults));
        }
    }

    // Each variant has a tenant of its own, since the rows of all tenants are alike and what one writes another would
    // see.
    private Map<String, Told> answers(RunningVariant variant, int tenant) throws SQLException {
        variant.database().addCustomers(1);
        Map<String, Told> answers = new LinkedHashMap<>();
        for (Operation operation : Operation.values()) {
            int customer = operation == Operation.DELETE ? Database.CUSTOMERS : operation.ordinal();
            Operation.Request request = operation.request(tenant, customer, 0);
            Told told = told(variant, request, tokens.of(tenant));
            if (told.status() != operation.status()) {
                throw new IllegalStateException(
                        variant.title() + " answered " + request + " with " + told + ". Mend the variant.");
            }
            answers.put(operation.name(), told);
        }
        refused(tenant, variant.database().population().tenants() - 1)
                .forEach((what, request) -> answers.put(what, told(variant, request, tokens.of(tenant))));
        answers.put("a token that is none", told(variant, Operation.LIST.request(tenant, 0, 0), "none"));
        variant.database().tidy();
        return answers;
    }

    private static Map<String, Operation.Request> refused(int tenant, int other) {
        Map<String, Operation.Request> requests = new LinkedHashMap<>();
        requests.put("a row that nobody has", Operation.GET.request(tenant, NO_CUSTOMER, 0));
        requests.put("a row of another tenant", Operation.GET.request(other, 0, 0));
        requests.put(
                "a name that is taken", Operation.POST.with("/api/customers", JSON_TYPE, "{\"name\":\"Customer 1\"}"));
        for (Operation operation : List.of(Operation.POST, Operation.PUT, Operation.PATCH)) {
            Operation.Request valid = operation.request(tenant, 0, 0);
            for (String body :
                    List.of("{\"name\":\"A\",\"email\":\"none\"}", "{\"name\":\"\"}", "{\"colour\":\"red\"}", "{")) {
                requests.put(
                        operation + " of " + body,
                        new Operation.Request(valid.method(), valid.path(), valid.type(), body));
            }
        }
        return requests;
    }

    // Over a connection of its own, since a server may close one after a refusal.
    private static Told told(RunningVariant variant, Operation.Request request, String token) {
        HttpConnection.Answer answer;
        try (HttpConnection connection = new HttpConnection(variant.port())) {
            answer = connection.send(request, token);
        } catch (IOException failure) {
            throw new UncheckedIOException(variant.title() + " did not answer " + request, failure);
        }
        String type = answer.headers().get("content-type");
        String location = answer.headers().get("location");
        return new Told(
                answer.status(),
                type,
                answer.headers().get("etag"),
                location == null ? null : anyId(URI.create(location).getPath()),
                answer.status() >= 400 || answer.body().isEmpty() ? null : JSON.readTree(anyId(answer.body())));
    }

    private static String anyId(String text) {
        return ID.matcher(text).replaceAll("id");
    }
}
