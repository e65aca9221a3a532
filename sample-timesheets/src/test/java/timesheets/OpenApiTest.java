package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import timesheets.Api.Answer;
import timesheets.OpenApiDocument.Operation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The document says what the server does. Each operation is called, well and badly, by somebody who knows the document alone; each
 * answer must be as documented, and each answer that is documented must be seen.
 */
class OpenApiTest extends TimesheetsTest {

    private static final List<String> RESOURCES = List.of(CUSTOMERS, PROJECTS, ENTRIES);
    // Nothing is unique about a time entry and nothing refers to it: only two who write at once would meet here. And
    // the database is there, with few requests at a time.
    private static final String NOT_NOW =
            "(create|replace|patch|delete)TimeEntry 409|createTimeEntries 409|\\w+ (429|503)";
    // More than tenancy.max-body-size takes.
    private static final String LARGE = "{\"a\":\"" + "a".repeat(300_000) + "\"}";
    private static final JsonMapper JSON = new JsonMapper();

    private final Deque<String> created = new ArrayDeque<>();
    private OpenApiDocument document;

    @BeforeEach
    void read() {
        document = new OpenApiDocument(anonymous.get("/v3/api-docs").body());
    }

    @AfterEach
    void clean() {
        while (!created.isEmpty()) {
            acme.delete(created.pop());
        }
    }

    @Test
    void theDocumentIsValid() {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        var result = new OpenAPIV3Parser().readContents(document.root.toString(), null, options);
        assertThat(result.getMessages()).isEmpty();
        assertThat(result.getOpenAPI().getPaths()).hasSizeGreaterThan(6);
    }

    @Test
    void operationIdsAreThoseThatClientsRelyOn() {
        assertThat(document.operations().stream().map(Operation::id).toList())
                .doesNotHaveDuplicates()
                .contains(
                        "listCustomers",
                        "createCustomer",
                        "getCustomer",
                        "replaceCustomer",
                        "patchCustomer",
                        "deleteCustomer",
                        "createCustomers",
                        "patchCustomers",
                        "deleteCustomers",
                        "listTimeEntries",
                        "getTimeEntry",
                        "listInvitations",
                        "getInvitation",
                        "exportInvitations",
                        "login");
    }

    @Test
    void eachOperationIsToldInWordsAndStandsUnderATagForPeople() {
        assertThat(document.operations()).allSatisfy(operation -> {
            assertThat(operation.node.path("summary").asString(""))
                    .as(operation.id())
                    .isNotBlank();
            assertThat(operation.node.path("tags").get(0).asString())
                    .as(operation.id())
                    .isIn(
                            "Account",
                            "Customers",
                            "Invitations",
                            "Members",
                            "Projects",
                            "Registration",
                            "Reports",
                            "Sessions",
                            "Time entries");
        });
    }

    @Test
    void aRequestNeedNotHoldWhatItsCallerCannotSet() {
        assertThat(document.operations().stream()
                        .filter(operation -> operation.consumes().isPresent())
                        .flatMap(operation -> document.within(operation.bodySchema())
                                .flatMap(schema -> schema.path("required")
                                        .valueStream()
                                        .map(JsonNode::asString)
                                        .filter(name -> schema.at("/properties/" + name + "/readOnly")
                                                .asBoolean(false))
                                        .map(name -> operation.id() + " " + name))))
                .isEmpty();
    }

    @Test
    void whatAnAnswerAlwaysHoldsIsRequired() {
        // Which of them are there, is up to the parameters of a list.
        Set<String> positions = Set.of("number", "totalElements", "totalPages", "next");
        assertThat(document.operations().stream()
                        .flatMap(operation -> operation.answers().stream()
                                .flatMap(document::within)
                                .flatMap(schema -> schema.path("properties").propertyNames().stream()
                                        .filter(name -> !positions.contains(name))
                                        .filter(name -> schema.path("required")
                                                .valueStream()
                                                .noneMatch(required ->
                                                        required.asString().equals(name)))
                                        .map(name -> operation.id() + " " + name))))
                .isEmpty();
    }

