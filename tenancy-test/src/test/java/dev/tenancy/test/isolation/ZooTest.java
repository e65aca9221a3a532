package dev.tenancy.test.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.zoo.EndpointSpecimens;
import dev.tenancy.zoo.Shop;
import jakarta.persistence.EntityManagerFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** Small applications with one leak each: it is found, and nothing else. */
class ZooTest {

    /**
     * @param leak what is added to the good application
     * @param place where it is
     * @param attack the one that shows it; others at the same place may do so, too
     * @param told what its message says
     */
    private record Specimen(Class<?> leak, String place, String attack, List<String> told, String... settings) {}

    private static Stream<Specimen> specimens() {
        return Stream.of(
                new Specimen(
                        EndpointSpecimens.StaticMap.class,
                        "GET /names/{customerId}",
                        "foreign path: customerId",
                        List.of("leak", "static fields")),
                new Specimen(
                        EndpointSpecimens.StaticField.class,
                        "GET /last",
                        "rows that appear",
                        List.of("leak", "static fields")),
                new Specimen(
                        EndpointSpecimens.SessionAttribute.class,
                        "GET /basket",
                        "one browser for two users",
                        List.of("leak", "sessions"),
                        "tenancy.session.shared.basket=it is harmless"),
                new Specimen(
                        EndpointSpecimens.AcrossTenants.class,
                        "GET /statistics",
                        "rows that appear",
                        List.of("leak", "rows of the current tenant only")),
                new Specimen(
                        EndpointSpecimens.TrustedSql.class,
                        "GET /export",
                        "rows that appear",
                        List.of("leak", "SQL that is trusted")),
                new Specimen(
                        EndpointSpecimens.NativeSql.class,
                        "GET /emails",
                        "its owner",
                        List.of("500", "Customer", "tenant_id = ?")),
                new Specimen(
                        EndpointSpecimens.TenantFromBody.class,
                        "POST /notes",
                        "foreign body: tenant",
                        List.of("leak", "work across tenants")),
                new Specimen(
                        EndpointSpecimens.TellsForeign.class,
                        "GET /cards/{customerId}",
                        "foreign path: customerId",
                        List.of("leak", "404 and 403", "missing")),
                new Specimen(
                        EndpointSpecimens.DeletesForeign.class,
                        "DELETE /accounts/{customerId}",
                        "foreign path: customerId",
                        List.of("leak", "changed rows of the owner: [Customer ", "within the current tenant")),
                new Specimen(
                        EndpointSpecimens.FailsOnMissing.class,
                        "GET /letters/{customerId}",
                        "foreign path: customerId",
                        List.of("not proven", "500", "400 to 499")),
                new Specimen(
                        EndpointSpecimens.SearchesEverywhere.class,
                        "GET /taken",
                        "foreign query: email",
                        List.of("leak", "false and true")),
                new Specimen(
                        EndpointSpecimens.Unreached.class,
                        "GET /secret",
                        "its owner",
                        List.of("not proven", "values()", "GET /secret <name>", "notProven()")));
    }

    @Test
    void inTheGoodApplicationNothingIsFound() {
        assertThat(failures(EndpointSpecimens.Nothing.class)).isEmpty();
    }

    @Test
    void inARehearsalEachAttackIsNoticed() {
        System.setProperty(EntityIsolationTests.REHEARSAL, "true");
        try {
            assertThat(failures(EndpointSpecimens.Nothing.class)).isEmpty();
        } finally {
            System.clearProperty(EntityIsolationTests.REHEARSAL);
        }
    }

    @TestFactory
    Stream<DynamicTest> eachIsFound() {
        return specimens()
                .map(specimen -> DynamicTest.dynamicTest(specimen.leak().getSimpleName(), () -> {
                    Map<String, Throwable> failures = failures(specimen.leak(), specimen.settings());
                    String path = specimen.attack().startsWith("one browser")
                                    || specimen.attack().startsWith("interleaved")
                            ? "all endpoints together, " + specimen.attack()
                            : specimen.place() + ", " + specimen.attack();
                    assertThat(failures).containsKey(path);
                    assertThat(failures.get(path))
                            .hasMessageContainingAll(specimen.told().toArray(CharSequence[]::new));
                    // Others that show the same leak, too, name it as well.
                    assertThat(failures.values())
                            .allSatisfy(failure -> assertThat(failure.getMessage())
                                    .matches(message -> message.contains(specimen.place())
                                            || message.contains(specimen.leak().getSimpleName())));
                }));
    }

    private static Map<String, Throwable> failures(Class<?> leak, String... settings) {
        try (ConfigurableApplicationContext context = Shop.start(leak, settings)) {
            Map<String, Throwable> failures = new LinkedHashMap<>();
            Kit kit = new Kit(context);
            kit.isolation().forEach(node -> run(List.of(), node, failures::put));
            return failures;
        }
    }

    private static void run(List<String> above, DynamicNode node, BiConsumer<String, Throwable> failure) {
        List<String> path =
                Stream.concat(above.stream(), Stream.of(node.getDisplayName())).toList();
        if (node instanceof DynamicContainer container) {
            container.getChildren().forEach(child -> run(path, child, failure));
            return;
        }
        try {
            ((DynamicTest) node).getExecutable().execute();
        } catch (Throwable failed) {
            failure.accept(String.join(", ", path.subList(Math.min(1, path.size() - 1), path.size())), failed);
        }
    }

    private static final class Kit extends ApplicationIsolationTests {

        private final ConfigurableApplicationContext context;

        Kit(ConfigurableApplicationContext context) {
            this.context = context;
            setApplicationContext(context);
        }

        @Override
        protected EntityManagerFactory entityManagerFactory() {
            return context.getBean(EntityManagerFactory.class);
        }

        @Override
        protected Map<String, String> signIn(Object tenant, Standing standing) {
            String user = switch (standing) {
                case MEMBER -> "member of " + tenant;
                case FORMER_MEMBER -> "member of none";
                case STRANGER -> "member of " + UUID.randomUUID();
            };
            return Map.of(
                    "Authorization",
                    "Bearer " + context.getBean(TokenIssuer.class).issue(user, tenant.toString()));
        }
    }
}
