package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** What is completed in a document as a whole. */
class ApiDocumentTest {

    @Test
    void everyOperationNeedsABearerTokenApartFromTheOpenOnes() {
        OpenAPI document = completed(new OpenAPI()
                .paths(new Paths()
                        .addPathItem(
                                "/news/{id}",
                                new PathItem().get(operation("news")).delete(operation("forget")))
                        .addPathItem("/rooms", new PathItem().get(operation("rooms")))));
        assertThat(document.getSecurity()).hasSize(1);
        assertThat(document.getComponents().getSecuritySchemes().values())
                .extracting(SecurityScheme::getScheme)
                .containsExactly("bearer");
        assertThat(document.getPaths().get("/news/{id}").getGet().getSecurity()).isEmpty();
        assertThat(document.getPaths().get("/news/{id}").getDelete().getSecurity())
                .isNull();
        assertThat(document.getPaths().get("/rooms").getGet().getSecurity()).isNull();
    }

    @Test
    void theHeaderThatNamesACompanyIsThatOfTheSetting() {
        OpenAPI document = completed(new OpenAPI()
                .paths(new Paths().addPathItem("/rooms", new PathItem().get(operation("rooms")))));
        assertThat(document.getComponents()
                        .getParameters()
                        .get(ApiDocument.TENANT)
                        .getName())
                .isEqualTo("X-Company");
        assertThat(document.getPaths().get("/rooms").getGet().getParameters()).hasSize(1);
    }

    @Test
    void aSecuritySchemeOfTheApplicationIsKept() {
        SecurityScheme own = new SecurityScheme().type(SecurityScheme.Type.OPENIDCONNECT);
        OpenAPI document = completed(new OpenAPI().components(new Components().addSecuritySchemes("company", own)));
        assertThat(document.getComponents().getSecuritySchemes().values()).containsExactly(own);
        assertThat(document.getSecurity()).isNull();
    }

    @Test
    void aRefusalThatTheApplicationDescribesIsKept() {
        Operation operation = operation("rooms");
        operation.getResponses().addApiResponse("403", new ApiResponse().description("Not on Sundays."));
        completed(new OpenAPI().paths(new Paths().addPathItem("/rooms", new PathItem().get(operation))));
        assertThat(operation.getResponses().get("403").getDescription()).isEqualTo("Not on Sundays.");
    }

    @Test
    void membersAreToldWhenToComeBack() {
        Operation rooms = operation("rooms");
        Operation news = operation("news");
        OpenAPI document = completed(new OpenAPI()
                .paths(new Paths()
                        .addPathItem("/rooms", new PathItem().get(rooms))
                        .addPathItem("/news/{id}", new PathItem().get(news))));
        assertThat(rooms.getResponses()).containsKeys("429", "503");
        assertThat(news.getResponses()).doesNotContainKeys("429", "503");
        assertThat(document.getComponents().getResponses())
                .hasEntrySatisfying(
                        "TooManyRequests",
                        response -> assertThat(response.getHeaders()).containsKey("Retry-After"));
        assertThat(document.getComponents().getResponses())
                .hasEntrySatisfying(
                        "ServiceUnavailable",
                        response -> assertThat(response.getHeaders()).containsKey("Retry-After"));
    }

    @Test
    void withoutABoundOfRequestsNobodyHasTooMany() {
        Operation rooms = operation("rooms");
        new ApiDocument("X-Company", List.of(), false)
                .customise(new OpenAPI().paths(new Paths().addPathItem("/rooms", new PathItem().get(rooms))));
        assertThat(rooms.getResponses()).containsKey("503").doesNotContainKey("429");
    }

    @Test
    void aResponseThatTheApplicationDescribesIsKept() {
        ApiResponse own = new ApiResponse().description("Ours.");
        OpenAPI document = completed(new OpenAPI()
                .components(new Components().addResponses("TooManyRequests", own))
                .paths(new Paths().addPathItem("/rooms", new PathItem().get(operation("rooms")))));
        assertThat(document.getComponents().getResponses()).containsEntry("TooManyRequests", own);
    }

    @Test
    void aClassOfTheApplicationThatIsCalledProblemIsKept() {
        Schema<?> own = new StringSchema();
        OpenAPI document = completed(new OpenAPI()
                .components(new Components().addSchemas("Problem", own))
                .paths(new Paths().addPathItem("/rooms", new PathItem().get(operation("rooms")))));
        assertThat(document.getComponents().getSchemas())
                .containsEntry("Problem", own)
                .containsKey("TenancyProblem");
        assertThat(document.getComponents()
                        .getResponses()
                        .get("Forbidden")
                        .getContent()
                        .get("application/problem+json")
                        .getSchema()
                        .get$ref())
                .isEqualTo("#/components/schemas/TenancyProblem");
    }

    @Test
    void twoOperationsWithOneIdAreRefused() {
        OpenAPI document = new OpenAPI()
                .paths(new Paths()
                        .addPathItem("/a", new PathItem().get(operation("same")))
                        .addPathItem("/b", new PathItem().post(operation("same"))));
        assertThatIllegalStateException()
                .isThrownBy(() -> completed(document))
                .withMessageContaining("same")
                .withMessageContaining("GET /a")
                .withMessageContaining("POST /b");
    }

    @Test
    void withoutSpringdocThereIsNothingToComplete() {
        WebApplicationContextRunner application = new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(TenancyOpenApiAutoConfiguration.class));
        application.run(context -> assertThat(context).hasBean("apiDocument").hasBean("documentedOperations"));
        application
                .withClassLoader(new FilteredClassLoader("org.springdoc", "io.swagger"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("apiDocument"));
    }

    private static Operation operation(String id) {
        return new Operation().operationId(id).responses(new ApiResponses());
    }

    private static OpenAPI completed(OpenAPI document) {
        new ApiDocument("X-Company", List.of("GET /news/{id}"), true).customise(document);
        return document;
    }
}
