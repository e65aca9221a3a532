package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.RowValues.Value;
import dev.tenancy.test.isolation.SampleRows.Row;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanInstantiationException;
import org.springframework.beans.BeanUtils;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** Arguments for methods of the application, taken from rows of their owner by the names and the types of the parameters. */
final class SampleArguments {

    /** Several values for a parameter of a type that is no row's, such as a page to ask for; empty if it does not know the type. */
    @FunctionalInterface
    interface Types {
        List<?> of(ResolvableType type, RowValues row, EntityPersister entity);
    }

    /** A parameter. */
    record Wanted(String name, ResolvableType type) {}

    private static final int CHOICES = 24;
    private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();
    private static final int DEPTH = 3;

    private final OwnedMapping mapping;
    private final SampleRows rows;
    private final Types types;
    // The same in each call of a trial, so that answers can be compared.
    private final Map<String, @Nullable Object> changes = new HashMap<>();

    SampleArguments(OwnedMapping mapping, SampleRows rows, Types types) {
        this.mapping = mapping;
        this.rows = rows;
        this.types = types;
    }

    static List<Wanted> wanted(Executable method, Class<?> type) {
        Parameter[] parameters = method.getParameters();
        String[] names = method instanceof Method m
                ? NAMES.getParameterNames(m)
                : NAMES.getParameterNames((Constructor<?>) method);
        List<Wanted> wanted = new ArrayList<>();
        for (int i = 0; i < parameters.length; i++) {
            wanted.add(new Wanted(
                    names == null ? parameters[i].getName() : names[i],
                    method instanceof Method m
                            ? ResolvableType.forMethodParameter(m, i, type)
                            : ResolvableType.forConstructorParameter((Constructor<?>) method, i, type)));
        }
        return wanted;
    }

    /** The choices in the order in which they are tried, each made from one row. */
    List<@Nullable Object[]> choices(List<Wanted> wanted, List<Row> from, boolean changed) {
        List<List<List<?>>> all = new ArrayList<>();
        for (Row row : from) {
            RowValues values = RowValues.of(row, mapping, rows);
            List<List<?>> alternatives = wanted.stream()
                    .<List<?>>map(one -> alternatives(one, values, row.entity(), changed, DEPTH))
                    .toList();
            if (alternatives.stream().noneMatch(Collection::isEmpty)) {
                all.add(alternatives);
            }
        }
        List<@Nullable Object[]> choices = new ArrayList<>();
        all.forEach(alternatives -> choices.add(first(alternatives)));
        // After the best of each, the others of one parameter at a time.
        for (List<List<?>> alternatives : all) {
            for (int at = 0; at < alternatives.size(); at++) {
                for (Object value :
                        alternatives.get(at).subList(1, alternatives.get(at).size())) {
                    @Nullable Object[] choice = first(alternatives);
                    choice[at] = value;
                    choices.add(choice);
                }
            }
        }
        return choices.subList(0, Math.min(CHOICES, choices.size()));
    }

    private static @Nullable Object[] first(List<List<?>> alternatives) {
        return alternatives.stream().map(one -> one.get(0)).toArray();
    }

    /** The first parameter for which there is no value at all. */
    Optional<Wanted> missing(List<Wanted> wanted, List<Row> from) {
        return wanted.stream()
                .filter(one -> from.stream()
                        .allMatch(row -> alternatives(one, RowValues.of(row, mapping, rows), row.entity(), false, DEPTH)
                                .isEmpty()))
                .findFirst();
    }

