package dev.tenancy.test;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.properties.HasAnnotations;
import com.tngtech.archunit.core.domain.properties.HasName;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds calls that go past the library, for {@link TenancyRules}. */
final class UnguardedUses {

    private static final Set<String> THREADS = Set.of(
            "java.lang.Thread",
            "java.util.Timer",
            "java.util.concurrent.ForkJoinPool",
            "java.util.concurrent.ThreadPoolExecutor");
    private static final Set<String> STARTS = Set.of("startVirtualThread", "ofVirtual", "ofPlatform");

    private UnguardedUses() {}

    static Stream<String> connections(JavaClass type) {
        return found(
                type,
                call -> isOf(call, "java.sql.Wrapper", "unwrap")
                        || isOf(call, "java.sql.DriverManager", "getConnection")
                        || isOf(call, "java.sql.Driver", "connect")
                        || isOf(call, "org.springframework.boot.jdbc.DataSourceBuilder", "build") && !makesBean(call)
                        || isMade(call, "javax.sql.DataSource") && !makesBean(call));
    }

    static Stream<String> threads(JavaClass type) {
        return found(
                type,
                call -> THREADS.stream().anyMatch(thread -> isMade(call, thread))
                        || isMade(call, "org.springframework.core.task.TaskExecutor")
                                && !makesBean(call)
                                && !decorates(call.getOrigin())
                        || isOf(call, "java.lang.Thread", STARTS::contains)
                        || isOf(call, "java.util.concurrent.Executors", name -> name.startsWith("new"))
                        || isOf(call, "java.util.concurrent.CompletableFuture", name -> name.endsWith("Async"))
                                && takesNoExecutor(call)
                        || isOf(call, "java.util.concurrent.ForkJoinPool", "commonPool")
                        || isOf(call, "java.util.Collection", "parallelStream")
                        || isOf(call, "java.util.stream.BaseStream", "parallel"));
    }

    static Stream<String> applicationScope(JavaClass type) {
        Stream<String> scoped = Stream.<HasAnnotations<?>>concat(Stream.of(type), type.getMethods().stream())
                .filter(UnguardedUses::isOfApplication)
                .map(one -> ((HasName) one).getName() + " is a bean in the scope of the application in "
                        + type.getSourceCodeLocation());
        return Stream.concat(found(type, call -> isOf(call, "jakarta.servlet.ServletContext", "setAttribute")), scoped);
    }

    private static boolean isOfApplication(HasAnnotations<?> bean) {
        return bean.isAnnotatedWith("org.springframework.web.context.annotation.ApplicationScope")
                || bean.tryGetAnnotationOfType("org.springframework.context.annotation.Scope")
                        .filter(scope -> Stream.of("value", "scopeName")
                                .anyMatch(name -> scope.get(name)
                                        .filter("application"::equals)
                                        .isPresent()))
                        .isPresent();
    }

    /** Calls of methods and constructors, and references to them. */
    static Stream<JavaCodeUnitAccess<?>> calls(JavaClass type) {
        return type.getCodeUnits().stream().flatMap(UnguardedUses::calls);
    }

    private static Stream<JavaCodeUnitAccess<?>> calls(JavaCodeUnit unit) {
        return Stream.of(
                        unit.getMethodCallsFromSelf(),
                        unit.getConstructorCallsFromSelf(),
                        unit.getMethodReferencesFromSelf(),
                        unit.getConstructorReferencesFromSelf())
                .flatMap(Set::stream);
    }

    private static Stream<String> found(JavaClass type, Predicate<JavaCodeUnitAccess<?>> refused) {
        return calls(type).filter(refused).map(JavaAccess::getDescription);
    }

    private static boolean isOf(JavaCodeUnitAccess<?> call, String owner, String name) {
        return isOf(call, owner, name::equals);
    }

    private static boolean isOf(JavaCodeUnitAccess<?> call, String owner, Predicate<String> name) {
        return name.test(call.getTarget().getName()) && call.getTargetOwner().isAssignableTo(owner);
    }

    private static boolean isMade(JavaCodeUnitAccess<?> call, String type) {
        return isOf(call, type, "<init>");
    }

    private static boolean makesBean(JavaCodeUnitAccess<?> call) {
        return call.getOrigin().isAnnotatedWith("org.springframework.context.annotation.Bean");
    }

    private static boolean decorates(JavaCodeUnit unit) {
        return calls(unit).anyMatch(call -> call.getTarget().getName().equals("setTaskDecorator"));
    }

    private static boolean takesNoExecutor(JavaCodeUnitAccess<?> call) {
        CodeUnitAccessTarget target = (CodeUnitAccessTarget) call.getTarget();
        return target.getRawParameterTypes().stream()
                .noneMatch(one -> one.isEquivalentTo(java.util.concurrent.Executor.class));
    }
}
