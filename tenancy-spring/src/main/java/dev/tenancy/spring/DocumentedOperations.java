package dev.tenancy.spring;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.responses.ApiResponses;
import jakarta.persistence.EntityManagerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOperationComponentsCustomizer;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;

/** Completes the operations one by one: who may call each, and how it refuses. */
final class DocumentedOperations implements GlobalOperationComponentsCustomizer {

    private static final String ROLE = "x-required-role";

    private final ObjectProvider<EntityManagerFactory> entities;
    private final TenancyProperties properties;
    private final ObjectProvider<SpringDocConfigProperties> springdoc;

    DocumentedOperations(
            ObjectProvider<EntityManagerFactory> entities,
            TenancyProperties properties,
            ObjectProvider<SpringDocConfigProperties> springdoc) {
        this.entities = entities;
        this.properties = properties;
        this.springdoc = springdoc;
    }

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        return operation;
    }

    @Override
    public Operation customize(Operation operation, Components components, HandlerMethod handler) {
        if (operation.getResponses() == null) {
            operation.setResponses(new ApiResponses());
        }
        CrudOperation.of(handler)
                .ifPresent(crud -> new DocumentedResource(
                                OfferedResource.of(
                                        handler.getBeanType(), entities.getObject(), properties.maxPageSize()),
                                components,
                                springdoc.getObject().isOpenapi31())
                        .describe(operation, crud));
        requiredRole(handler).ifPresent(role -> needs(operation, role));
        List<DocumentedProblems> problems = new ArrayList<>(List.of(DocumentedProblems.UNAUTHORIZED));
        if (operation.getParameters() != null && !operation.getParameters().isEmpty()) {
            problems.add(DocumentedProblems.BAD_REQUEST);
            if (operation.getParameters().stream().anyMatch(parameter -> "path".equals(parameter.getIn()))) {
                problems.add(DocumentedProblems.NOT_FOUND);
            }
        }
        if (operation.getRequestBody() != null) {
            problems.add(DocumentedProblems.BAD_REQUEST);
            problems.add(DocumentedProblems.UNSUPPORTED_MEDIA_TYPE);
        }
        if (operation.getResponses().values().stream()
                .anyMatch(response ->
                        response.getContent() != null && !response.getContent().isEmpty())) {
            problems.add(DocumentedProblems.NOT_ACCEPTABLE);
        }
        DocumentedProblems.add(operation, problems.toArray(DocumentedProblems[]::new));
        return operation;
    }

    private static Optional<String> requiredRole(HandlerMethod handler) {
        RequiresRole own = handler.getMethodAnnotation(RequiresRole.class);
        return Optional.ofNullable(
                        own != null
                                ? own
                                : AnnotatedElementUtils.findMergedAnnotation(handler.getBeanType(), RequiresRole.class))
                .map(RequiresRole::value);
    }

    /** Says who may call an operation, to people and to programs. */
    static void needs(Operation operation, @Nullable String role) {
        if (role != null) {
            operation.addExtension(ROLE, role);
        }
        String sentence = role == null ? "Denied to everyone." : "Needs the role " + role + " or a higher one.";
        String description = operation.getDescription();
        operation.setDescription(description == null ? sentence : description + " " + sentence);
    }
}
