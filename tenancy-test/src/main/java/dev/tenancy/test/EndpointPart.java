package dev.tenancy.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** The endpoints of an application, over real HTTP. */
final class EndpointPart implements Part {

    private final ApplicationContext context;
    private final OwnedMapping mapping;
    private final SampleRows rows;
    private final TenantRows owner;
    private final TenantRows other;
    private final Map<String, Function<Object, ?>> given;
    private final boolean rehearsal;
    private final BiFunction<Object, Standing, Map<String, String>> credentials;

    EndpointPart(
            ApplicationContext context,
            OwnedMapping mapping,
            SampleRows rows,
            Tenants tenants,
            Map<String, Function<Object, ?>> given,
            BiFunction<Object, Standing, Map<String, String>> credentials) {
        this.context = context;
        this.mapping = mapping;
        this.rows = rows;
        this.owner = new TenantRows(tenants.owner(), mapping, rows);
        this.other = new TenantRows(tenants.other(), mapping, rows);
        this.given = given;
        this.rehearsal = tenants.isRehearsal();
        this.credentials = credentials;
    }

    /** Whether the application has controllers. */
    static boolean isNeeded(ApplicationContext context) {
        return context.getBeanNamesForType(RequestMappingInfoHandlerMapping.class).length > 0;
    }

    @Override
    public String name() {
        return "endpoints";
    }

    @Override
    public Stream<Target> targets() {
        Environment environment = context.getEnvironment();
        String port = environment.getProperty("local.server.port");
        if (port == null) {
            throw new Unproven("not proven: the endpoints, since no server is running. Annotate the test with"
                    + " @SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT).");
        }
        HttpCalls http =
                HttpCalls.to("http://localhost:" + port + environment.getProperty("server.servlet.context-path", ""));
        JsonNode document = document(http);
        Schemas schemas = new Schemas(document);
        EndpointSides sides = new EndpointSides(owner, other, http, credentials, rows, rehearsal);
        List<EndpointAttack> attacks = new ArrayList<>();
        for (Operation operation : new Operations(document, schemas).of(context)) {
            RequestTemplates templates =
                    new RequestTemplates(operation, mapping, schemas, new RequestValues(rows.values()), given);
            attacks.add(new EndpointAttack(operation, templates, sides));
        }
        return Stream.of(attacks.stream(), Stream.of(new EndpointsTogether(attacks, sides)), OtherRoutes.of(context))
                .flatMap(targets -> targets);
    }

    private JsonNode document(HttpCalls http) {
        if (!ClassUtils.isPresent("org.springdoc.core.properties.SpringDocConfigProperties", null)) {
            return JsonNodeFactory.instance.objectNode();
        }
        String path = context.getEnvironment().getProperty("springdoc.api-docs.path", "/v3/api-docs");
        Answer answer = http.send(new Request("GET", path), credentials.apply(owner.tenant(), Standing.MEMBER));
        return answer.isGood() ? JsonMapper.shared().readTree(answer.body()) : JsonNodeFactory.instance.objectNode();
    }

    @Override
    public void end() {
        owner.removeNew();
        other.removeNew();
        rows.remove(other.tenant());
        rows.removeShared();
    }
}
