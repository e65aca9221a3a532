package dev.tenancy.test.isolation;

import jakarta.persistence.EntityManagerFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A Spring Boot application under attack, by parts of the kit. */
final class Attacked implements AutoCloseable {

    final ConfigurableApplicationContext context;
    private final List<String> parts;
    private Map<String, Supplier<Object[]>> arguments = Map.of();
    private Map<String, String> notProven = Map.of();

    Attacked(String parts, Class<?>... configurations) {
        this(parts, Map.of(), configurations);
    }

    /** @param parts their names, with commas between them */
    Attacked(String parts, Map<String, Object> settings, Class<?>... configurations) {
        this.parts = List.of(parts.split(", "));
        String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
        this.context = new SpringApplicationBuilder(configurations)
                .web(WebApplicationType.NONE)
                .properties(settings)
                .properties(
                        "spring.datasource.url=" + url,
                        "spring.datasource.username=sa",
                        "spring.datasource.password=",
                        "spring.jpa.hibernate.ddl-auto=create-drop",
                        "spring.jpa.properties.shop.url=" + url,
                        "spring.jpa.properties.hibernate.cache.use_second_level_cache=false",
                        "spring.main.banner-mode=off")
                .run();
    }

    Attacked given(Map<String, Supplier<Object[]>> more) {
        arguments = more;
        return this;
    }

    Attacked listed(Map<String, String> more) {
        notProven = more;
        return this;
    }

    /** How each attack of the part failed; empty where it did not. */
    Map<String, String> all() {
        Map<String, String> outcomes = new LinkedHashMap<>();
        new Kit().isolation().forEach(node -> run(node, List.of(), outcomes));
        return outcomes;
    }

    Map<String, String> failures() {
        Map<String, String> failures = all();
        failures.values().removeIf(String::isEmpty);
        return failures;
    }

    /** What one attack shows. */
    String evidence(String path) {
        Kit kit = new Kit();
        OwnedMapping mapping = new OwnedMapping(kit.entityManagerFactory().unwrap(SessionFactoryImplementor.class));
        List<?> ids = kit.tenants(UUID.class);
        Tenants tenants = new Tenants(ids.get(0), ids.get(1), ids.get(1));
        GivenValues given = new GivenValues(Map.of());
        return kit.parts(mapping, new SampleRows(mapping, Map.of(), given, "Kit"), tenants, given).stream()
                .filter(one -> parts.contains(one.name()))
                .flatMap(Part::targets)
                .flatMap(target -> target.attacks()
                        .filter(attack ->
                                Cell.path(target.name(), attack.name()).equals(path)))
                .map(Attacked::run)
                .collect(Collectors.joining("\n"));
    }

    private static String run(Attack attack) {
        try {
            return attack.trial().run().evidence();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private void run(DynamicNode node, List<String> above, Map<String, String> outcomes) {
        if (node instanceof DynamicContainer container) {
            if (!above.isEmpty()
                    || parts.contains(node.getDisplayName())
                    || node.getDisplayName().equals("arguments()")) {
                List<String> inside = new ArrayList<>(above);
                inside.add(node.getDisplayName());
                container.getChildren().forEach(child -> run(child, inside, outcomes));
            }
            return;
        }
        if (above.isEmpty()) {
            return;
        }
        List<String> path = new ArrayList<>(above.subList(1, above.size()));
        path.add(node.getDisplayName());
        outcomes.put(String.join(", ", path), failure((DynamicTest) node));
    }

    private static String failure(DynamicTest test) {
        try {
            test.getExecutable().execute();
            return "";
        } catch (Throwable failure) {
            return String.valueOf(failure.getMessage());
        }
    }

    @Override
    public void close() {
        context.close();
    }

    private final class Kit extends ApplicationIsolationTests {

        Kit() {
            setApplicationContext(context);
        }

        @Override
        protected EntityManagerFactory entityManagerFactory() {
            return context.getBean(EntityManagerFactory.class);
        }

        @Override
        protected Map<String, Supplier<Object[]>> arguments() {
            return arguments;
        }

        @Override
        protected Map<String, String> notProven() {
            return notProven;
        }
    }
}
