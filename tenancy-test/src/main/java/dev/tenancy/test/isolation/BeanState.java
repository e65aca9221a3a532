package dev.tenancy.test.isolation;

import dev.tenancy.TenantPrincipal;
import dev.tenancy.test.isolation.ApplicationBeans.Bean;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** The fields of a singleton: what is in them is everybody's, unless it is kept under the tenant. */
final class BeanState implements Target {

    private static final int DEPTH = 4;
    private static final int MOST = 10_000;

    private final String name;
    private final Bean bean;
    private final ApplicationBeans beans;
    private final AttackedRows rows;
    private final List<Field> fields = new ArrayList<>();
    private final Map<Field, Set<Object>> before = new HashMap<>();

    /** Before anything is attacked: what stands there now is not left by an attack. */
    BeanState(String name, Bean bean, ApplicationBeans beans, AttackedRows rows) {
        this.name = name;
        this.bean = bean;
        this.beans = beans;
        this.rows = rows;
        for (Class<?> type = bean.type(); type != null && beans.isOwn(type); type = type.getSuperclass()) {
            fields.addAll(List.of(type.getDeclaredFields()));
        }
        fields.removeIf(field -> field.getType().isPrimitive() || field.isSynthetic());
        Map<Object, Set<String>> ids = new HashMap<>();
        List.of(rows.owner(), rows.other()).forEach(tenant -> ids.put(tenant, Set.of(tenant.toString())));
        fields.forEach(field -> before.put(field, left(field, ids)));
    }

    boolean hasFields() {
        return !fields.isEmpty();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Stream<Attack> attacks() {
        return Stream.of(Attack.proving("fields", this::fields));
    }

    private String fields() {
        if (rows.metMarks().isEmpty()) {
            throw new Unproven("not proven: " + Cell.path(name, "fields")
                    + ": nothing was attacked that could have left something. Run the whole class.");
        }
        for (Field field : fields) {
            Set<Object> left = left(field, marks(field));
            if (!left.isEmpty()) {
                throw finding(field, left.size() > 1, left.size() == 1 && isIdAlone(field));
            }
        }
        return "nothing of a tenant is left in its fields, but for what is kept under the tenant's id";
    }

    private Set<Object> left(Field field, Map<Object, Set<String>> marks) {
        ReflectionUtils.makeAccessible(field);
        Walk walk = new Walk(marks);
        walk.into(ReflectionUtils.getField(field, bean.target()), "", DEPTH);
        return walk.left;
    }

    // The id of a tenant that stood there before is no row: a constant, a member of a list.
    private Map<Object, Set<String>> marks(Field field) {
        Map<Object, Set<String>> marks = new HashMap<>();
        rows.metMarks().forEach((tenant, met) -> {
            Set<String> held = new TreeSet<>(met);
            if (before.getOrDefault(field, Set.of()).contains(tenant)) {
                held.remove(tenant.toString());
            }
            marks.put(tenant, held);
        });
        return marks;
    }

    private boolean isIdAlone(Field field) {
        Map<Object, Set<String>> rows = marks(field);
        rows.forEach((tenant, held) -> held.remove(tenant.toString()));
        return left(field, rows).isEmpty();
    }

    /** @param idAlone whether it is the id of one tenant, and nothing of its rows */
    private Unproven finding(Field field, boolean both, boolean idAlone) {
        String what = Cell.path(name, "fields") + ": the field " + field.getName()
                + (idAlone
                        ? " keeps who was the current tenant, so that what is done later is done for that one. Remove it, and ask"
                                + " CurrentTenant.require() each time"
                        : " keeps what belongs to "
                                + (both ? "both tenants" : "a tenant")
                                + ", and not under the tenant's id, so that others find it there. Keep it in a cache of a"
                                + " CacheManager bean, or in a map whose key has the tenant's id");
        return both ? Unproven.leak(what + ".") : new Unproven("not proven: " + what + ", or list it in notProven().");
    }

    /** Follows one field through collections, and objects of the application that are no beans. */
    private final class Walk {

        private final Map<Object, Set<String>> marks;
        private final Set<Object> left = new LinkedHashSet<>();
        private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

        Walk(Map<Object, Set<String>> marks) {
            this.marks = marks;
        }

        /** @param keys under which it is kept, as text */
        void into(@Nullable Object value, String keys, int depth) {
            if (value == null || depth == 0 || isBean(value) || !seen.add(value)) {
                return;
            }
            Map<?, ?> map = value instanceof Map<?, ?> already ? already : viewed(value);
            if (map != null) {
                map.entrySet().stream().limit(MOST).forEach(entry -> {
                    String key = keys + " " + rows.answers().text(entry.getKey());
                    note(key, key);
                    into(entry.getValue(), key, depth - 1);
                });
            } else if (value instanceof Collection<?> several) {
                List.copyOf(several.stream().limit(MOST).toList()).forEach(one -> into(one, keys, depth - 1));
            } else if (value instanceof TenantPrincipal principal) {
                note(String.valueOf(principal.tenantId()), keys);
            } else if (value instanceof AtomicReference<?> reference) {
                into(reference.get(), keys, depth - 1);
            } else if (value.getClass().isArray()
                    && !value.getClass().getComponentType().isPrimitive()) {
                for (int i = 0; i < Math.min(MOST, Array.getLength(value)); i++) {
                    into(Array.get(value, i), keys, depth - 1);
                }
            } else if (isRow(value) || ClassUtils.isSimpleValueType(value.getClass())) {
                note(rows.answers().text(value), keys);
            } else if (beans.isOwn(value.getClass())) {
                ReflectionUtils.doWithFields(value.getClass(), field -> {
                    if (!Modifier.isStatic(field.getModifiers()) && beans.isOwn(field.getDeclaringClass())) {
                        ReflectionUtils.makeAccessible(field);
                        into(field.get(value), keys, depth - 1);
                    }
                });
            }
        }

        private void note(String text, String keys) {
            marks.forEach((tenant, held) -> {
                if (!keys.contains(tenant.toString()) && held.stream().anyMatch(text::contains)) {
                    left.add(tenant);
                }
            });
        }

        // It is a target of its own.
        private boolean isBean(Object value) {
            return value != bean.target()
                    && beans.all().stream().anyMatch(one -> one.object() == value || one.target() == value);
        }

        private boolean isRow(Object value) {
            return rows.mapping().entity(Hibernate.getClassLazy(value)) != null;
        }

        // As Caffeine and Guava have it.
        private @Nullable Map<?, ?> viewed(Object value) {
            for (Class<?> type : ClassUtils.getAllInterfaces(value)) {
                Method view = ClassUtils.getMethodIfAvailable(type, "asMap");
                if (view != null && Map.class.isAssignableFrom(view.getReturnType())) {
                    ReflectionUtils.makeAccessible(view);
                    return (Map<?, ?>) ReflectionUtils.invokeMethod(view, value);
                }
            }
            return null;
        }
    }
}
