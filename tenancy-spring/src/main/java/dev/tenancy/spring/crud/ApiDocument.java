package dev.tenancy.spring.crud;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Completes the document as a whole: how to authenticate, where that is not needed, which header names a company, and what the
 * operations refer to.
 */
final class ApiDocument implements GlobalOpenApiCustomizer {

    static final String TENANT = "Tenant";
    private static final String BEARER = "bearer";

    private final String tenantHeader;
    private final List<String> open;
    private final boolean bounded;

    /** @param bounded whether a company may have only so many requests at work */
    ApiDocument(String tenantHeader, List<String> open, boolean bounded) {
        this.tenantHeader = tenantHeader;
        this.open = open;
        this.bounded = bounded;
    }

    @Override
    public void customise(OpenAPI document) {
        Components components = document.getComponents();
        if (components == null) {
            components = new Components();
            document.setComponents(components);
        }
        components.addParameters(
                TENANT,
                new Parameter()
                        .in("header")
                        .name(tenantHeader)
                        .description("Another company of the caller's, by id or slug, for this request alone.")
                        .schema(DocumentedSchemas.typed("string").maxLength(255)));
        authenticate(document, components);
        if (document.getPaths() != null) {
            document.getPaths().forEach(this::complete);
            checkOperationIds(document);
            DocumentedProblems.addTo(components, referred(document));
        }
    }

    private static Set<String> referred(OpenAPI document) {
        return document.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .flatMap(operation -> operation.getResponses().values().stream())
                .flatMap(response -> Stream.ofNullable(response.get$ref()))
                .collect(Collectors.toSet());
    }

    // An application that describes a scheme of its own knows better.
    private static void authenticate(OpenAPI document, Components components) {
        if (components.getSecuritySchemes() == null
                || components.getSecuritySchemes().isEmpty()) {
            components.addSecuritySchemes(
                    BEARER,
                    new SecurityScheme()
                            .type(SecurityScheme.Type.HTTP)
                            .scheme(BEARER)
                            .bearerFormat("JWT"));
            document.addSecurityItem(new SecurityRequirement().addList(BEARER));
        }
    }

    private void complete(String path, PathItem item) {
        item.readOperationsMap().forEach((method, operation) -> {
            if (isOpen(method.name(), path)) {
                operation.setSecurity(List.of());
            } else {
                forMembers(operation);
            }
            ApiResponses sorted = new ApiResponses();
            sorted.putAll(new TreeMap<>(operation.getResponses()));
            operation.setResponses(sorted);
        });
    }

    // Settings that are none are refused where requests are let in.
    private boolean isOpen(String method, String path) {
        return open.stream()
                .map(setting -> setting.strip().split("\\s+", 2))
                .anyMatch(parts -> parts.length == 2
                        && parts[0].equals(method)
                        && PathPatternParser.defaultInstance.parse(parts[1]).matches(PathContainer.parsePath(path)));
    }

    private void forMembers(Operation operation) {
        operation.addParametersItem(new Parameter().$ref("#/components/parameters/" + TENANT));
        // Each asks the database, for the membership at least.
        DocumentedProblems.add(
                operation,
                DocumentedProblems.BAD_REQUEST,
                DocumentedProblems.FORBIDDEN,
                DocumentedProblems.SERVICE_UNAVAILABLE);
        if (bounded) {
            DocumentedProblems.add(operation, DocumentedProblems.TOO_MANY_REQUESTS);
        }
    }

    private static void checkOperationIds(OpenAPI document) {
        Map<String, String> known = new LinkedHashMap<>();
        document.getPaths()
                .forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
                    String here = method + " " + path;
                    String other = known.put(String.valueOf(operation.getOperationId()), here);
                    if (other != null) {
                        throw new IllegalStateException("The operation id " + operation.getOperationId()
                                + " is that of " + other + " and of " + here
                                + ". Give one of them another with @Operation(operationId = \"…\"), or another last segment"
                                + " of its path.");
                    }
                }));
    }
}
