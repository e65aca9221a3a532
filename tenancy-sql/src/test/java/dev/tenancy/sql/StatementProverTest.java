package dev.tenancy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.sql.Proof.Effect;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The prover by itself; the long lists of statements are tried on real databases in the module that guards connections. */
class StatementProverTest {

    private static Proof prove(String sql) {
        return TwoTables.on(SqlDialect.POSTGRESQL).prove(sql);
    }

    @Test
    void aRestrictedTableIsProven() {
        Proof proof = prove("select name from customer where tenant_id = ? and name like ?||'%'");

        assertThat(proof.refusal()).isNull();
        assertThat(proof.owner()).isEqualTo("Customer");
        assertThat(proof.reads()).isTrue();
        assertThat(proof.demands()).hasSize(1);
        assertThat(proof.demands().get(0).anyOf().get(0).parameter()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select name from customer where tenant_id = ? or true",
                "select json_object('k' : (select max(name) from customer))",
                "select '{}'::jsonb ->> (select max(name) from customer)",
                "select * from currency tablesample system ((select count(*) from customer))",
                "select * from currency c where c.leak = 'x'",
                "select query_to_xml('…', true, false, '')",
                "select * from unheard_of",
            })
    void whatIsNotRestrictedIsRefused(String sql) {
        assertThat(prove(sql).refusal()).isNotNull();
    }

    @Test
    void aConditionTiedToAnOperatorThatNobodyKnowsDoesNotCount() {
        assertThat(prove("select * from customer where tenant_id = ? <=> 1").refusal())
                .isNotNull();
        assertThat(prove("select * from customer where embedding <=> ? < 1 and tenant_id = ?")
                        .refusal())
                .isNull();
    }

    @Test
    void theTenantIsNamedWhereAPartIsJoinedByTheIdAlone() {
        Proof proof = prove(
                "select n.text from customer c left join customer_note n on n.customer_id = c.id where c.tenant_id = ?");

        assertThat(proof.text().sql())
                .isEqualTo("select n.text from customer c left join customer_note n on n.customer_id = c.id"
                        + " and n.tenant_id=c.tenant_id where c.tenant_id = ?");
        assertThat(proof.ownParameters()).isEmpty();
        assertThat(proof.refusal()).isNull();
    }

    @Test
    void ownParametersAreCountedWhereTheyStand() {
        Proof proof =
                prove("with gone as (delete from customer_note where customer_id in (select id from customer where"
                        + " tenant_id = ?) returning customer_id) select * from currency, gone where code = ?");

        assertThat(proof.text().sql()).contains("where tenant_id = ?) and customer_note.tenant_id=? returning");
        assertThat(proof.ownParameters()).containsExactly(2);
    }

    @Test
    void aDependentRowIsInsertedForTheTenant() {
        Proof proof = prove("insert into customer_note (customer_id, text) values (?, upper(?))");

        assertThat(proof.text().sql())
                .isEqualTo("insert into customer_note (customer_id, text,tenant_id) values (?, upper(?),?)");
        assertThat(proof.ownParameters()).containsExactly(3);
    }

