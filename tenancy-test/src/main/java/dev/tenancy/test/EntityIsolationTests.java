package dev.tenancy.test;

import dev.tenancy.CurrentTenant;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceUnit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Attacks the rows of each tenant-owned entity of an application: one tenant stores a row, another tries to reach it by every way that
 * Hibernate offers. Extend it, and there is nothing else to do, as a rule:
 *
 * <pre>
 * &#64;SpringBootTest
 * class DataIsolationTest extends EntityIsolationTests {
 * }
 * </pre>
 *
 * <p>Each test is one entity and one path. It passes if the owner reaches the row by that path and the other tenant does not; a path
 * by which the owner does not get there proves nothing, and fails. Rows are made from the mapping, stored for two tenants that are
 * made up, and removed again. The last test writes a report to {@code target/isolation/report.txt}, or to the file that the
 * system property {@value #REPORT} names.
 */
@Execution(
        ExecutionMode.SAME_THREAD) // Each test removes the rows that it made, and the first of an entity tells of the
// others.
public abstract class EntityIsolationTests {

    /** The system property with the path of the report. */
    public static final String REPORT = "tenancy.isolation.report";

    @PersistenceUnit
    private @Nullable EntityManagerFactory injected;

    /** For subclasses. */
    protected EntityIsolationTests() {}

    /** The session factory under attack. Override it without Spring, where nothing injects one. */
    protected EntityManagerFactory entityManagerFactory() {
        if (injected == null) {
            throw new IllegalStateException(getClass().getSimpleName() + " has no EntityManagerFactory to attack."
                    + " Annotate it with @SpringBootTest, or override entityManagerFactory().");
        }
        return injected;
    }

    /**
     * The tenants that store rows and attack each other's, two different ones. Override it if owned tables refer to a table of
     * tenants, so that the ids have to be there.
     *
     * @param type what the ids of tenants are: UUID, Long or String
     */
    protected List<?> tenants(Class<?> type) {
        if (type == UUID.class) {
            return List.of(UUID.randomUUID(), UUID.randomUUID());
        }
        long number = System.nanoTime();
        return type == Long.class
                ? List.of(-number, -number - 1)
                : List.of(Long.toString(number, 36), Long.toString(number + 1, 36));
    }

    /**
     * New rows of entities for which the mapping does not tell what a good row is, by their classes: a check in the database, a type
     * of the application's own. Attributes that are left null are filled in, references too. Each row needs new values in what is
     * unique.
     */
    protected Map<Class<?>, Supplier<?>> rows() {
        return Map.of();
    }

    /** Entities that are not attacked, by their classes, each with the reason, which the report shows. */
    protected Map<Class<?>, String> notProven() {
        return Map.of();
    }

    /** For JUnit: the entities, and for each the paths. */
    @TestFactory
    final Stream<DynamicNode> entities() {
        if (CurrentTenant.find().isPresent()) {
            throw new IllegalStateException(getClass().getSimpleName()
                    + " was run while a tenant is current. Remove @WithTenant: it enters its own.");
        }
        OwnedMapping mapping = new OwnedMapping(entityManagerFactory().unwrap(SessionFactoryImplementor.class));
        IsolationReport report = new IsolationReport();
        List<DynamicNode> nodes = new ArrayList<>();
        nodes.add(DynamicTest.dynamicTest("isolation is on", () -> mapping.requireIsolation(getClass())));
        List<Class<?>> listed = new ArrayList<>(notProven().keySet());
        listed.removeAll(mapping.owned().stream().map(OwnedMapping.Owned::type).toList());
        for (Class<?> stranger : listed) {
            nodes.add(DynamicTest.dynamicTest(stranger.getSimpleName(), () -> {
                throw new Unproven(
                        stranger.getSimpleName() + " is in notProven(), but is no owned entity. Remove it there.");
            }));
        }
        if (!mapping.owned().isEmpty()) {
            List<?> tenants = tenants(
                    mapping.owned().iterator().next().tenant().getJavaType().getJavaTypeClass());
            SampleRows rows = new SampleRows(mapping, rows(), getClass().getSimpleName());
            for (OwnedMapping.Owned entity : mapping.owned()) {
                nodes.add(DynamicContainer.dynamicContainer(
                        entity.name(), tests(new DataAttack(entity, mapping, rows, tenants), report)));
            }
            nodes.add(DynamicTest.dynamicTest("what was made is removed", rows::removeShared));
        }
        nodes.add(DynamicTest.dynamicTest(
                "report", () -> report.write(Path.of(System.getProperty(REPORT, "target/isolation/report.txt")))));
        return nodes.stream();
    }

    private Stream<DynamicNode> tests(DataAttack attack, IsolationReport report) {
        OwnedMapping.Owned entity = attack.entity();
        String reason = notProven().get(entity.type());
        if (reason != null) {
            return Stream.of(DynamicTest.dynamicTest("not proven: " + reason, () -> {
                if (reason.isBlank()) {
                    throw report.note(
                            entity.name(),
                            "instance",
                            new Unproven(entity.name()
                                    + " is in notProven() without a reason. Say why it is not attacked."));
                }
                report.listed(entity.name(), reason);
            }));
        }
        // The paths are asked for when the first test was run: without a row, there is nothing to attack.
        return Stream.<Supplier<Stream<DynamicNode>>>of(
                        () -> Stream.of(test(entity, "instance", attack::makeRow, report)),
                        () -> attack.paths().entrySet().stream()
                                .map(path -> test(entity, path.getKey(), path.getValue()::run, report)))
                .flatMap(Supplier::get);
    }

    private static DynamicNode test(OwnedMapping.Owned entity, String path, Runnable attack, IsolationReport report) {
        return DynamicTest.dynamicTest(path, () -> {
            try {
                attack.run();
                report.proven(entity.name(), path);
            } catch (Unproven unproven) {
                throw report.note(entity.name(), path, unproven);
            } catch (RuntimeException failure) {
                throw report.note(
                        entity.name(), path, new Unproven("not proven: " + entity.name() + ", " + path, failure));
            }
        });
    }
}
