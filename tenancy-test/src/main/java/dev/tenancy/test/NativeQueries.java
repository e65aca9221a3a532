package dev.tenancy.test;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import java.util.Set;
import java.util.stream.Stream;

/** Finds SQL that the application writes itself, for {@link TenancyRules}. */
final class NativeQueries {

    private static final Set<String> OF_JPA = Set.of(
            "createNativeQuery",
            "createNativeMutationQuery",
            "createNamedStoredProcedureQuery",
            "createStoredProcedureCall",
            "createStoredProcedureQuery");
    private static final Set<String> OF_JDBC = Set.of(
            "addBatch",
            "createStatement",
            "execute",
            "executeBatch",
            "executeLargeUpdate",
            "executeQuery",
            "executeUpdate",
            "prepareCall",
            "prepareStatement");
    private static final Set<String> NAMED = Set.of(
            "jakarta.persistence.NamedNativeQueries",
            "jakarta.persistence.NamedNativeQuery",
            "jakarta.persistence.NamedStoredProcedureQuery",
            "org.hibernate.annotations.NamedNativeQueries",
            "org.hibernate.annotations.NamedNativeQuery");
    private static final Set<String> OF_METHODS = Set.of(
            "org.hibernate.annotations.processing.SQL",
            "org.springframework.data.jdbc.repository.query.Query",
            "org.springframework.data.jpa.repository.NativeQuery");

    private NativeQueries() {}

    static Stream<String> in(JavaClass type) {
        Stream<String> calls = UnguardedUses.calls(type)
                .filter(call -> isSql(call.getTarget()))
                .map(JavaAccess::getDescription);
        Stream<String> named = NAMED.stream()
                .filter(type::isAnnotatedWith)
                .map(annotation -> type.getDescription() + " is annotated with @" + annotation + " in "
                        + type.getSourceCodeLocation());
        Stream<String> methods = type.getMethods().stream()
                .filter(NativeQueries::isNative)
                .map(method ->
                        method.getDescription() + " declares a native query in " + method.getSourceCodeLocation());
        return Stream.of(calls, named, methods).flatMap(all -> all);
    }

    private static boolean isSql(AccessTarget target) {
        JavaClass owner = target.getOwner();
        return OF_JPA.contains(target.getName())
                        && (owner.isAssignableTo("jakarta.persistence.EntityManager")
                                || owner.isAssignableTo("org.hibernate.query.QueryProducer"))
                || OF_JDBC.contains(target.getName())
                        && (owner.isAssignableTo("java.sql.Connection") || owner.isAssignableTo("java.sql.Statement"))
                || owner.getPackageName().startsWith("org.springframework.jdbc.core")
                || owner.isAssignableTo("org.jooq.DSLContext");
    }

    private static boolean isNative(JavaMethod method) {
        return OF_METHODS.stream().anyMatch(((CanBeAnnotated) method)::isAnnotatedWith)
                || method.tryGetAnnotationOfType("org.springframework.data.jpa.repository.Query")
                        .flatMap(query -> query.get("nativeQuery"))
                        .filter(Boolean.TRUE::equals)
                        .isPresent();
    }
}
