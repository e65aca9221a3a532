package dev.tenancy.spring;

import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.metamodel.Attribute;
import jakarta.persistence.metamodel.EntityType;
import jakarta.persistence.metamodel.SingularAttribute;
import jakarta.validation.constraints.NotBlank;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** What a CRUD controller offers. */
record OfferedResource(
        String name,
        Class<?> record,
        Class<?> idType,
        List<Field> fields,
        List<String> sorts,
        boolean searchable,
        int maxPageSize,
        Crud crud) {

    record Field(String name, boolean writable, boolean nullable, boolean notBlank) {}

    static OfferedResource of(Class<?> controller, EntityManagerFactory factory, int maxPageSize) {
        ResolvableType[] generics = ResolvableType.forClass(controller)
                .as(TenantReadController.class)
                .getGenerics();
        Class<?> record = generics[1].resolve(Record.class);
        EntityType<?> entity = factory.getMetamodel().entity(generics[0].resolve(Object.class));
        Crud crud = Objects.requireNonNull(AnnotatedElementUtils.findMergedAnnotation(controller, Crud.class));
        List<String> never = List.of("id", "tenantId", "version");
        List<Field> fields = Arrays.stream(record.getRecordComponents())
                .map(c -> {
                    boolean writable = !never.contains(c.getName())
                            && !List.of(crud.readOnly()).contains(c.getName());
                    String attribute = entity.getAttributes().stream()
                                    .map(Attribute::getName)
                                    .anyMatch(c.getName()::equals)
                            ? c.getName()
                            : c.getName().replaceAll("Id$", "");
                    boolean nullable = !c.getName().equals("id")
                            && entity.getAttribute(attribute) instanceof SingularAttribute<?, ?> a
                            && a.isOptional();
                    return new Field(
                            c.getName(), writable, nullable, c.getAccessor().isAnnotationPresent(NotBlank.class));
                })
                .toList();
        return new OfferedResource(
                controller.getSimpleName().replaceAll("(?<=.)Controller$", ""),
                record,
                entity.getIdType().getJavaType(),
                fields,
                Stream.concat(Stream.of(crud.sort()), Stream.of("id"))
                        .distinct()
                        .toList(),
                crud.search().length > 0,
                maxPageSize,
                crud);
    }

    private String words() {
        return CrudOperation.plural(name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " "));
    }

    String plural() {
        return words().toLowerCase(java.util.Locale.ROOT);
    }

    String tag() {
        return words().substring(0, 1).toUpperCase(java.util.Locale.ROOT)
                + words().substring(1).toLowerCase(java.util.Locale.ROOT);
    }

    String role(CrudOperation operation) {
        String own = switch (operation) {
            case LIST, GET -> crud.read();
            case CREATE -> crud.create();
            case REPLACE, PATCH -> crud.update();
            case DELETE -> crud.delete();
        };
        return own.isEmpty() && operation != CrudOperation.LIST && operation != CrudOperation.GET ? crud.write() : own;
    }
}