    @Test
    void aRoleIsOneOfThoseThatThereAre() {
        assertThat(document.operations().stream()
                        .flatMap(operation -> Stream.concat(
                                operation.answers().stream(),
                                operation.consumes().stream().map(type -> operation.bodySchema())))
                        .flatMap(document::within)
                        .filter(schema -> schema.path("properties").has("role"))
                        .map(schema -> schema.at("/properties/role/enum").toString()))
                .isNotEmpty()
                .allMatch("[\"OWNER\",\"ADMIN\",\"STAFF\"]"::equals);
    }

    @Test
    void aPatternIsOfTheWholeText() {
        assertThat(document.root.findValuesAsString("pattern"))
                .isNotEmpty()
                .allMatch(pattern -> pattern.startsWith("^") && pattern.endsWith("$"));
    }

    @Test
    void aFieldAndARowAreNamedOnce() {
        assertThat(document.operations().stream()
                        .flatMap(operation -> operation.parameters("query").stream())
                        .filter(parameter -> parameter.get("name").asString().equals("sort"))
                        .map(parameter -> parameter.get("schema")))
                .isNotEmpty()
                .allMatch(schema -> schema.path("uniqueItems").asBoolean(false));
        assertThat(document.operations().stream()
                        .filter(operation -> operation.isBulk() && !operation.method.equals("POST"))
                        .map(Operation::bodySchema))
                .isNotEmpty()
                .allMatch(schema -> schema.path("uniqueItems").asBoolean(false));
    }

    @Test
    void whoeverTriesTooOftenIsToldHowLongToWait() {
        assertThat(document.operations())
                .filteredOn(operation -> operation.path.startsWith("/api/auth/")
                        || operation.id().equals("createInvitation"))
                .isNotEmpty()
                .allMatch(operation -> operation.header(429, "Retry-After").isObject());
    }

    @Test
    void aMemberIsToldWhenToComeBack() {
        assertThat(document.operations())
                .filteredOn(operation -> !operation.isOpen())
                .isNotEmpty()
                .allMatch(operation -> operation.header(429, "Retry-After").isObject()
                        && operation.header(503, "Retry-After").isObject());
    }

    @Test
    void aConflictOfMembersIsDocumented() {
        Observer removal = new Observer(document.operation("removeMember").orElseThrow());
        removal.see(new Call(acme).id(acme.get("/api/me").json().at("/user/id").asString()));
        Observer invitation =
                new Observer(document.operation("createInvitation").orElseThrow());
        invitation.see(new Call(acme).body(Map.of("email", "staff@acme.test", "role", "STAFF")));
        assertThat(removal.faults).isEmpty();
        assertThat(removal.seen).containsExactly(409);
        assertThat(invitation.faults).isEmpty();
        assertThat(invitation.seen).containsExactly(409);
    }

    @Test
    void onlyWhatIsOpenNeedsNoToken() {
        for (Operation operation : document.operations()) {
            Call call = new Call(anonymous).body(operation.consumes().isPresent() ? "{" : null);
            int status = call.send(operation).status();
            assertThat(status == 401).as(operation.id()).isEqualTo(!operation.isOpen());
        }
    }

    @TestFactory
    Stream<DynamicTest> aCrudControllerAnswersAsDocumentedAndNotOtherwise() {
        return document.operations().stream()
                .filter(operation -> RESOURCES.stream().anyMatch(operation.path::startsWith))
                .map(operation -> DynamicTest.dynamicTest(operation.id(), () -> {
                    Observer observer = new Observer(operation);
                    succeed(observer);
                    refuse(observer);
                    collide(observer);
                    condition(observer);
                    assertThat(observer.faults).isEmpty();
                    assertThat(operation.statuses().stream()
                                    .filter(status -> !observer.seen.contains(status))
                                    .map(status -> operation.id() + " " + status))
                            .as("documented, but not seen")
                            .allMatch(unseen -> unseen.matches(NOT_NOW));
                }));
    }

    /** Their good calls are made elsewhere: what they need besides is not in the document. */
    @TestFactory
    Stream<DynamicTest> anOrdinaryHandlerAnswersAsDocumented() {
        return document.operations().stream()
                .filter(operation -> RESOURCES.stream().noneMatch(operation.path::startsWith))
                // It takes no body, so that each call of it would end the sessions that other tests use.
                .filter(operation -> !operation.id().equals("logoutAll"))
                .map(operation -> DynamicTest.dynamicTest(operation.id(), () -> {
                    Observer observer = new Observer(operation);
                    refuse(observer);
                    if (operation.method.equals("GET")) {
                        observer.see(call(operation));
                    }
                    assertThat(observer.faults).isEmpty();
                }));
    }

