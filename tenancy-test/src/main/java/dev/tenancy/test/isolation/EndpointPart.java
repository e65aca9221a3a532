package dev.tenancy.test.isolation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
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

    // Set by Spring Boot.
    private static final String PORT = "local.server.port";

    private final ApplicationContext context;
    private final ApplicationBeans beans;
    private final OwnedMapping mapping;
    private final GivenValues given;
    private final EndpointSides sides;

    EndpointPart(
            ApplicationContext context,
            ApplicationBeans beans,
            AttackedRows attacked,
            Tenants tenants,
            GivenValues given,
            BiFunction<Object, Standing, Map<String, String>> credentials) {
        this.context = context;
        this.beans = beans;
        this.mapping = attacked.mapping();
        this.given = given;
        Environment environment = context.getEnvironment();
        String server = "http://localhost:" + environment.getProperty(PORT, "")
                + environment.getProperty("server.servlet.context-path", "");
        HttpCalls http = HttpCalls.to(server);
        this.sides = new EndpointSides(
                new TenantRows(tenants.owner(), mapping, attacked.samples()),
                new TenantRows(tenants.other(), mapping, attacked.samples()),
                http,
                credentials,
                attacked,
                () -> ApplicationBeans.emptyCaches(context),
                new CsrfTokens(context, http),
                tenants.isRehearsal());
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
        if (!context.getEnvironment().containsProperty(PORT)) {
            throw new Unproven("not proven: the endpoints, since no server is running. Annotate the test with"
                    + " @SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT).");
        }
        JsonNode document = document();
        Schemas schemas = new Schemas(document);
        RequestValues values = new RequestValues(sides.samples().values());
        List<EndpointAttack> attacks = new ArrayList<>();
        UploadedFiles files = new UploadedFiles(attacks, sides, UploadedFiles.folders(context));
        for (Operation operation : new Operations(document, schemas, mapping, beans::isOwn).of(context)) {
            attacks.add(new EndpointAttack(
                    operation, new RequestTemplates(operation, mapping, schemas, values, given), sides, files));
        }
        // Others are reached by what these have stored.
        attacks.sort(Comparator.comparing(attack -> !attack.operation().isMultipart()));
        return Stream.of(attacks.stream(), Stream.of(new EndpointsTogether(attacks, sides)), OtherRoutes.of(context))
                .flatMap(targets -> targets);
    }

    private JsonNode document() {
        if (!ClassUtils.isPresent("org.springdoc.core.properties.SpringDocConfigProperties", null)) {
            return JsonNodeFactory.instance.objectNode();
        }
        String path = context.getEnvironment().getProperty("springdoc.api-docs.path", "/v3/api-docs");
        Answer answer = sides.send(new Request("GET", path), sides.member(sides.owner()));
        return answer.isGood() ? JsonMapper.shared().readTree(answer.body()) : JsonNodeFactory.instance.objectNode();
    }

    @Override
    public void end() {
        sides.clear();
        sides.samples().removeShared();
    }
}
