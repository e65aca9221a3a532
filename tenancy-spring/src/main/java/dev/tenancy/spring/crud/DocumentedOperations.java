package dev.tenancy.spring.crud;

import dev.tenancy.spring.RequiresRole;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.annotations.tags.Tags;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.tags.Tag;
import jakarta.persistence.EntityManagerFactory;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationComponentsCustomizer;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;

/** Completes the operations one by one: who may call each, and how it refuses; and tells what the tags of resources mean. */
final class DocumentedOperations implements GlobalOperationComponentsCustomizer, GlobalOpenApiCustomizer {

    private final ObjectProvider<EntityManagerFactory> entities;
    private final ObjectProvider<TenantReadController<?, ?>> controllers;
    private final TenancyCrudProperties properties;
    private final ObjectProvider<SpringDocConfigProperties> springdoc;
    private final AnswerInclusion inclusion;

    DocumentedOperations(
            ObjectProvider<EntityManagerFactory> entities,
            ObjectProvider<TenantReadController<?, ?>> controllers,
            TenancyCrudProperties properties,
            ObjectProvider<SpringDocConfigProperties> springdoc,
            AnswerInclusion inclusion) {
        this.entities = entities;
        this.controllers = controllers;
        this.properties = properties;
        this.springdoc = springdoc;
        this.inclusion = inclusion;
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
        Optional<CrudOperation> crud = CrudOperation.of(handler);
        crud.ifPresent(inherited -> resource(handler, components).describe(operation, inherited));
        if (crud.isEmpty()) {
            requiredRole(handler).ifPresent(role -> DocumentedResource.needs(operation, role.isEmpty() ? null : role));
            addToResource(operation, components, handler);
        }
        List<DocumentedProblems> problems = new ArrayList<>(List.of(DocumentedProblems.UNAUTHORIZED));
        if (operation.getParameters() != null && !operation.getParameters().isEmpty()) {
            problems.add(DocumentedProblems.BAD_REQUEST);
            if (operation.getParameters().stream().anyMatch(parameter -> "path".equals(parameter.getIn()))) {
                problems.add(DocumentedProblems.NOT_FOUND);
            }
        }
        if (operation.getRequestBody() != null) {
            problems.add(DocumentedProblems.BAD_REQUEST);
            problems.add(DocumentedProblems.CONTENT_TOO_LARGE);
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

    @Override
    public void customise(OpenAPI document) {
        if (document.getPaths() == null) {
            return;
        }
        if (document.getComponents() != null) {
            DerivedSchemas.addTo(document.getComponents());
        }
        Set<String> unknown = document.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .flatMap(operation -> Stream.ofNullable(operation.getTags()).flatMap(List::stream))
                .collect(Collectors.toCollection(TreeSet::new));
        List<Tag> tags = new ArrayList<>(Objects.requireNonNullElse(document.getTags(), List.of()));
        tags.forEach(tag -> unknown.remove(tag.getName()));
        controllers.stream()
                .map(controller -> singular(
                        AopUtils.getTargetClass(controller), engine(controller).offer()))
                .filter(name -> unknown.remove(CrudOperation.tag(name)))
                .map(name -> new Tag().name(CrudOperation.tag(name)).description(CrudOperation.tagDescription(name)))
                .forEach(tags::add);
        tags.sort(Comparator.comparing(Tag::getName));
        document.setTags(tags);
    }

    private DocumentedResource resource(HandlerMethod handler, Components components) {
        CrudOffer offer = engine(handler.createWithResolvedBean().getBean()).offer();
        String name = singular(handler.getBeanType(), offer);
        String schema = offer.record().getSimpleName();
        // What is read-only in one resource may not be so in another that shows the same record.
        boolean shared = controllers.stream()
                        .filter(other -> engine(other).offer().record() == offer.record())
                        .count()
                > 1;
        EntityPersister persister = entities.getObject()
                .unwrap(SessionFactoryImplementor.class)
                .getMappingMetamodel()
                .getEntityDescriptor(offer.entity());
        RowSchemas.Document document = new RowSchemas.Document(
                components,
                inclusion,
                ModelConverters.getInstance(springdoc.getObject().isOpenapi31()));
        return new DocumentedResource(
                name,
                offer,
                new DocumentedResource.Limits(
                        properties.maxPageSize(), properties.maxBulkSize(), properties.maxExports()),
                new RowSchemas(shared ? name + schema : schema, offer, persister, document));
    }

    private static String singular(Class<?> controller, CrudOffer offer) {
        return CrudOperation.singular(
                controller.getSimpleName().replaceAll("(?<=.)Controller$", ""),
                offer.entity().getSimpleName());
    }

    // What the application adds to a resource stands under the same tag, and takes the same rows.
    private void addToResource(Operation operation, Components components, HandlerMethod handler) {
        if (!TenantReadController.class.isAssignableFrom(handler.getBeanType())) {
            return;
        }
        if (operation.getRequestBody() != null && operation.getRequestBody().getContent() != null) {
            resource(handler, components).describeBody(operation);
        }
        if (!isTagged(handler.getBeanType()) && !isTagged(handler.getMethod())) {
            CrudOffer offer = engine(handler.createWithResolvedBean().getBean()).offer();
            operation.setTags(new ArrayList<>(List.of(CrudOperation.tag(singular(handler.getBeanType(), offer)))));
        }
    }

    private static boolean isTagged(AnnotatedElement element) {
        io.swagger.v3.oas.annotations.Operation operation =
                AnnotatedElementUtils.findMergedAnnotation(element, io.swagger.v3.oas.annotations.Operation.class);
        return AnnotatedElementUtils.hasAnnotation(element, io.swagger.v3.oas.annotations.tags.Tag.class)
                || AnnotatedElementUtils.hasAnnotation(element, Tags.class)
                || operation != null && operation.tags().length > 0;
    }

    private static CrudEngine<?, ?> engine(Object bean) {
        // What is private to it is not in a proxy.
        Object target = Objects.requireNonNullElse(AopProxyUtils.getSingletonTarget(bean), bean);
        return ((TenantReadController<?, ?>) target).engine();
    }

    // As HandlerRoles asks for it, and whoever enforces the annotation.
    private static Optional<String> requiredRole(HandlerMethod handler) {
        RequiresRole own = AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), RequiresRole.class);
        if (own == null && TenantReadController.class.isAssignableFrom(handler.getBeanType())) {
            return Optional.of(
                    engine(handler.createWithResolvedBean().getBean()).roleOf(reads(handler)));
        }
        return Optional.ofNullable(
                        own != null
                                ? own
                                : AnnotatedElementUtils.findMergedAnnotation(handler.getBeanType(), RequiresRole.class))
                .map(RequiresRole::value);
    }

    private static boolean reads(HandlerMethod handler) {
        RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), RequestMapping.class);
        return mapping != null
                && mapping.method().length > 0
                && Set.of(RequestMethod.GET, RequestMethod.HEAD).containsAll(List.of(mapping.method()));
    }
}
