package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import dev.tenancy.NoTenantException;
import dev.tenancy.UnprovenStatementException;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class JooqTest extends Compatibility {

    static final Table<Record> NOTE = table("note");
    static final Table<Record> COUNTRY = table("country");
    static final Field<UUID> ID = field("id", UUID.class);
    static final Field<UUID> TENANT = field("tenant_id", UUID.class);
    static final Field<Long> VERSION = field("version", Long.class);
    static final Field<String> TEXT = field("text", String.class);

    @Autowired
    private DSLContext jooq;

    @Test
    void globalRowsAreEverybodys() {
        assertThat(jooq.select(count()).from(COUNTRY).fetchOne(0, int.class)).isNotNegative();
        assertThat(acme(() -> jooq.fetchCount(COUNTRY))).isNotNegative();
    }

    @Test
    void statementsReachTheTenantThatTheyName() {
        assertThat(acme(() -> jooq.select(TEXT)
                        .from(NOTE)
                        .where(TENANT.eq(ACME))
                        .orderBy(TEXT)
                        .fetch(TEXT)))
                .containsExactly("acme one", "acme two");
        assertThat(acme(() -> inserted(jooq, ACME))).isEqualTo("by jOOQ");
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> acme(() -> inserted(jooq, GLOBEX)));
        assertThatExceptionOfType(UnprovenStatementException.class).isThrownBy(() -> acme(() -> jooq.fetchCount(NOTE)));
        assertThatExceptionOfType(NoTenantException.class).isThrownBy(() -> jooq.fetchCount(NOTE, TENANT.eq(ACME)));
    }

    /** What jOOQ renders as "returning" on PostgreSQL, and as "from final table" on H2. */
    static String inserted(DSLContext jooq, UUID tenant) {
        return jooq.insertInto(NOTE)
                .set(ID, UUID.randomUUID())
                .set(TENANT, tenant)
                .set(VERSION, 0L)
                .set(TEXT, "by jOOQ")
                .returningResult(TEXT)
                .fetchOne(TEXT);
    }
}
