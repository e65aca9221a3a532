package dev.tenancy.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.tenancy.rules.Honest;
import dev.tenancy.rules.Violating;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule finds what it refuses, in each of its forms, and nothing in honest code. */
class TenancyRulesTest {

    static Stream<Arguments> rules() {
        return Stream.of(
                arguments(
                        TenancyRules.NO_NATIVE_QUERIES,
                        List.of(
                                "NativeQueries.jpa(",
                                "NativeQueries.template(",
                                "NativeQueries.client(",
                                "NativeQueries.plain(",
                                "Rows.flagged(",
                                "Rows.annotated(",
                                "NativeQueries$Named>")),
                arguments(
                        TenancyRules.NO_UNGUARDED_CONNECTIONS,
                        List.of("Connections.unwrapped(", "Connections.ofTheDriver(", "Connections.noBean(")),
                arguments(
                        TenancyRules.NO_HIDDEN_CACHES,
                        List.of(
                                "Caches.CONSTANT_BY_NAME_ONLY>",
                                "Caches.replaced>",
                                "Caches.caffeine>",
                                "Caches.ofTheBean>")),
                arguments(
                        TenancyRules.NO_ENTITIES_IN_SHARED_FIELDS,
                        List.of(
                                "SharedFields.row>",
                                "SharedFields.ROWS>",
                                "SharedFields.ofTheBean>",
                                "SharedFields.array>",
                                "SharedFields.last>")),
                arguments(
                        TenancyRules.NO_THREADS_WITHOUT_TENANT,
                        List.of(
                                "Threads.thread(",
                                "Threads.pool(",
                                "Threads.future(",
                                "Threads.andThen(",
                                "Threads.parallel(",
                                "Threads.made(",
                                "Threads.common(",
                                "Threads.timer(",
                                "Threads.noBean(")),
                arguments(
                        TenancyRules.ENTITIES_ARE_OWNED_OR_GLOBAL,
                        List.of("Undecided> is neither owned nor global", "Both> is both owned and global")),
                arguments(
                        TenancyRules.NO_APPLICATION_SCOPE,
                        List.of("Application.keep(", "Application$Scoped is a bean", "scoped is a bean")));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void eachFormIsFoundOnceWithItsPlace(ArchRule rule, List<String> refused) {
        List<String> findings =
                rule.evaluate(classes(Violating.class)).getFailureReport().getDetails();

        assertThat(findings).allMatch(finding -> finding.contains("Violating.java:"));
        assertThat(refused)
                .allSatisfy(form -> assertThat(findings)
                        .filteredOn(finding -> finding.contains(form))
                        .hasSize(1));
        assertThat(findings).hasSize(refused.size());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void nothingIsFoundInHonestCode(ArchRule rule, List<String> refused) {
        assertThat(rule.evaluate(classes(Honest.class)).getFailureReport().getDetails())
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aRuleGivesItsReason(ArchRule rule, List<String> refused) {
        assertThat(rule.getDescription()).contains(", because ").matches("(?s).*\\b(Use|Extend|Inject|Keep|Load) .*");
    }

    @Test
    void allRulesAreTried() {
        List<Object> tried = rules().map(arguments -> arguments.get()[0]).toList();
        assertThat(Arrays.stream(TenancyRules.class.getFields())
                        .filter(field -> field.isAnnotationPresent(ArchTest.class))
                        .map(TenancyRulesTest::value))
                .containsExactlyInAnyOrderElementsOf(tried);
    }

    @Test
    void nativeQueriesMayBeWhereTheyAreListed() {
        JavaClasses classes = classes(Violating.class);

        assertThat(TenancyRules.nativeQueriesOnlyIn("dev.tenancy.rules..")
                        .evaluate(classes)
                        .hasViolation())
                .isFalse();
        assertThat(TenancyRules.nativeQueriesOnlyIn("elsewhere..")
                        .evaluate(classes)
                        .hasViolation())
                .isTrue();
    }

    private static Object value(Field field) {
        try {
            return field.get(null);
        } catch (IllegalAccessException hidden) {
            throw new AssertionError(hidden);
        }
    }

    private static JavaClasses classes(Class<?> outer) {
        return new ClassFileImporter().importClasses(all(outer).toList());
    }

    private static Stream<Class<?>> all(Class<?> type) {
        return Stream.concat(
                Stream.of(type), Arrays.stream(type.getDeclaredClasses()).flatMap(TenancyRulesTest::all));
    }
}