    private List<?> alternatives(Wanted wanted, RowValues row, EntityPersister entity, boolean changed, int depth) {
        Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(wanted.type().resolve(Object.class));
        List<?> known = types.of(wanted.type(), row, entity);
        if (!known.isEmpty()) {
            return known;
        }
        if (type == Optional.class) {
            return of(wanted, 0, row, entity, changed, depth).stream()
                    .map(Optional::of)
                    .toList();
        }
        if (type.isArray()) {
            Class<?> component = type.getComponentType();
            return alternatives(
                            new Wanted(wanted.name(), wanted.type().getComponentType()), row, entity, changed, depth)
                    .stream()
                    .filter(ClassUtils.resolvePrimitiveIfNecessary(component)::isInstance)
                    .map(one -> array(component, one))
                    .toList();
        }
        if (Iterable.class.isAssignableFrom(type) && type.getName().startsWith("java.")) {
            List<?> elements = of(wanted, 0, row, entity, changed, depth);
            boolean set = Set.class.isAssignableFrom(type);
            return elements.stream()
                    .map(one -> set ? (Object) new LinkedHashSet<>(List.of(one)) : new ArrayList<>(List.of(one)))
                    .filter(type::isInstance)
                    .toList();
        }
        return isEntity(type) ? entities(type, row, changed) : plain(wanted, type, row, entity, changed, depth);
    }

    private List<?> of(Wanted wanted, int generic, RowValues row, EntityPersister entity, boolean changed, int depth) {
        ResolvableType type =
                wanted.type().as(wanted.type().resolve(Object.class)).getGeneric(generic);
        String name = wanted.name().replaceFirst("(?<=[a-z])s$", "");
        return alternatives(new Wanted(name, type), row, entity, changed, depth);
    }

    private static Object array(Class<?> component, Object one) {
        Object array = Array.newInstance(component, 1);
        Array.set(array, 0, one);
        return array;
    }

    // ---- entities

    private boolean isEntity(Class<?> type) {
        return type != Object.class
                && mapping.owned().stream().anyMatch(owned -> type.isAssignableFrom(owned.type()))
                && !type.isInterface();
    }

    private List<?> entities(Class<?> type, RowValues row, boolean changed) {
        List<Object> found = new ArrayList<>();
        for (Object instance : row.instances()) {
            if (type.isInstance(instance)) {
                List<Object> variants = new ArrayList<>();
                EntityPersister entity = mapping.entity(instance.getClass());
                if (entity != null) {
                    for (BasicAttributeMapping attribute : RowValues.changeable(entity)) {
                        change(entity, instance, attribute).ifPresent(variants::add);
                    }
                }
                variants.add(changed ? variants.size() : 0, instance);
                found.addAll(variants);
            }
        }
        return found;
    }

    // A copy, since the same row is an argument of other choices too.
    private Optional<Object> change(EntityPersister entity, Object instance, BasicAttributeMapping attribute) {
        Object value = changes.computeIfAbsent(
                entity.getEntityName() + "." + attribute.getAttributeName(),
                key -> other(attribute.getValue(instance), attribute));
        if (value == null) {
            return Optional.empty();
        }
        Object copy = entity.getRepresentationStrategy().getInstantiator().instantiate();
        entity.setIdentifier(copy, entity.getIdentifier(instance), null);
        OwnedMapping.attributes(entity).forEach(one -> one.setValue(copy, one.getValue(instance)));
        attribute.setValue(copy, value);
        return Optional.of(copy);
    }

    private @Nullable Object other(@Nullable Object now, BasicAttributeMapping attribute) {
        if (now instanceof Boolean yes) {
            return !yes;
        }
        Object shifted = now instanceof Number ? shifted(now, 1) : null;
        return shifted != null
                ? shifted
                : rows.values().of(attribute.getJavaType().getJavaTypeClass(), attribute, false);
    }

    // ---- values