    @Test
    void namesThatNeedQuotesGetThem() {
        Proof proof = prove("delete from \"order\" where id = ?");

        assertThat(proof.text().sql()).isEqualTo("delete from \"order\" where id = ? and \"order\".\"Tenant\"=?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select a @@@ b from unheard_of where x !!! y",
                "notify events, 'x'",
                "do $$ begin perform 1; end $$",
                "lock table currency",
                "set search_path = other",
                "create view v as select * from currency",
                "refresh materialized view v",
                "select 1; select 2",
                "merge into currency c using currency d on true when matched then frobnicate",
            })
    void whatNamesNothingOwnedPasses(String sql) {
        Proof proof = prove(sql);
        if (sql.contains("unheard_of")) {
            assertThat(proof.refusal()).isNotNull();
        } else {
            assertThat(proof.refusal()).isNull();
        }
        assertThat(proof.owner()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    commit                            | ENDS_TRANSACTION
                    /* x */ rollback                  | ENDS_TRANSACTION
                    select 1; commit                  | ENDS_TRANSACTION
                    set search_path = other           | MOVES_NAMES
                    create table t (r int references customer) | DEFINES
                    """)
    void effectsAreTold(String sql, Effect effect) {
        assertThat(prove(sql).effects()).contains(effect);
    }

    @Test
    void aRefusalSaysWhereTheReadingStoppedAndShowsNoValue() {
        Proof proof = prove("select * from customer where name = 'SECRET' group customer");

        assertThat(proof.refusal()).isNotNull();
        assertThat(StatementProver.beginning(
                        SqlText.of("select * from customer where name = 'SECRET'", SqlDialect.POSTGRESQL)))
                .isEqualTo("select * from customer where name = …");
    }

    @Test
    void twoStatementsInOneTextAreBothJudged() {
        assertThat(prove("select 1; select * from customer").refusal()).isNotNull();
        assertThat(prove("select 1; select * from customer where tenant_id = ?").refusal())
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(SqlDialect.class)
    void deepNestingAndLongListsEndInARefusalOrAProof(SqlDialect dialect) {
        StatementProver prover = TwoTables.on(dialect);
        String list = IntStream.range(0, 100_000).mapToObj(i -> "?").collect(Collectors.joining(","));

        assertThat(prover.prove("select name from customer where tenant_id = ? and id in (" + list + ")")
                        .refusal())
                .isNull();
        assertThat(prover.prove("select " + "(".repeat(50_000) + "1" + ")".repeat(50_000)
                                + " from customer where tenant_id = ?")
                        .refusal())
                .isNull();
        assertThat(prover.prove("select " + "substring(".repeat(5_000) + "'a'" + ", 1)".repeat(5_000)
                                + " from customer where tenant_id = ?")
                        .refusal())
                .isNull();
        assertThat(prover.prove("select * from customer where tenant_id = ? and name = '" + "x".repeat(1_000_000) + "'")
                        .refusal())
                .isNull();
        assertThat(prover.prove("select (select ".repeat(5_000) + "max(name) from customer" + ")".repeat(5_000))
                        .refusal())
                .isNotNull();
        assertThat(prover.prove("select * from customer where " + "(".repeat(5_000) + "tenant_id = ?"
                                + " and 1 = 1)".repeat(5_000))
                        .refusal())
                .isNotNull();
        assertThat(prover.prove("select * from " + "(".repeat(5_000) + "customer" + ")".repeat(5_000))
                        .refusal())
                .isNotNull();
    }

    @Test
    void coalesceAroundTheTenantIsTakenAwayAndPutBack() {
        StatementProver prover = TwoTables.on(SqlDialect.POSTGRESQL);
        String narrow = "delete from customer c where c.id=? and c.tenant_id=?";
        String wide = "delete from customer c where c.id=? and c.tenant_id=coalesce(?,c.tenant_id)";

        assertThat(prover.narrowed(wide, Set.of("tenant_id"))).isEqualTo(narrow);
        assertThat(StatementProver.widened(SqlText.of(narrow, SqlDialect.POSTGRESQL), Set.of("tenant_id")))
                .isEqualTo(wide);
        assertThat(StatementProver.widened(
                        SqlText.of("select 'tenant_id=?' from customer", SqlDialect.POSTGRESQL), Set.of("tenant_id")))
                .isEqualTo("select 'tenant_id=?' from customer");
    }

    @Test
    void codeThatMakesTextsIsNotHarmless() {
        StatementProver prover = TwoTables.on(SqlDialect.POSTGRESQL);

        assertThat(prover.isHarmlessCode("begin return upper($1); end")).isTrue();
        assertThat(prover.isHarmlessCode("begin execute 'select' || $1; end")).isFalse();
        assertThat(prover.isHarmlessCode("select max(name) from customer")).isFalse();
        assertThat(prover.isHarmlessCode("begin set local role tenancy_across; end"))
                .isFalse();
    }
}
