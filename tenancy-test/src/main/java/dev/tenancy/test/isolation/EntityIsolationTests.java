package dev.tenancy.test.isolation;

import dev.tenancy.CurrentTenant;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceUnit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
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
 * made up, and removed again. The last test writes the report into the folder {@code target/isolation}, or into the one that the
 * system property {@value #REPORT} names: as text, JSON, SARIF and HTML, in files with the name of the class.
 */
@Execution(
        ExecutionMode
                .SAME_THREAD) // Each test removes the rows that it made, and the first of a target tells of the others.
public abstract class EntityIsolationTests {

    /** The system property with the folder of the report. */
    public static final String REPORT = "tenancy.isolation.report";

    /**
     * The system property that has the owner itself attack its rows, as if nothing protected them. Each attack has to tell of a leak
     * then: one that does not could never have failed. Its report says that it is a rehearsal's, and goes into a folder
     * {@code rehearsal} below that of the reports.
     */
    public static final String REHEARSAL = "tenancy.isolation.rehearsal";

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

    /**
     * Single values, where neither a type nor the mapping tells what is good. Of a row, by entity and attribute
     * ({@code "Invitation.expiresAt"}). Of a request, by the name of the parameter or field ({@code "groupBy"}), or by endpoint and name
     * ({@code "POST /api/reports groupBy"}). Each is asked for with the tenant whose row or request it is for; a value of a request
     * that is not the same for both tenants is tried by the other one as well.
     */
    protected Map<String, Function<Object, ?>> values() {
        return Map.of();
    }

    /**
     * What is not attacked, each with the reason, which the report shows: a whole target by its name ({@code "TimeEntry"}), or
     * one attack on it by both names ({@code "TimeEntry, HQL delete"}), as the report and the messages spell them.
     */
    protected Map<String, String> notProven() {
        return Map.of();
    }

    /** For JUnit: the parts of the application, in them the targets, and in them the attacks. */
    @TestFactory
    final Stream<DynamicNode> isolation() {
        if (CurrentTenant.find().isPresent()) {
            throw new IllegalStateException(getClass().getSimpleName()
                    + " was run while a tenant is current. Remove @WithTenant: it enters its own.");
        }
        OwnedMapping mapping = new OwnedMapping(entityManagerFactory().unwrap(SessionFactoryImplementor.class));
        NotProven listed = new NotProven(notProven());
        GivenValues given = new GivenValues(values());
        List<DynamicNode> nodes = new ArrayList<>();
        boolean rehearsal = Boolean.getBoolean(REHEARSAL);
        Map<String, String> facts = new LinkedHashMap<>();
        IsolationReport report = new IsolationReport(getClass(), facts, rehearsal);
        Path folder = Path.of(System.getProperty(REPORT, "target/isolation"));
        report.removeEarlier(folder);
        nodes.add(check("session factory", "isolation is on", report, () -> mapping.requireIsolation(getClass())));
        if (!mapping.owned().isEmpty()) {
            List<?> ids = tenants(
                    mapping.owned().iterator().next().tenant().getJavaType().getJavaTypeClass());
            facts.putAll(ReportFacts.of(getClass(), mapping.factory(), ids.get(0)));
            Tenants tenants = new Tenants(ids.get(0), ids.get(1), rehearsal ? ids.get(0) : ids.get(1));
            SampleRows rows = new SampleRows(mapping, rows(), given, getClass().getSimpleName());
            List<Part> parts = parts(mapping, rows, tenants, given).stream()
                    .filter(part -> part.isRehearsed() || !tenants.isRehearsal())
                    .toList();
            for (Part part : parts) {
                nodes.add(DynamicContainer.dynamicContainer(
                        part.name(),
                        Stream.<Supplier<Stream<DynamicNode>>>of(
                                        () -> targets(part, listed, report, rehearsal),
                                        () -> Stream.of(
                                                check(part.name(), "what was made is removed", report, part::end)))
                                .flatMap(Supplier::get)));
            }
        }
        if (!rehearsal) {
            // In a rehearsal, what cannot be rehearsed is not met with.
            nodes.add(check("notProven()", "what is listed exists", report, listed::requireMet));
            nodes.add(check("values()", "what is given is taken", report, given::requireAsked));
        }
        nodes.add(DynamicTest.dynamicTest("report", () -> report.write(folder)));
        return nodes.stream();
    }

    // Whatever makes the test red stands in the report as well.
    private static DynamicTest check(String target, String name, IsolationReport report, Executable check) {
        return DynamicTest.dynamicTest(name, () -> {
            long start = System.nanoTime();
            try {
                check.execute();
            } catch (Throwable failure) {
                report.add(new Cell(
                        "the test itself",
                        target,
                        name,
                        failure instanceof Unproven unproven && unproven.isLeak()
                                ? Cell.Verdict.LEAK
                                : Cell.Verdict.UNPROVEN,
                        failure instanceof Unproven ? String.valueOf(failure.getMessage()) : Unproven.told(failure),
                        Duration.ofNanos(System.nanoTime() - start)));
                throw failure;
            }
        });
    }

    private static Stream<DynamicNode> targets(Part part, NotProven listed, IsolationReport report, boolean rehearsal) {
        try {
            return part.targets().map(target -> node(new Cells(part, target, listed, report, rehearsal)));
        } catch (RuntimeException | Unproven failure) {
            return Stream.of(check(part.name(), "what is attacked is found", report, () -> {
                throw failure;
            }));
        }
    }

    /** What of the application is attacked. */
    List<Part> parts(OwnedMapping mapping, SampleRows rows, Tenants tenants, GivenValues given) {
        return List.of(new EntityPart(mapping, rows, tenants));
    }

    private static DynamicNode node(Cells cells) {
        Target target = cells.target();
        if (cells.listed().isListed(target.name())) {
            return cells.test(target.name(), Attack.proving("", () -> ""));
        }
        // The attacks are asked for one by one, while they run: the first may find out what there is for the others.
        return DynamicContainer.dynamicContainer(
                target.name(), target.attacks().map(attack -> cells.test(attack.name(), attack)));
    }

    /** Notes what the attacks on one target have shown. */
    private record Cells(Part part, Target target, NotProven listed, IsolationReport report, boolean rehearsal) {

        DynamicTest test(String shown, Attack attack) {
            return DynamicTest.dynamicTest(shown, () -> run(attack));
        }

        private void run(Attack attack) {
            long start = System.nanoTime();
            String path = Cell.path(target.name(), attack.name());
            try {
                String reason = listed.reason(path);
                Shown shown = reason == null ? attack.trial().run() : new Shown(Cell.Verdict.LISTED, reason);
                note(attack, rehearsed(attack, shown, path), start);
            } catch (Unproven unproven) {
                boolean expected = rehearsal && unproven.isLeak();
                if (!expected) {
                    throw noted(attack, unproven, start);
                }
                note(attack, new Shown(Cell.Verdict.NOTICED, "it goes red: " + unproven.getMessage()), start);
            } catch (Exception failure) {
                throw noted(attack, new Unproven("not proven: " + path, failure), start);
            }
        }

        private Shown rehearsed(Attack attack, Shown shown, String path) {
            if (!rehearsal || shown.verdict() != Cell.Verdict.PROVEN) {
                return shown;
            }
            if (!attack.unrehearsed()) {
                throw new Unproven("not proven: " + path
                        + ": nothing was noticed when the owner itself made the attack: " + shown.evidence());
            }
            return new Shown(Cell.Verdict.UNREHEARSED, "it cannot be rehearsed: " + shown.evidence());
        }

        private Unproven noted(Attack attack, Unproven unproven, long start) {
            Cell.Verdict verdict = unproven.isLeak() ? Cell.Verdict.LEAK : Cell.Verdict.UNPROVEN;
            note(attack, new Shown(verdict, String.valueOf(unproven.getMessage())), start);
            return unproven;
        }

        private void note(Attack attack, Shown shown, long start) {
            report.add(new Cell(
                    part.name(),
                    target.name(),
                    attack.name(),
                    shown.verdict(),
                    shown.evidence(),
                    Duration.ofNanos(System.nanoTime() - start)));
        }
    }
}