    private List<?> plain(
            Wanted wanted, Class<?> type, RowValues row, EntityPersister entity, boolean changed, int depth) {
        List<Object> found = new ArrayList<>();
        String name = wanted.name().toLowerCase(Locale.ROOT);
        String own = entity.getMappedClass().getSimpleName().toLowerCase(Locale.ROOT);
        List<Value> fitting = row.all().stream()
                .filter(value -> type.isInstance(value.value()))
                .toList();
        if (type == Object.class) {
            found.add(row.instances().get(0));
        } else {
            fitting.stream()
                    .sorted(Comparator.comparingInt(value -> distance(value, name, own)))
                    .map(Value::value)
                    .forEach(found::add);
        }
        if (type.isEnum()) {
            Collections.addAll(found, (Object[]) type.getEnumConstants());
        }
        if (type == String.class) {
            row.all().stream()
                    .filter(value -> !(value.value() instanceof String))
                    .filter(value -> value.id() || distance(value, name, own) < 5)
                    .forEach(value -> found.add(value.value().toString()));
        }
        found.addAll(defaults(type));
        if (found.isEmpty() && depth > 0) {
            found.addAll(constructed(type, row, entity, changed, depth - 1));
        }
        return found.stream().distinct().toList();
    }

    private static int distance(Value value, String name, String own) {
        if (value.tenant()) {
            return name.startsWith("tenant") ? 0 : 6;
        }
        String path = value.path().replace(".", "").toLowerCase(Locale.ROOT);
        if (path.equals(name)) {
            return 0;
        }
        if ((value.entity() + value.attribute()).equals(name) || value.entity().equals(name) && value.id()) {
            return 1;
        }
        if (value.attribute().equals(name)) {
            return value.entity().equals(own) ? 1 : 2;
        }
        if (name.endsWith(value.attribute()) || name.startsWith(value.attribute())) {
            return 3;
        }
        return value.id() ? 5 : 7;
    }

    private static List<?> defaults(Class<?> type) {
        if (type == Boolean.class) {
            return List.of(true, false);
        }
        Object time = SampleValues.time(type, LocalDateTime.of(2024, 2, 29, 12, 0));
        if (time != null) {
            return List.of(time);
        }
        List<Object> numbers = new ArrayList<>();
        for (int number : new int[] {100, 1, 0}) {
            Object value = SampleValues.number(type, number);
            if (value != null) {
                numbers.add(value);
            }
        }
        return numbers;
    }

    private List<?> constructed(Class<?> type, RowValues row, EntityPersister entity, boolean changed, int depth) {
        Constructor<?>[] constructors = type.getDeclaredConstructors();
        if (type.isInterface()
                || Modifier.isAbstract(type.getModifiers())
                || type.getName().startsWith("java.")
                || type.getName().startsWith("org.springframework.")
                || constructors.length != 1) {
            return List.of();
        }
        List<List<?>> parts = wanted(constructors[0], type).stream()
                .<List<?>>map(part -> alternatives(part, row, entity, changed, depth))
                .toList();
        if (parts.stream().anyMatch(Collection::isEmpty)) {
            return List.of();
        }
        List<Object> made = new ArrayList<>();
        for (int n = 0; n < parts.stream().mapToInt(List::size).max().orElse(1); n++) {
            int at = n;
            Object[] arguments = parts.stream()
                    .map(part -> part.get(Math.min(at, part.size() - 1)))
                    .toArray();
            try {
                made.add(BeanUtils.instantiateClass(constructors[0], arguments));
            } catch (BeanInstantiationException refused) {
                // Its constructor does not take these values; the next may do.
                continue;
            }
        }
        return made;
    }

    /** A value that is greater, or less. Null if there is none. */
    static @Nullable Object shifted(Object value, int by) {
        if (value instanceof Number number) {
            return SampleValues.number(value.getClass(), number.intValue() + by);
        }
        if (value instanceof String text) {
            return by > 0 ? text + "~" : "";
        }
        if (value instanceof Temporal time) {
            for (ChronoUnit unit : List.of(ChronoUnit.DAYS, ChronoUnit.MINUTES, ChronoUnit.YEARS)) {
                if (time.isSupported(unit)) {
                    return time.plus(by, unit);
                }
            }
        }
        return null;
    }
}
