package dev.tenancy.test;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import dev.tenancy.GlobalEntity;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hibernate.annotations.TenantId;

/** Finds what tenants would share, for {@link TenancyRules}. */
final class SharedState {

    private static final Set<String> CACHES = Set.of(
            "com.github.benmanes.caffeine.cache.AsyncCache",
            "com.github.benmanes.caffeine.cache.Cache",
            "com.google.common.cache.Cache",
            "javax.cache.Cache",
            "org.ehcache.Cache");
    private static final Set<String> HOLDERS = Set.of(
            "java.lang.Iterable",
            "java.lang.ThreadLocal",
            "java.lang.ref.Reference",
            "java.util.Map",
            "java.util.Optional",
            "java.util.concurrent.atomic.AtomicReference",
            "java.util.concurrent.atomic.AtomicReferenceArray");
    private static final Set<String> OF_ONE_CALLER = Set.of(
            "org.springframework.web.context.annotation.RequestScope",
            "org.springframework.web.context.annotation.SessionScope");

    private SharedState() {}

    static Stream<String> caches(JavaClass type) {
        return found(
                type,
                "is a cache",
                field -> CACHES.stream().anyMatch(field.getRawType()::isAssignableTo)
                        || isShared(field) && field.getRawType().isAssignableTo("java.util.concurrent.ConcurrentMap")
                        || isFilledMap(field));
    }

    static Stream<String> entities(JavaClass type) {
        return found(type, "holds tenant-owned entities", field -> isShared(field) && holdsRows(field));
    }

    static Stream<String> undecided(JavaClass entity) {
        boolean owned = isOwned(entity);
        boolean global = isGlobal(entity);
        return owned != global
                ? Stream.empty()
                : Stream.of(entity.getDescription() + " is "
                        + (owned ? "both owned and global" : "neither owned nor global") + " in "
                        + entity.getSourceCodeLocation());
    }

    private static Stream<String> found(JavaClass type, String what, Predicate<JavaField> refused) {
        return type.getFields().stream()
                .filter(refused)
                .map(field -> field.getDescription() + " " + what + " in " + field.getSourceCodeLocation());
    }

    private static boolean isShared(JavaField field) {
        JavaClass owner = field.getOwner();
        return isStatic(field)
                || (owner.isAnnotatedWith("org.springframework.stereotype.Component")
                                || owner.isMetaAnnotatedWith("org.springframework.stereotype.Component"))
                        && OF_ONE_CALLER.stream().noneMatch(owner::isAnnotatedWith);
    }

    private static boolean isStatic(JavaField field) {
        return field.getModifiers().contains(JavaModifier.STATIC);
    }

    // Not one of constants, such as Map.of(…).
    private static boolean isFilledMap(JavaField field) {
        return isStatic(field)
                && field.getRawType().isAssignableTo("java.util.Map")
                && (!field.getRawType().isInterface()
                        || !field.getModifiers().contains(JavaModifier.FINAL)
                        || field.getOwner().getStaticInitializer().stream()
                                .flatMap(unit -> unit.getConstructorCallsFromSelf().stream())
                                .anyMatch(made -> made.getTargetOwner().isAssignableTo("java.util.Map")));
    }

    private static boolean holdsRows(JavaField field) {
        JavaClass type = field.getRawType();
        return isRow(type.getBaseComponentType())
                || HOLDERS.stream().anyMatch(type::isAssignableTo)
                        && field.getAllInvolvedRawTypes().stream().anyMatch(SharedState::isRow);
    }

    private static boolean isRow(JavaClass type) {
        return type.isAnnotatedWith("jakarta.persistence.Entity") && !isGlobal(type);
    }

    private static boolean isGlobal(JavaClass entity) {
        return selfAndSuperclasses(entity).anyMatch(one -> one.isAnnotatedWith(GlobalEntity.class));
    }

    private static boolean isOwned(JavaClass entity) {
        return selfAndSuperclasses(entity)
                .flatMap(one -> Stream.<CanBeAnnotated>concat(one.getFields().stream(), one.getMethods().stream()))
                .anyMatch(attribute -> attribute.isAnnotatedWith(TenantId.class));
    }

    private static Stream<JavaClass> selfAndSuperclasses(JavaClass type) {
        return Stream.concat(Stream.of(type), type.getAllRawSuperclasses().stream());
    }
}