    @Test
    void aLoginAnswersAsDocumented() {
        Observer observer = new Observer(document.operation("login").orElseThrow());
        observer.see(new Call(anonymous).body("{\"email\":\"owner@acme.test\",\"password\":\"demo-password\"}"));
        observer.see(new Call(anonymous).body("{\"email\":\"owner@acme.test\",\"password\":\"wrong\"}"));
        assertThat(observer.faults).isEmpty();
        assertThat(observer.seen).contains(200, 401);
    }

    @Test
    void aReportAnswersAsDocumented() {
        Observer observer = new Observer(document.operation("sumHours").orElseThrow());
        observer.see(new Call(acme).query("from=2020-01-01&to=2022-01-01&groupBy=week"));
        assertThat(observer.faults).isEmpty();
        assertThat(observer.seen).contains(200);
    }

    private void succeed(Observer observer) {
        Operation operation = observer.operation;
        observer.see(call(operation));
        if (operation.consumes().isPresent()) {
            observer.expect(2, call(operation).body(body(operation, row(operation, false))));
        }
        for (JsonNode parameter : operation.parameters("query")) {
            String name = parameter.get("name").asString();
            for (Object value : values(parameter.get("schema"))) {
                observer.expect(2, call(operation).query(name + "=" + encoded(value)));
            }
        }
        assertThat(observer.seen).anyMatch(status -> status < 300);
    }

    private void refuse(Observer observer) {
        Operation operation = observer.operation;
        observer.see(call(operation).as(acme.withToken("nonsense")));
        observer.see(call(operation).header("Accept", "image/png"));
        if (!operation.isOpen()) {
            observer.see(call(operation).as(anonymous));
            observer.expect(4, call(operation).header("X-Tenant-Id", "globex"));
            observer.expect(4, call(operation).header("X-Tenant-Id", " "));
        }
        if (operation.requiredRole().filter(role -> !role.equals("STAFF")).isPresent()) {
            observer.expect(4, call(operation).as(as("staff@acme.test")));
        }
        if (!operation.parameters("path").isEmpty()) {
            observer.expect(4, call(operation).id(UUID.randomUUID().toString()));
            observer.expect(4, call(operation).id("x"));
        }
        for (JsonNode parameter : operation.parameters("query")) {
            String name = parameter.get("name").asString();
            for (Object value : wrong(parameter.get("schema"))) {
                observer.expect(4, call(operation).instead(name, value));
            }
        }
        if (operation.id().startsWith("list") && RESOURCES.contains(operation.path)) {
            observer.expect(4, call(operation).query("nonsense=1"));
        }
        if (operation.consumes().isPresent()) {
            refuseBodies(observer);
        }
    }

    private void refuseBodies(Observer observer) {
        Operation operation = observer.operation;
        JsonNode schema = operation.bodySchema();
        observer.expect(4, call(operation).header("Content-Type", "text/plain"));
        for (String body : List.of("", "{", "7", "[]")) {
            observer.expect(4, call(operation).body(body));
        }
        if (operation.statuses().contains(413)) {
            observer.expect(4, call(operation).body(LARGE));
        }
        Map<String, Object> good = row(operation, true);
        JsonNode row = document.row(operation);
        row.path("required").forEach(name -> {
            if (good.containsKey(name.asString())) {
                observer.expect(4, call(operation).body(body(operation, without(good, name.asString()))));
            }
        });
        row.path("properties").properties().forEach(property -> {
            if (good.containsKey(property.getKey())) {
                for (Object value : wrong(property.getValue())) {
                    observer.expect(4, call(operation).body(body(operation, with(good, property.getKey(), value))));
                }
            }
        });
        if (row.has("additionalProperties")) {
            observer.expect(4, call(operation).body(body(operation, with(good, "nonsense", 1))));
        }
        if (operation.isBulk()) {
            int most = operation.bodySchema().get("maxItems").asInt();
            observer.expect(4, call(operation).body(List.of()));
            observer.expect(4, call(operation).body(Collections.nCopies(most + 1, good)));
        }
    }

