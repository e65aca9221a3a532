package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tenancy.CorpusBench.Entry;
import dev.tenancy.CorpusBench.Outcome;
import dev.tenancy.CorpusBench.Tenants;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hibernate.query.sqm.function.SqmFunctionRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import testserver.NotOnCluster;
import testserver.TestServer;

/**
 * What Hibernate writes is never refused: whatever can be said to it runs for a tenant on its own rows, and comes out as in a
 * database that holds no other tenant's. What a database cannot do is known by its failing without the isolation, too.
 */
class HibernateCorpusTest {

    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static final Class<?>[] NUMBERED = {
        CorpusTenants.Numbered.Folder.class, CorpusTenants.Numbered.Box.class, CorpusTenants.Numbered.Sheet.class
    };
    private static final Class<?>[] NAMED = {
        CorpusTenants.Named.Folder.class, CorpusTenants.Named.Box.class, CorpusTenants.Named.Sheet.class
    };

    /**
     * What Hibernate still writes in such a way that nothing holds a table to the tenant, and no condition that could be added would
     * leave the result as it is. It is refused, never wrong.
     */
    private static final Map<String, Pattern> REFUSED = Map.of(
            "a right or full join, whose left side is restricted behind the join",
            Pattern.compile("\\b(?:right|full) join\\b"),
            "a lateral join on H2, which is emulated by a query that nothing restricts",
            Pattern.compile(
                    "is not distinct from \\(select|exists\\(select \\w+\\.\\w+(?:,\\w+\\.\\w+)* intersect|\\bsize_\\b"),
            "an insert with values for several tables, collected in a query of WITH or a temporary table",
            Pattern.compile("\\bHTE_\\w+|using \\(values \\("),
            "an upsert that sets the tenant of a row with generated columns",
            Pattern.compile("update Stamp set .*tenant_id=\\?"));

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable one : OPEN) {
            one.close();
        }
    }

    @TestFactory
    Stream<DynamicNode> onH2() throws SQLException {
        return everything("jdbc:h2:mem:corpus_%s;DB_CLOSE_DELAY=-1", Set.of("collate", "microsecond", "sysdate"));
    }

    @TestFactory
    @NotOnCluster("the copy without isolation has statements without a tenant")
    Stream<DynamicNode> onPostgres() throws IOException, SQLException {
        TestServer postgres = TestServer.start();
        OPEN.add(postgres);
        for (String name : List.of("whole", "keyed", "numbered", "named")) {
            postgres.create("corpus_" + name + "_ours");
            postgres.create("corpus_" + name + "_copy");
        }
        return everything(postgres.getJdbcUrl("postgres", "corpus_%s"), Set.of("soundex"));
    }

    /** @param unknown the functions that Hibernate has for the database, which the database has not */
    private static Stream<DynamicNode> everything(String url, Set<String> unknown) throws SQLException {
        CorpusBench whole = bench(url, "whole", Tenants.of(false));
        CorpusBench keyed = bench(url, "keyed", Tenants.of(true));
        CorpusBench numbered =
                bench(url, "numbered", new Tenants(1L, 2L, NUMBERED, CorpusTenants.Numbered::rows, false));
        CorpusBench named = bench(url, "named", new Tenants("a", "b", NAMED, CorpusTenants.Named::rows, false));
        return Stream.of(
                functions(whole, unknown),
                each(whole, "expressions", Corpus.expressions()),
                each(whole, "conditions", Corpus.conditions()),
                each(whole, "queries", Corpus.queries()),
                each(whole, "mutations", Corpus.mutations()),
                each(whole, "sessions", Corpus.works(CorpusModel.IDS)),
                each(keyed, "queries where a key begins with the tenant", Corpus.queries()),
                each(keyed, "mutations where a key begins with the tenant", Corpus.mutations()),
                each(keyed, "sessions where a key begins with the tenant", Corpus.works(CorpusModel.SEVERAL_TABLES)),
                each(numbered, "tenants that are numbers", Corpus.small(CorpusTenants.Numbered.IDS)),
                each(named, "tenants that are names", Corpus.small(CorpusTenants.Named.IDS)));
    }

    private static CorpusBench bench(String url, String name, Tenants tenants) throws SQLException {
        CorpusBench bench = new CorpusBench(url.formatted(name + "_ours"), url.formatted(name + "_copy"), tenants);
        OPEN.add(0, bench);
        return bench;
    }

    private static DynamicContainer functions(CorpusBench bench, Set<String> unknown) {
        SqmFunctionRegistry registry = bench.factory().getQueryEngine().getSqmFunctionRegistry();
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        registry.getFunctionsByName().forEach(one -> names.add(one.getKey()));
        registry.getSetReturningFunctionsByName()
                .filter(one -> one.getValue() != null)
                .forEach(one -> names.add(one.getKey()));
        Map<String, List<Entry>> calls = Corpus.functions();
        Stream<DynamicTest> tests = names.stream()
                .map(name -> dynamicTest(name, () -> {
                    assertThat(calls).as("calls of the function").containsKey(name);
                    List<String> faults = new ArrayList<>();
                    boolean known = false;
                    for (Entry call : calls.get(name)) {
                        Outcome outcome = bench.outcome(call);
                        known |= outcome.impossible().isEmpty();
                        if (!outcome.fault().isEmpty()) {
                            faults.add(call.name() + "\n" + outcome.fault());
                        }
                    }
                    assertThat(faults).isEmpty();
                    assertThat(known).as("the database has it").isEqualTo(!unknown.contains(name));
                }));
        return dynamicContainer("functions", tests);
    }

    private static DynamicContainer each(CorpusBench bench, String name, List<Entry> entries) {
        return dynamicContainer(
                name,
                entries.stream()
                        .map(entry -> dynamicTest(
                                entry.name(),
                                () -> assertThat(unexpected(bench.outcome(entry).fault()))
                                        .isEmpty())));
    }

    private static String unexpected(String fault) {
        boolean refused = fault.startsWith(UnprovenStatementException.class.getName())
                || fault.startsWith(TenantChangedException.class.getName());
        return refused
                        && REFUSED.values().stream()
                                .anyMatch(form -> form.matcher(fault).find())
                ? ""
                : fault;
    }
}
