package dev.tenancy.spring;

import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.metamodel.Attribute;
import jakarta.persistence.metamodel.EntityType;
import jakarta.persistence.metamodel.SingularAttribute;
import jakarta.validation.constraints.NotBlank;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.springframework.core.ResolvableType;

/**
 * What a CRUD controller offers, as far as its clients see it.
 *
 * @param name what one row is called, such as {@code TimeEntry}
 * @param versions whether a row has a version that a request may or must name
 * @param roles the lowest role of each operation; none if it is denied to everyone
 */
record OfferedResource(
        String name,
        Class<?> record,
        Class<?> idType,
        List<Field> fields,
        List<String> sorts,
        List<Filter> filters,
        boolean searchable,
        boolean keyset,
        int maxPageSize,
        Versions versions,
        Map<CrudOperation, String> roles) {

    private static final Set<String> NEVER_WRITTEN = Set.of("id", "tenantId", "version");

    record Field(String name, boolean writable, boolean nullable, boolean notBlank) {}

    /** A parameter {@code name}, and one for each of its operators, such as {@code gte}. */
    record Filter(String name, Class<?> type, List<String> operators) {}

    enum Versions {
        NONE,
        OFFERED,
        REQUIRED
    }

    static OfferedResource of(Class<?> controller, EntityManagerFactory factory, int maxPageSize) {
        ResolvableType[] generics = ResolvableType.forClass(controller)
                .as(TenantReadController.class)
                .getGenerics();
        EntityType<?> entity = factory.getMetamodel().entity(generics[0].resolve(Object.class));
        EntityPersister persister = factory.unwrap(SessionFactoryImplementor.class)
                .getMappingMetamodel()
                .getEntityDescriptor(entity.getJavaType());
        Class<?> record = generics[1].resolve(Record.class);
        Crud crud = Objects.requireNonNull(controller.getAnnotation(Crud.class));
        return new OfferedResource(
                controller.getSimpleName().replaceAll("(?<=.)Controller$", ""),
                record,
                entity.getIdType().getJavaType(),
                Arrays.stream(record.getRecordComponents())
                        .map(component -> field(component, entity, Set.of(crud.readOnly())))
                        .toList(),
                Stream.concat(Stream.of(crud.sort()), Stream.of("id"))
                        .distinct()
                        .toList(),
                Arrays.stream(crud.filter())
                        .map(name -> filter(name, persister))
                        .toList(),
                crud.search().length > 0,
                crud.paging() == Crud.Paging.KEYSET,
                maxPageSize,
                !persister.isVersioned() ? Versions.NONE : crud.requireIfMatch() ? Versions.REQUIRED : Versions.OFFERED,
                roles(crud));
    }

    private static Filter filter(String name, EntityPersister persister) {
        ListFilter filter = new ListFilter(name, Objects.requireNonNull(AttributePath.find(persister, name)));
        return new Filter(name, filter.path().type(), filter.operators());
    }

    private static Field field(RecordComponent component, EntityType<?> entity, Set<String> readOnly) {
        String name = component.getName();
        Set<String> attributes =
                entity.getAttributes().stream().map(Attribute::getName).collect(Collectors.toSet());
        String attribute = attributes.contains(name) ? name : name.replaceAll("Id$", "");
        return new Field(
                name,
                !NEVER_WRITTEN.contains(name) && !readOnly.contains(name),
                entity.getAttribute(attribute) instanceof SingularAttribute<?, ?> single
                        && single.isOptional()
                        && !single.isId(),
                component.getAccessor().isAnnotationPresent(NotBlank.class));
    }

    private static Map<CrudOperation, String> roles(Crud crud) {
        Map<CrudOperation, String> roles = new EnumMap<>(CrudOperation.class);
        for (CrudOperation operation : CrudOperation.values()) {
            String own = switch (operation) {
                case LIST, EXPORT, GET -> crud.read();
                case CREATE -> crud.create();
                case REPLACE, PATCH -> crud.update();
                case DELETE -> crud.delete();
            };
            boolean reads = EnumSet.of(CrudOperation.LIST, CrudOperation.EXPORT, CrudOperation.GET)
                    .contains(operation);
            String role = own.isEmpty() && !reads ? crud.write() : own;
            if (!role.isEmpty()) {
                roles.put(operation, role);
            }
        }
        return roles;
    }

    /** The name in the plural and in words: {@code time entries}. */
    String plural() {
        return CrudOperation.plural(name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " "))
                .toLowerCase(Locale.ROOT);
    }
}
