package dev.tenancy.test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Rules of ArchUnit for the code of an application: what goes past the library, or is refused at run time only. Needs ArchUnit.
 *
 * <pre>
 * &#64;AnalyzeClasses(packages = "com.example", importOptions = ImportOption.DoNotIncludeTests.class)
 * class TenancyRulesTest {
 *
 *     &#64;ArchTest
 *     static final ArchTests rules = ArchTests.in(TenancyRules.class);
 * }
 * </pre>
 *
 * <p>Exceptions stand in ArchUnit's {@code archunit_ignore_patterns.txt}, with the reason as a comment. The rules read byte code: they
 * see classes and calls, and neither values nor what configuration says.
 */
public final class TenancyRules {

    /** No SQL of the application's own, anywhere. For some packages, use {@link #nativeQueriesOnlyIn} in its place. */
    @ArchTest
    public static final ArchRule NO_NATIVE_QUERIES = nativeQueriesOnlyIn();

    /** No connection that the guard does not see: unwrapped, from the driver, or of a data source that is no bean. */
    @ArchTest
    public static final ArchRule NO_UNGUARDED_CONNECTIONS = rule(
            "use guarded connections only",
            UnguardedUses::connections,
            "statements on such a connection are not held to a tenant. Inject the DataSource, or make yours a bean");

    /** No cache that is a field: the library parts by tenant what a {@code CacheManager} bean gives out, and nothing else. */
    @ArchTest
    public static final ArchRule NO_HIDDEN_CACHES = rule(
            "keep no cache in a field",
            SharedState::caches,
            "one tenant is given what was kept for another. Use @Cacheable, or a Cache of the CacheManager bean, which are"
                    + " parted by tenant; if the key has the tenant in it, or the values are no tenant's, list the field as an"
                    + " exception");

    /** No rows of tenants in static fields or in fields of beans, which all tenants share. */
    @ArchTest
    public static final ArchRule NO_ENTITIES_IN_SHARED_FIELDS = rule(
            "hold no tenant-owned entities in static fields or in fields of beans",
            SharedState::entities,
            "all tenants share such a field. Load the row where it is used, or keep it in a Cache of the CacheManager bean");

    /** No thread for which nobody is current: one's own, those of plain executors, and of the common pool. */
    @ArchTest
    public static final ArchRule NO_THREADS_WITHOUT_TENANT = rule(
            "start no threads to which the tenant is not carried",
            UnguardedUses::threads,
            "work there acts for nobody, and is refused owned rows. Use @Async, or a bean of the type ThreadPoolTaskExecutor,"
                    + " also as the executor of a CompletableFuture; elsewhere enter the tenant on the thread and list the"
                    + " exception");

    /** Each entity is owned or global, as the start of the application demands. Settings and {@code orm.xml} are not seen. */
    @ArchTest
    public static final ArchRule ENTITIES_ARE_OWNED_OR_GLOBAL = classes()
            .that(annotatedWithEntity())
            .should(report("be tenant-owned or global", SharedState::undecided))
            .because("the application does not start otherwise (TENANCY-101). Extend TenantOwned, map an attribute with"
                    + " @TenantId, or annotate the entity with @GlobalEntity(reason = …)")
            .allowEmptyShould(true);

    /** Nothing in the scope of the application: sessions are parted by tenant, the servlet context is not. */
    @ArchTest
    public static final ArchRule NO_APPLICATION_SCOPE = rule(
            "put nothing into the scope of the application",
            UnguardedUses::applicationScope,
            "all tenants read it. Keep it in the HTTP session, which is parted by tenant, or in a Cache of the CacheManager"
                    + " bean");

    private TenancyRules() {}

    /**
     * As {@link #NO_NATIVE_QUERIES}, but for some packages. With it, name the other rules one by one, since {@code ArchTests.in} takes
     * all.
     *
     * @param packages where SQL of the application's own may stand, as ArchUnit writes them: {@code "com.example.reports.."}
     */
    public static ArchRule nativeQueriesOnlyIn(String... packages) {
        return classes()
                .that(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(packages)))
                .should(report("use no native SQL", NativeQueries::in))
                .as(
                        packages.length == 0
                                ? "No class should use native SQL"
                                : "Only classes in " + String.join(", ", packages) + " should use native SQL")
                .because(
                        "whether it keeps to the tenant is proven when it runs, and what is not proven is refused then."
                                + " Use JPQL, Criteria or derived queries, or list the package: nativeQueriesOnlyIn(…)")
                .allowEmptyShould(true);
    }

    private static DescribedPredicate<CanBeAnnotated> annotatedWithEntity() {
        return CanBeAnnotated.Predicates.annotatedWith("jakarta.persistence.Entity");
    }

    private static ArchRule rule(String should, Function<JavaClass, Stream<String>> findings, String because) {
        return classes().should(report(should, findings)).because(because).allowEmptyShould(true);
    }

    private static ArchCondition<JavaClass> report(String should, Function<JavaClass, Stream<String>> findings) {
        return new ArchCondition<>(should) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                findings.apply(type)
                        .distinct()
                        .forEach(finding -> events.add(SimpleConditionEvent.violated(type, finding)));
            }
        };
    }
}
