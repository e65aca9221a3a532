package dev.tenancy.sql;

import static dev.tenancy.sql.SqlDialect.H2;
import static dev.tenancy.sql.SqlDialect.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionEffectsTest {

    private static SessionEffects effects(SqlDialect dialect, String sql) {
        return TwoTables.on(dialect).sessionEffects(SqlText.of(sql, dialect));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select a.temp, \"set\" from asset a where a.tenant_id = ? and x @> y and z @@ to_tsquery('set x')",
                "update asset set temp = 'create temp table' where tenant_id = ? -- ; set x = 1",
                "insert into asset (set_config, reset) values (?, case when 1 = 1 then 2 end)",
                "merge into asset using x on (true) when matched then update set y = 1",
                "set local statement_timeout = 3",
                "set transaction isolation level serializable",
                "select set_config('app.user', ?, true)",
                "select pg_advisory_xact_lock(1)",
                "savepoint s",
                "release savepoint s"
            })
    void otherWorkCostsNothing(String sql) {
        assertThat(effects(POSTGRESQL, sql).outlivesTransaction()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "discard all",
                "/* x */ DISCARD all;",
                "select 1; reset all",
                "load 'x'",
                "select set_config(?, 'x', false)",
                "select set_config(E'app\\x2euser', 'x', false)",
                "do $$ begin execute 'set x = 1'; end $$",
                "do E'begin ex\\145cute \\'set x = 1\\'; end'",
                "select 'no end"
            })
    void whatNobodyCanReadAgainIsKnown(String sql) {
        assertThat(effects(POSTGRESQL, sql).beyondRepair()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set statement_timeout = 3",
                "set session statement_timeout to 3",
                "SET \"statement_timeout\" = 3",
                "reset statement_timeout",
                "select 1; set /* ' */ statement_timeout = 3",
                "select set_config('Statement_Timeout', '3', false)",
                "select set_config($a$statement_timeout$a$, '3', not true)",
                "select set_config('statement_timeout', '3', (select true))"
            })
    void settingsOfTheSessionAreNamed(String sql) {
        assertThat(effects(POSTGRESQL, sql).settings()).containsExactly("statement_timeout");
        assertThat(effects(POSTGRESQL, sql).leavesTraces()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(SqlDialect.class)
    void temporaryTablesAreNamed(SqlDialect dialect) {
        assertThat(effects(dialect, "create global temporary table if not exists s.\"Mine\" (id int)")
                        .tables())
                .containsExactly("mine");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set @x = 1",
                "set @\"x\" = 1",
                "select @x := 1",
                "select @\"x y\" := max(id) from note",
                "select set(@x, 1)",
                "execute immediate 'set @x = 1'"
            })
    void variablesOfH2LeaveTraces(String sql) {
        assertThat(effects(H2, sql).leavesTraces()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"execute immediate ?", "execute immediate 'set autocommit' || ' false'"})
    void aTextThatIsMadeUpIsBeyondRepair(String sql) {
        assertThat(effects(H2, sql).beyondRepair()).isTrue();
    }

    @Test
    void theEndOfATransactionIsSeen() {
        assertThat(effects(POSTGRESQL, "rollback to savepoint s"))
                .matches(SessionEffects::endsTransaction)
                .matches(one -> !one.goesOn());
        assertThat(effects(POSTGRESQL, "commit; select 1"))
                .matches(SessionEffects::endsTransaction)
                .matches(SessionEffects::goesOn);
        assertThat(effects(POSTGRESQL, "begin").beginsTransaction()).isTrue();
        assertThat(effects(POSTGRESQL, "select pg_advisory_lock(1)").locks()).isTrue();
    }
}
