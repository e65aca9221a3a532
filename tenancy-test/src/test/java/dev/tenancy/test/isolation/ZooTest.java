package dev.tenancy.test.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.zoo.AccessSpecimens;
import dev.tenancy.zoo.AnswerSpecimens;
import dev.tenancy.zoo.BackgroundSpecimens;
import dev.tenancy.zoo.EndpointSpecimens;
import dev.tenancy.zoo.FormSpecimens;
import dev.tenancy.zoo.GivenRows;
import dev.tenancy.zoo.Leak;
import dev.tenancy.zoo.MappingSpecimens;
import dev.tenancy.zoo.PageSpecimens;
import dev.tenancy.zoo.RepositorySpecimens;
import dev.tenancy.zoo.Shop;
import dev.tenancy.zoo.Sound;
import dev.tenancy.zoo.StateSpecimens;
import dev.tenancy.zoo.UploadSpecimens;
import jakarta.persistence.EntityManagerFactory;
import java.lang.annotation.Annotation;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** Small applications with one leak each: it is found, and nothing else. */
class ZooTest {

    private static final List<Class<?>> SPECIMENS = List.of(
            EndpointSpecimens.class,
            AnswerSpecimens.class,
            AccessSpecimens.class,
            StateSpecimens.class,
            BackgroundSpecimens.class,
            RepositorySpecimens.class,
            MappingSpecimens.class,
            PageSpecimens.class,
            FormSpecimens.class,
            UploadSpecimens.class);

    private static final Set<String> TOGETHER =
            Set.of("one browser for two users", "interleaved load", "what is stored");

    private static Stream<Class<?>> specimens(Class<? extends Annotation> kind) {
        return SPECIMENS.stream()
                .flatMap(file -> Stream.of(file.getDeclaredClasses()))
                .filter(specimen -> specimen.isAnnotationPresent(kind))
                .sorted(Comparator.comparing(Class::getName));
    }

    @TestFactory
    Stream<DynamicTest> inASoundOneNothingIsFound() {
        return specimens(Sound.class)
                .map(specimen -> DynamicTest.dynamicTest(
                        specimen.getSimpleName(),
                        () -> assertThat(failures(
                                        specimen,
                                        specimen.getAnnotation(Sound.class).settings()))
                                .isEmpty()));
    }

    @Test
    void inARehearsalEachAttackIsNoticed() {
        System.setProperty(EntityIsolationTests.REHEARSAL, "true");
        try {
            assertThat(failures(EndpointSpecimens.Nothing.class)).isEmpty();
            assertThat(failures(MappingSpecimens.RowsWithChildren.class)).isEmpty();
        } finally {
            System.clearProperty(EntityIsolationTests.REHEARSAL);
        }
    }

    @TestFactory
    Stream<DynamicTest> eachIsFound() {
        return specimens(Leak.class)
                .map(specimen -> DynamicTest.dynamicTest(specimen.getSimpleName(), () -> {
                    Leak leak = specimen.getAnnotation(Leak.class);
                    Map<String, Throwable> failures = failures(specimen, leak.settings());
                    boolean together = TOGETHER.contains(leak.shownBy());
                    String path = (together ? "all endpoints together" : leak.at()) + ", " + leak.shownBy();
                    assertThat(failures).containsKey(path);
                    assertThat(failures.get(path)).hasMessageContainingAll(leak.told());
                    assertThat(failures.get(path)).hasMessageContaining(leak.at());
                    // Others that show the same leak, too, name it as well.
                    assertThat(failures.values())
                            .allSatisfy(failure -> assertThat(failure.getMessage())
                                    .matches(message ->
                                            message.contains(leak.at()) || message.contains(specimen.getSimpleName())));
                }));
    }

    @Test
    void whoTakesEverybodyForAMemberIsToldAtEachEndpoint() {
        Map<String, Throwable> failures = failures(AccessSpecimens.AllAreMembers.class);

        assertThat(failures)
                .containsKeys(
                        "GET /reports/turnover, stranger",
                        "GET /reports/turnover, former member",
                        "GET /reports/turnover/{customerId}, stranger");
        assertThat(failures.keySet())
                .allMatch(path -> path.endsWith(", stranger")
                        || path.endsWith(", former member")
                        || path.endsWith(", tenant named by the caller"));
        assertThat(failures.values()).allSatisfy(failure -> assertThat(failure).hasMessageStartingWith("leak: "));
    }

    @Test
    void whatHandlersReadFromTheRequestThemselvesIsSentWhenItIsGiven() {
        try (ConfigurableApplicationContext context = Shop.start(FormSpecimens.ReadByHand.class)) {
            Map<String, Function<Object, ?>> values = new HashMap<>();
            for (String read : List.of("map", "parameters", "request")) {
                values.put(
                        "POST /read/" + read + " which", tenant -> FormSpecimens.ReadByHand.customer(context, tenant));
            }

            Map<String, Throwable> failures = failures(new Kit(context, values));

            for (String read : List.of("map", "parameters", "request")) {
                assertThat(failures.get("POST /read/" + read + ", foreign form: which"))
                        .hasMessageContaining("of the owner's rows");
            }
        }
    }

    private static Map<String, Throwable> failures(Class<?> leak, String... settings) {
        try (ConfigurableApplicationContext context = Shop.start(leak, settings)) {
            return failures(context);
        }
    }

    static Map<String, Throwable> failures(ConfigurableApplicationContext context) {
        return failures(new Kit(context, Map.of()));
    }

    private static Map<String, Throwable> failures(Kit kit) {
        Map<String, Throwable> failures = new LinkedHashMap<>();
        kit.isolation().forEach(node -> run(List.of(), node, failures::put));
        return failures;
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
        private final Map<String, Function<Object, ?>> values;
        private int users;

        Kit(ConfigurableApplicationContext context, Map<String, Function<Object, ?>> values) {
            this.context = context;
            this.values = values;
            setApplicationContext(context);
        }

        @Override
        protected Map<String, Function<Object, ?>> values() {
            return values;
        }

        @Override
        protected EntityManagerFactory entityManagerFactory() {
            return context.getBean(EntityManagerFactory.class);
        }

        @Override
        protected Map<Class<?>, Supplier<?>> rows() {
            return context.getBeanProvider(GivenRows.class)
                    .getIfAvailable(() -> new GivenRows(Map.of()))
                    .rows();
        }

        @Override
        protected Map<String, String> signIn(Object tenant, Standing standing) {
            String user = switch (standing) {
                case MEMBER -> "member of " + tenant + ", number " + ++users;
                case FORMER_MEMBER -> "member of none";
                case STRANGER -> "member of " + UUID.randomUUID();
            };
            return Map.of(
                    "Authorization",
                    "Bearer " + context.getBean(TokenIssuer.class).issue(user, tenant.toString()));
        }
    }
}
