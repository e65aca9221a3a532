package dev.tenancy.spring.crud;

import dev.tenancy.Roles;
import dev.tenancy.TenancySetupException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * What one CRUD controller offers, and to whom: all that a description of it needs. {@link CrudEngine#offer()} has that of a
 * controller.
 *
 * @param id the attribute
 * @param versioned whether rows have a version, and answers an ETag
 * @param fields of the record, in their order
 * @param roles the lowest role for each action; an action that is not in it is denied to everyone
 */
record CrudOffer(
        Class<?> entity,
        Class<? extends Record> record,
        AttributePath id,
        boolean versioned,
        List<OfferedField> fields,
        List<Filter> filters,
        List<AttributePath> sorts,
        List<AttributePath> search,
        Map<Action, String> roles,
        Crud.Paging paging,
        boolean requireIfMatch) {

    /** What a role is needed for. */
    enum Action {
        READ,
        CREATE,
        UPDATE,
        DELETE
    }

    /** @param writes whether rows are changed as well */
    static CrudOffer of(Class<?> controller, RecordShape<?, ?> shape, Crud crud, Roles known, boolean writes) {
        List<String> faults = new ArrayList<>();
        for (String role : List.of(crud.read(), crud.write(), crud.create(), crud.update(), crud.delete())) {
            if (!role.isEmpty() && !known.contains(role)) {
                faults.add("the role " + role + " is not in tenancy.roles (" + known + ")");
            }
        }
        EntityPersister persister = shape.persister();
        Function<String, Optional<AttributePath>> find =
                name -> AttributePath.find(persister, name).filter(path -> !path.isLob());
        List<AttributePath> sorts = new ArrayList<>();
        for (String name : names(crud.sort())) {
            find.apply(name)
                    .filter(path -> Comparable.class.isAssignableFrom(path.type()))
                    .ifPresentOrElse(sorts::add, () -> faults.add("sort names " + name + unfit(persister, name)));
        }
        List<AttributePath> search = new ArrayList<>();
        for (String name : names(crud.search())) {
            find.apply(name)
                    .filter(path -> path.type() == String.class && !path.isId())
                    .ifPresentOrElse(search::add, () -> faults.add("search names " + name + unfit(persister, name)));
        }
        List<Filter> filters = new ArrayList<>();
        for (String name : names(crud.filter())) {
            find.apply(name)
                    .flatMap(path ->
                            Optional.ofNullable(ValueFormat.of(path.type())).map(format -> new Filter(path, format)))
                    .ifPresentOrElse(filters::add, () -> faults.add("filter names " + name + unfit(persister, name)));
        }
        for (String name : names(crud.readOnly())) {
            if (!isField(shape.fields(), name)) {
                faults.add(
                        "readOnly names " + name + ", which " + shape.record().getName() + " does not have");
            }
        }
        if (crud.paging() == Crud.Paging.KEYSET) {
            for (AttributePath path : sorts) {
                if (ValueFormat.of(path.type()) == null) {
                    faults.add("sort names " + path.name() + ", whose type KEYSET cannot put into a cursor");
                }
            }
        }
        Optional<AttributePath> id =
                AttributePath.find(persister, String.valueOf(persister.getIdentifierPropertyName()));
        if (id.isEmpty() || ValueFormat.of(id.get().type()) == null) {
            faults.add("the id of " + persister.getEntityName() + " is a "
                    + shape.idType().getName() + "; a path can hold a UUID, a Long, an Integer or a String");
        }
        if (writes && shape.tenant() == null) {
            faults.add(persister.getEntityName()
                    + " belongs to no tenant: a role in one must not change what is everybody's;"
                    + " TenantReadController shows it");
        }
        if (writes
                && roles(crud).containsKey(Action.CREATE)
                && Modifier.isAbstract(persister.getMappedClass().getModifiers())) {
            faults.add("it lets rows be created, but " + persister.getEntityName()
                    + " is abstract; give roles for update and delete by themselves");
        }
        if (crud.requireIfMatch() && !persister.isVersioned()) {
            faults.add("requireIfMatch is set, but " + persister.getEntityName() + " has no @Version");
        }
        if (!faults.isEmpty()) {
            throw new TenancySetupException(
                    "@Crud on " + controller.getName() + " is wrong: " + String.join("; ", faults) + ".",
                    "Mend the annotation.");
        }
        return new CrudOffer(
                persister.getMappedClass(),
                shape.record(),
                id.orElseThrow(),
                persister.isVersioned(),
                shape.fields(),
                List.copyOf(filters),
                List.copyOf(sorts),
                List.copyOf(search),
                roles(crud),
                crud.paging(),
                crud.requireIfMatch());
    }

    private static boolean isField(List<OfferedField> fields, String name) {
        int dot = name.indexOf('.');
        return fields.stream()
                .filter(field -> field.name().equals(dot < 0 ? name : name.substring(0, dot)))
                .anyMatch(field -> dot < 0 || isField(field.fields(), name.substring(dot + 1)));
    }

    private static String unfit(EntityPersister persister, String name) {
        return AttributePath.find(persister, name)
                .map(path -> path.isLob()
                        ? ", a LOB, which databases do not compare; map text without @Lob"
                        : ", whose type (" + path.type().getName() + ") does not serve for that")
                .orElse(", which is no such attribute of " + persister.getEntityName());
    }

    /** The names in a list of the annotation, where each text may hold several. */
    static List<String> names(String[] texts) {
        return Arrays.stream(texts)
                .flatMap(text -> Arrays.stream(text.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    private static Map<Action, String> roles(Crud crud) {
        Map<Action, String> roles = new EnumMap<>(Action.class);
        roles.put(Action.READ, crud.read());
        roles.put(Action.CREATE, crud.create().isEmpty() ? crud.write() : crud.create());
        roles.put(Action.UPDATE, crud.update().isEmpty() ? crud.write() : crud.update());
        roles.put(Action.DELETE, crud.delete().isEmpty() ? crud.write() : crud.delete());
        roles.values().removeIf(String::isEmpty);
        return Map.copyOf(roles);
    }

    Class<?> idType() {
        return id.type();
    }

    /**
     * The id of a row, as a path names it.
     *
     * @throws RefusedException if it is none: that row is missing
     */
    Object key(String text) {
        Object key = keyOrNull(text);
        if (key == null) {
            throw new RefusedException(RefusedException.Reason.MISSING);
        }
        return key;
    }

    /** Null if it is malformed, and so the id of no row. */
    @Nullable Object keyOrNull(String text) {
        ValueFormat format = ValueFormat.of(id.type());
        return format == null ? null : format.parse(text);
    }

    /** Null if nobody may. */
    @Nullable String role(Action action) {
        return roles.get(action);
    }
}
