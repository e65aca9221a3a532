package dev.tenancy;

import dev.tenancy.TwoTenants.Ids;
import dev.tenancy.TwoTenants.Path;
import jakarta.persistence.criteria.CriteriaDelete;
import jakarta.persistence.criteria.CriteriaUpdate;
import jakarta.persistence.criteria.Root;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.StatelessSession;

/** Named paths, each once, and the steps that many of them share. */
final class Paths {

    @FunctionalInterface
    interface StatelessPath {
        Object go(StatelessSession session, Ids ids);
    }

    private final Map<String, Path> all = new LinkedHashMap<>();

    Map<String, Path> all() {
        return all;
    }

    void add(String name, Path path) {
        if (all.put(name, path) != null) {
            throw new IllegalArgumentException("There are two paths " + name);
        }
    }

    /** A path that comes to nothing but what it leaves in the tables. */
    void addWork(String name, BiConsumer<Session, Ids> work) {
        add(name, (session, ids) -> {
            work.accept(session, ids);
            return null;
        });
    }

    void addStateless(String name, StatelessPath path) {
        add(
                "stateless " + name,
                (session, ids) ->
                        session.getSessionFactory().fromStatelessTransaction(stateless -> path.go(stateless, ids)));
    }

    /** A query whose parameter {@code id}, if it has one, is the id of the entity's row. */
    void addQuery(Class<?> entity, String query) {
        add("JPQL " + query, (session, ids) -> {
            var selection = session.createSelectionQuery(query, Object.class);
            if (query.contains(":id")) {
                selection.setParameter("id", ids.id(entity));
            }
            return selection.getResultList();
        });
    }

    /** A statement whose parameter {@code id}, if it has one, is the id of the entity's row. */
    void addMutation(Class<?> entity, String statement) {
        add("HQL " + statement, (session, ids) -> {
            var mutation = session.createMutationQuery(statement);
            if (statement.contains(":id")) {
                mutation.setParameter("id", ids.id(entity));
            }
            return mutation.executeUpdate();
        });
    }

    static <E> E unproxied(Session session, Class<E> entity, Ids ids) {
        return entity.cast(Hibernate.unproxy(session.getReference(entity, ids.id(entity))));
    }

    static <E> Object criteriaUpdate(Session session, Class<E> entity) {
        CriteriaUpdate<E> update = session.getCriteriaBuilder().createCriteriaUpdate(entity);
        Root<E> row = update.from(entity);
        update.set(row.<String>get("text"), "changed");
        return session.createMutationQuery(update).executeUpdate();
    }

    static <E> Object criteriaDelete(Session session, Class<E> entity) {
        CriteriaDelete<E> delete = session.getCriteriaBuilder().createCriteriaDelete(entity);
        delete.from(entity);
        return session.createMutationQuery(delete).executeUpdate();
    }

    /**
     * An instance that its session never saw, as a request's body would make it: of the caller's own tenant, if you believe
     * it.
     */
    static <E> E forged(Class<E> entity, Ids ids) {
        E row = unowned(entity, ids);
        set(row, "tenantId", CurrentTenant.require().tenantId());
        return row;
    }

    /** As {@link #forged}, with no tenant in it. */
    static <E> E unowned(Class<E> entity, Ids ids) {
        try {
            var constructor = entity.getDeclaredConstructor();
            constructor.setAccessible(true);
            E row = constructor.newInstance();
            set(row, "id", ids.id(entity));
            return row;
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static void set(Object row, String attribute, Object value) {
        for (Class<?> type = row.getClass(); type != null; type = type.getSuperclass()) {
            try {
                Field field = type.getDeclaredField(attribute);
                field.setAccessible(true);
                field.set(row, value);
                return;
            } catch (NoSuchFieldException higher) {
                // It may be the superclass's.
            } catch (IllegalAccessException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        throw new IllegalArgumentException(row.getClass() + " has no " + attribute);
    }
}