    /** Takes a value twice, and deletes what others need. */
    private void collide(Observer observer) {
        Operation operation = observer.operation;
        switch (operation.method) {
            case "POST" -> {
                Object body = body(operation, row(operation, true));
                observer.see(call(operation).body(body));
                observer.see(call(operation).body(body));
            }
            case "PUT", "PATCH" -> {
                Map<String, Object> taken = row(creation(operation), true);
                create(creation(operation), taken);
                Map<String, Object> row = row(operation, true);
                taken.forEach(row::replace);
                observer.see(call(operation).body(body(operation, row)));
            }
            case "DELETE" -> {
                String id = create(creation(operation));
                String reference = reference(creation(operation));
                document.operations().stream()
                        .filter(other -> other.method.equals("POST") && RESOURCES.contains(other.path))
                        .filter(other -> document.row(other).path("properties").has(reference))
                        .forEach(other -> create(other, with(row(other, true), reference, id)));
                observer.see(
                        operation.isBulk()
                                ? call(operation).body(List.of(Map.of("id", id)))
                                : call(operation).id(id));
            }
            default -> {}
        }
    }

    /** Names a version that is or is not the row's. */
    private void condition(Observer observer) {
        Operation operation = observer.operation;
        if (operation.isBulk() && document.row(operation).path("properties").has("version")) {
            observer.expect(4, call(operation).body(body(operation, with(row(operation, false), "version", 4711))));
        }
        for (JsonNode header : operation.parameters("header")) {
            switch (header.get("name").asString()) {
                case "If-Match" -> observer.expect(4, call(operation).header("If-Match", "\"4711\""));
                case "If-None-Match" -> {
                    String id = create(creation(operation));
                    String tag = call(operation).id(id).send(operation).header("ETag");
                    observer.expect(3, call(operation).id(id).header("If-None-Match", tag));
                }
                default -> {}
            }
        }
    }

    /** A call that is as good as the document makes it. */
    private Call call(Operation operation) {
        Call call = new Call(acme);
        if (!operation.parameters("path").isEmpty()) {
            call.id(
                    RESOURCES.stream().anyMatch(operation.path::startsWith)
                            ? create(creation(operation))
                            : UUID.randomUUID().toString());
        }
        if (operation.consumes().isPresent()) {
            String body = JSON.writeValueAsString(body(operation, row(operation, true)));
            assertThat(operation.faultsOfBody(body)).as(body).isEmpty();
            call.body(body);
        }
        operation.parameters("query").stream()
                .filter(parameter -> parameter.path("required").asBoolean(false))
                .forEach(parameter -> call.query(
                        parameter.get("name").asString() + "=" + encoded(document.sample(parameter.get("schema")))));
        return call;
    }

    private Operation creation(Operation operation) {
        String collection = collection(operation.path);
        return document.operations().stream()
                .filter(other -> other.method.equals("POST") && other.path.equals(collection))
                .findFirst()
                .orElseThrow();
    }

    private static String collection(String path) {
        return path.replaceFirst("/(\\{id}|bulk)$", "");
    }

    private static String reference(Operation creation) {
        String row = creation.id().replaceFirst("^create", "");
        return row.substring(0, 1).toLowerCase() + row.substring(1) + "Id";
    }

    private String create(Operation creation) {
        return create(creation, row(creation, true));
    }

    private String create(Operation creation, Map<String, Object> body) {
        String id = acme.created(creation.path, body);
        created.push(creation.path + "/" + id);
        return id;
    }

    /** The row in a body; {@code customerId} is what {@code getCustomer} takes, and an id that of a row that is there. */
    private Map<String, Object> row(Operation operation, boolean all) {
        Map<String, Object> row = document.properties(document.row(operation), all);
        row.replaceAll((name, value) -> {
            if (name.equals("id")) {
                return create(creation(operation));
            }
            return name.endsWith("Id")
                    ? document.operation(
                                    "get" + name.substring(0, 1).toUpperCase() + name.substring(1, name.length() - 2))
                            .<Object>map(get -> acme.id(collection(get.path)))
                            .orElse(value)
                    : value;
        });
        return row;
    }

