package dev.tenancy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

class StatementProverFuzzTest {

    private static final Set<String> BEFORE_TABLES = Set.of("from", "join", "into", "update", "table", "only", "using");

    @FuzzTest(maxDuration = "5m")
    void whatIsAcceptedNamesTheTenantForEachOwnedTable(byte[] input) {
        String sql = new String(input, StandardCharsets.UTF_8);
        for (SqlDialect dialect : SqlDialect.values()) {
            Counting catalog = new Counting();
            StatementProver prover = new StatementProver(dialect, catalog);
            Proof proof = prover.prove(sql);
            // Each token asks for a few names.
            assertThat(catalog.questions).isLessThan(100 + 40 * sql.length());
            assertThat(proof.text().sql()).isNotNull();
            StatementProver.beginning(SqlText.of(sql, dialect));
            prover.leadingComments(sql);
            if (proof.refusal() == null) {
                assertThat(prover.prove(proof.text()).refusal()).isNull();
                if (namesAnOwnedTable(Lexer.read(sql, dialect))) {
                    boolean shown = !proof.demands().isEmpty()
                            || !proof.ownParameters().isEmpty()
                            || proof.effects().contains(Proof.Effect.DEFINES);
                    assertThat(shown).as(proof.text().sql()).isTrue();
                }
            }
        }
    }

    private static boolean namesAnOwnedTable(List<Token> tokens) {
        for (int i = 1; i < tokens.size(); i++) {
            if (BEFORE_TABLES.contains(tokens.get(i - 1).word)
                    && tokens.get(i).isName()
                    && tokens.get(i).key().equals("customer")
                    && !(i > 1 && tokens.get(i - 2).is("distinct"))
                    && !(i + 1 < tokens.size() && tokens.get(i + 1).isMark('.'))) {
                return true;
            }
        }
        return false;
    }

    private static final class Counting implements Catalog {

        private final TwoTables tables = new TwoTables();
        private long questions;

        @Override
        public @Nullable Relation relation(@Nullable SqlName schema, SqlName name) {
            questions++;
            return tables.relation(schema, name);
        }

        @Override
        public boolean isOwned(SqlName name) {
            questions++;
            return tables.isOwned(name);
        }

        @Override
        public boolean mayReach(SqlName name) {
            questions++;
            return tables.mayReach(name);
        }

        @Override
        public boolean isHarmlessFunction(SqlName name) {
            questions++;
            return tables.isHarmlessFunction(name);
        }

        @Override
        public boolean isFunctionOfRows(SqlName name) {
            questions++;
            return tables.isFunctionOfRows(name);
        }

        @Override
        public boolean isHarmlessOperator(String operator) {
            questions++;
            return tables.isHarmlessOperator(operator);
        }
    }
}
