package dev.tenancy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.sql.Proof.Demand;
import dev.tenancy.sql.Proof.Value;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables with rows that every tenant reads: "account" and its "account_tag". No other table has any. */
class LibraryProofTest {

    private static Proof prove(String sql) {
        return TwoTables.on(SqlDialect.POSTGRESQL).prove(sql);
    }

    /** Of each demand: what has to be the tenant, or in braces, the tenant or the library. */
    private static String demands(Proof proof) {
        return proof.demands().stream().map(LibraryProofTest::words).collect(Collectors.joining(" "));
    }

    private static String words(Demand demand) {
        return demand.within().isEmpty()
                ? words(demand.anyOf())
                : demand.within().stream().map(list -> "{" + words(list) + "}").collect(Collectors.joining("|"));
    }

    private static String words(List<Value> values) {
        return values.stream()
                .map(value -> value.literal() == null ? String.valueOf(value.parameter()) : value.literal())
                .collect(Collectors.joining(","));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    select * from account where tenant_id in (?, ?)                                      | {1,2}
                    select * from account where tenant_id in (?, 'lib') and code = ?                     | {1,lib}
                    select * from account where tenant_id = ? or tenant_id = 'lib'                       | {1,lib}
                    select * from account a where (a.tenant_id = ? or a.tenant_id = ?) and a.code = ?    | {1,2}
                    select * from account where tenant_id = ?                                            | 1
                    select * from account where tenant_id = ? and tenant_id in (?, 'lib')                | {2,lib}
                    select * from account where tenant_id in (?, ?, 'lib')                               | {1,2,lib}
                    select * from (select tenant_id, code from account) a where a.tenant_id in (?, ?)    | {1,2}
                    select count(*) from customer c left join account a on a.id = c.account_id and a.tenant_id in (?, 'lib') where c.tenant_id = ? | {1,lib} 2
                    select t.tag from account a join account_tag t on t.account_id = a.id and t.tenant_id = a.tenant_id where a.tenant_id in (?, ?) | {1,2}
                    select 1 from customer c where c.tenant_id = ? and exists (select 1 from account a where a.id = c.account_id and a.tenant_id in (?, ?)) | 1 {2,3}
                    select * from customer c left join account a on a.id = c.account_id and a.tenant_id in (?, ?) where c.tenant_id = ? for update of c | {1,2} 3
                    select * from customer where tenant_id = ? and id in (select customer_id from account where tenant_id in (?, ?)) for update | 1 {2,3}
                    insert into customer (tenant_id, name) select ?, code from account where tenant_id in (?, 'lib') | {2,lib} 1
                    update customer set name = a.code from account a where a.tenant_id in (?, ?) and customer.tenant_id = ? | {1,2} 3
                    update account set code = ? where tenant_id = ?                                      | 2
                    delete from account where tenant_id = ?                                              | 1
                    """)
    void theLibraryIsRead(String sql, String demands) {
        Proof proof = prove(sql);

        assertThat(proof.refusal()).isNull();
        assertThat(demands(proof).split(" ")).containsExactlyInAnyOrder(demands.split(" "));
        assertThat(proof.demands())
                .filteredOn(demand -> !demand.within().isEmpty())
                .allMatch(demand ->
                        "lib".equals(demand.library()) && demand.owner().startsWith("Account"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // tables without a library
                "select * from customer where tenant_id in (?, ?)",
                "select * from customer where tenant_id in (?, 'lib')",
                "select * from customer where tenant_id = ? or tenant_id = 'lib'",
                "select * from (select tenant_id, name from customer) c where c.tenant_id in (?, ?)",
                "select * from (select tenant_id from customer union all select tenant_id from account) c where c.tenant_id in (?, ?)",
                // the library's tenant is not the tenant
                "select * from account a join customer c on c.tenant_id = a.tenant_id where a.tenant_id in (?, ?)",
                "select * from customer c join account a using (tenant_id) where a.tenant_id in (?, ?)",
                "select * from account a, (select tenant_id, name from customer) c where a.tenant_id in (?, ?) and c.tenant_id = a.tenant_id",
                "select * from account a where a.tenant_id in (?, ?) and exists (select 1 from customer c where c.tenant_id = a.tenant_id)",
                "insert into account (tenant_id, code) select tenant_id, code from account where tenant_id in (?, ?)",
                "insert into customer (tenant_id, name) select tenant_id, code from account where tenant_id in (?, ?)",
                "with a as (select tenant_id, id from account where tenant_id in (?, ?)) select * from customer c join a on a.tenant_id = c.tenant_id",
                // writing
                "update account set code = ? where tenant_id in (?, ?)",
                "update account set code = ? where tenant_id = ? or tenant_id = ?",
                "update account set tenant_id = ? where tenant_id in (?, ?)",
                "delete from account where tenant_id in (?, 'lib')",
                "delete from account a using account b where a.id = b.id and b.tenant_id in (?, ?) and a.tenant_id = b.tenant_id",
                "update account set code = b.code from account b where b.tenant_id in (?, ?) and account.tenant_id = b.tenant_id",
                "insert into account (tenant_id, id) values (?, ?) on conflict (id) do update set code = 'x' where account.tenant_id in (?, ?)",
                "merge into account a using (select 1 as id) s on (a.id = s.id and a.tenant_id in (?, ?)) when matched then update set code = 'x'",
                "with gone as (delete from account where tenant_id in (?, ?) returning id) select * from gone",
                "update customer set name = ? where tenant_id = ? and id in (select id from account where tenant_id in (?, ?) for update)",
                // locking
                "select * from account where tenant_id in (?, ?) for update",
                "select * from account where tenant_id in (?, ?) for no key update skip locked",
                "select * from account where tenant_id in (?, ?) order by code for share limit 1",
                "select * from customer c join account a on a.id = c.account_id and a.tenant_id in (?, ?) where c.tenant_id = ? for update of c, a",
                "select * from customer c join account a on a.id = c.account_id and a.tenant_id in (?, ?) where c.tenant_id = ? for update",
                "select * from (select * from account where tenant_id in (?, ?)) a for update",
                "(select * from account where tenant_id in (?, ?)) for update",
                // conditions that are none
                "select * from account where tenant_id in (?, ?) or code = ?",
                "select * from account where tenant_id = ? or code = 'lib'",
                "select * from account where tenant_id = ? or tenant_id",
                "select * from account where tenant_id = ? or tenant_id = ? is null",
                "select * from account where tenant_id = ? or not tenant_id = ?",
                "select * from account where not (tenant_id = ? or tenant_id = ?)",
                "select * from account where (tenant_id = ? or tenant_id = ?) is false",
                "select * from account where tenant_id = ? xor tenant_id = ?",
                "select * from account where code := tenant_id = ?",
                "select * from account where tenant_id = ? or tenant_id = ? xor true",
                "select * from account where tenant_id not in (?, ?)",
                "select * from account where tenant_id in ()",
                "select * from account where tenant_id in (?, tenant_id)",
                "select * from account where tenant_id in (?, (select max(tenant_id) from currency))",
                "select * from account where tenant_id in (?, upper(?))",
                "select * from account where coalesce(tenant_id, ?) in (?, ?)",
                "select * from account a, account b where a.tenant_id in (?, ?) or b.tenant_id in (?, ?)",
                "select * from account a, account b where a.tenant_id = ? or b.tenant_id = ?",
                "select * from account a right join currency c on a.tenant_id in (?, ?) full join account b on true",
                "select * from account a left join currency c on a.tenant_id in (?, ?)",
            })
    void nothingElseIs(String sql) {
        Proof proof = prove(sql);

        // What names the tenant by a parameter that the guard binds reads and writes nothing else.
        assertThat(proof.refusal() != null || !proof.ownParameters().isEmpty())
                .as(demands(proof))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    select version from account where id=?                    | select version from account where id=? and account.tenant_id in (?,'lib')
                    select version from account where id=? for update         | select version from account where id=? and account.tenant_id=? for update
                    select a.id from account a where a.id=? and a.tenant_id in (?,?) for update | select a.id from account a where a.id=? and a.tenant_id in (?,?) and a.tenant_id=? for update
                    select version from customer where id=?                   | select version from customer where id=? and customer.tenant_id=?
                    select t.tag from account a left join account_tag t on t.account_id=a.id where a.tenant_id in (?,?) | select t.tag from account a left join account_tag t on t.account_id=a.id and t.tenant_id=a.tenant_id where a.tenant_id in (?,?)
                    select 1 from customer c left join account a on a.id=c.account_id where c.tenant_id=? | select 1 from customer c left join account a on a.id=c.account_id and a.tenant_id in (?,'lib') where c.tenant_id=?
                    delete from account_tag where account_id=?                | delete from account_tag where account_id=? and account_tag.tenant_id=?
                    """)
    void whatAMapperWritesIsCompleted(String sql, String completed) {
        Proof proof = prove(sql);

        assertThat(proof.refusal()).isNull();
        assertThat(proof.text().sql()).isEqualTo(completed);
    }

    @Test
    void acrossTenantsTheRestOfTheRowsIsReadAsWell() {
        SqlText text = SqlText.of("select 1 from account a where a.tenant_id in (?,?)", SqlDialect.POSTGRESQL);
        assertThat(StatementProver.widened(text, Set.of("tenant_id")))
                .isEqualTo("select 1 from account a where a.tenant_id in (coalesce(?,a.tenant_id),?)");
    }
}