    private static Object body(Operation operation, Map<String, Object> row) {
        return operation.isBulk() ? List.of(row) : row;
    }

    /** Values that a parameter takes: all of them if they are few. */
    private List<Object> values(JsonNode schema) {
        JsonNode items = OpenApiDocument.type(schema).equals("array") ? schema.get("items") : schema;
        if (!items.has("enum")) {
            return List.of(document.sample(items));
        }
        List<Object> values = new ArrayList<>();
        items.get("enum").forEach(value -> values.add(value.asString()));
        return values;
    }

    /** Values that a schema does not allow. */
    private static List<Object> wrong(JsonNode schema) {
        List<Object> wrong = new ArrayList<>();
        if (schema.has("maxLength")) {
            wrong.add("a".repeat(schema.get("maxLength").asInt() + 1));
        }
        if (schema.path("minLength").asInt(0) > 0) {
            wrong.add("");
        }
        if (schema.has("maximum")) {
            wrong.add(schema.get("maximum").asInt() + 1);
        }
        if (schema.has("minimum")) {
            wrong.add(schema.get("minimum").asInt() - 1);
        }
        JsonNode one = OpenApiDocument.type(schema).equals("array") ? schema.get("items") : schema;
        boolean text = OpenApiDocument.type(one).equals("string") && !one.has("enum") && !one.has("format");
        if (!text) {
            wrong.add("nonsense");
        }
        return wrong;
    }

    private static String encoded(Object value) {
        return URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
    }

    private static Map<String, Object> with(Map<String, Object> body, String name, Object value) {
        Map<String, Object> changed = new HashMap<>(body);
        changed.put(name, value);
        return changed;
    }

    private static Map<String, Object> without(Map<String, Object> body, String name) {
        Map<String, Object> changed = new HashMap<>(body);
        changed.remove(name);
        return changed;
    }

    /** Sends calls of one operation and writes down what is not as documented. */
    private final class Observer {

        final Operation operation;
        final Set<Integer> seen = new TreeSet<>();
        final List<String> faults = new ArrayList<>();

        Observer(Operation operation) {
            this.operation = operation;
        }

        Answer see(Call call) {
            Answer answer = call.send(operation);
            seen.add(answer.status());
            operation.faultsOf(answer).forEach(fault -> faults.add(call + ": " + fault + " in " + answer.body()));
            if (answer.status() == 201) {
                answer.json()
                        .findValuesAsString("id")
                        .forEach(id -> created.push(collection(operation.path) + "/" + id));
            }
            return answer;
        }

        void expect(int hundreds, Call call) {
            Answer answer = see(call);
            if (answer.status() / 100 != hundreds) {
                faults.add(call + ": " + answer.status() + " " + answer.body());
            }
        }
    }

    private static final class Call {

        private Api api;
        private String id = "";
        private String query = "";
        private String body;
        private final Map<String, String> headers = new HashMap<>();

        Call(Api api) {
            this.api = api;
        }

        Call as(Api other) {
            api = other;
            return this;
        }

        Call id(String other) {
            id = other;
            return this;
        }

        Call instead(String name, Object value) {
            query = query.replaceAll("(?<=[?&])" + name + "=[^&]*&?", "").replaceFirst("[?&]$", "");
            return query(name + "=" + encoded(value));
        }

        Call query(String more) {
            query += (query.isEmpty() ? "?" : "&") + more;
            return this;
        }

        Call header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        Call body(Object other) {
            body = other instanceof String text ? text : other == null ? null : JSON.writeValueAsString(other);
            return this;
        }

        Answer send(Operation operation) {
            Map<String, String> all = new HashMap<>(headers);
            operation.consumes().ifPresent(type -> all.putIfAbsent("Content-Type", type));
            return new Api(api.server(), api.token(), all)
                    .send(
                            operation.method,
                            operation.path.replaceAll("\\{\\w+}", id.isEmpty() ? "x" : id) + query,
                            body);
        }

        @Override
        public String toString() {
            String shown = String.valueOf(body);
            return headers + " " + id + query + " " + shown.substring(0, Math.min(200, shown.length()));
        }
    }
}
