package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.hibernate.exception.DataException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;
import testserver.NotOnCluster;

/**
 * Databases may look at another tenant's row before they compare its tenant, and print what they could not work with: whoever has the
 * statement run gets to know of what kind the failure was.
 */
class WithheldTextsTest {

    private static final UUID ACME = new UUID(1, 1);
    private static final UUID GLOBEX = new UUID(2, 2);
    private static final String SECRET = "secret-a";
    private static final int SECRET_NUMBER = 1987654321;
    private static final String TRUSTED = "/* tenancy: trusted because of the test */ ";

    private static SecuredPostgres postgres;
    private static DataSource postgresql;
    private static DataSource h2;
    private static SessionFactory onPostgresql;
    private static SessionFactory onH2;

    @Entity(name = "Remark")
    static class Remark {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        @TenantId
        @Column(name = "tenant_id")
        UUID tenantId;

        String text = SECRET;

        @Column(length = 3)
        String brief;

        int amount = SECRET_NUMBER;
    }

    @BeforeAll
    static void build() throws Exception {
        postgres = new SecuredPostgres();
        // Without policies, so that the guard alone is looked at; those with are below.
        postgres.create("plain");
        PGSimpleDataSource plain = new PGSimpleDataSource();
        plain.setUrl(postgres.superuser("plain"));
        postgresql = TenantIsolation.guard(plain);
        onPostgresql = Model.factory(Map.of("hibernate.connection.datasource", postgresql), Remark.class);
        JdbcDataSource memory = new JdbcDataSource();
        memory.setUrl("jdbc:h2:mem:withheld;DB_CLOSE_DELAY=-1");
        h2 = TenantIsolation.guard(memory);
        onH2 = Model.factory(Map.of("hibernate.connection.datasource", h2), Remark.class);
        for (SessionFactory factory : List.of(onPostgresql, onH2)) {
            // Whether a database looks at another tenant's row first, or at the tenant's own, is up to its planner.
            for (UUID tenant : List.of(ACME, GLOBEX)) {
                CurrentTenant.runAs(tenant, () -> factory.inTransaction(session -> session.persist(new Remark())));
            }
        }
    }

    @AfterAll
    static void close() throws Exception {
        onPostgresql.close();
        onH2.close();
        postgres.close();
    }

    static Stream<Arguments> expressions() {
        return Stream.concat(
                Stream.of(
                                "to_date(text, 'YYYYMMDD') is not null",
                                "cast(text as int) > 0",
                                "cast(text as uuid) is not null",
                                "cast(text as date) is not null",
                                "cast(text as timestamp) is not null",
                                "cast(text as json) is not null",
                                "cast('{' || text as json) is not null",
                                "cast(text as numeric) > 0",
                                "cast(text as interval) is not null",
                                "cast(text as boolean)",
                                "to_number(text, '999') > 0",
                                "to_timestamp(text, 'YYYY') is not null",
                                "to_tsquery(text || '&') is not null",
                                "date_trunc(text, current_timestamp) is not null",
                                "extract(year from cast(text as date)) > 0",
                                "make_date(amount, 1, 1) is not null",
                                "chr(amount) is not null",
                                "repeat('x', amount) is not null",
                                "lpad('x', amount) is not null",
                                "encode('a', text) is not null",
                                "decode(text, 'hex') is not null",
                                "nextval(text) > 0",
                                "cast(text as regclass) is not null",
                                "current_setting(text) is not null",
                                "amount * 2 > 0",
                                "regexp_replace('a', text || '[', 'b') = 'a'",
                                "1 / (amount - " + SECRET_NUMBER + ") > 0")
                        .map(one -> Arguments.of("PostgreSQL", one)),
                Stream.of(
                                "cast(text as int) > 0",
                                "cast(text as uuid) is not null",
                                "cast(text as date) is not null",
                                "cast(text as timestamp) is not null",
                                "cast(text as numeric) > 0",
                                "cast(text as interval day) is not null",
                                "cast(amount as tinyint) > 0",
                                "cast(text as enum('a')) is not null",
                                "cast(text as int array) is not null",
                                "extract(year from text) > 0",
                                "parsedatetime(text, 'yyyy') is not null",
                                "to_char(amount, text) is not null",
                                "hextoraw(text) is not null",
                                "text like 'a' escape text",
                                "regexp_replace('a', text || '[', 'b') = 'a'",
                                "array[1][amount] > 0",
                                "ln(-amount) > 0",
                                "amount * 2 > 0",
                                "1 / (amount - " + SECRET_NUMBER + ") > 0")
                        .map(one -> Arguments.of("H2", one)));
    }

    private static DataSource source(String database) {
        return database.equals("H2") ? h2 : postgresql;
    }

    private static Throwable failure(DataSource source, String sql, boolean prepared) {
        return CurrentTenant.callAs(GLOBEX, () -> {
            try (Connection connection = source.getConnection()) {
                return catchThrowable(() -> {
                    if (prepared) {
                        try (PreparedStatement query = connection.prepareStatement(sql)) {
                            query.setObject(1, GLOBEX);
                            query.executeQuery();
                        }
                    } else {
                        connection.createStatement().execute(sql.replace("?", "'" + GLOBEX + "'"));
                    }
                });
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    /** All that can be got out of a failure. */
    private static String everything(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        for (Throwable one = failure; one instanceof SQLException part; one = part.getNextException()) {
            text.append(String.valueOf(part.getMessage())).append(part.getLocalizedMessage());
        }
        return text.toString();
    }

    private static void tellsNothing(Throwable failure) {
        assertThat(everything(failure))
                .doesNotContainIgnoringCase("secret")
                .doesNotContain("" + SECRET_NUMBER)
                .doesNotContain(String.valueOf(2L * SECRET_NUMBER));
        assertThat(failure.getClass().getName()).doesNotStartWith("org.postgresql.");
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void noValueOfAnotherTenantsRowIsTold(String database, String expression) {
        for (boolean prepared : new boolean[] {true, false}) {
            Throwable failure = failure(
                    source(database), "select id from remark where " + expression + " and tenant_id = ?", prepared);
            if (failure instanceof UnprovenStatementException) {
                // Whatever the proof thinks of it, a reason makes it run.
                failure = failure(
                        source(database),
                        TRUSTED + "select id from remark where " + expression + " and tenant_id = "
                                + (prepared ? "cast(? as uuid)" : "?"),
                        prepared);
            }
            assertThat(failure).as(expression).isInstanceOf(SQLException.class);
            String text = String.valueOf(failure.getMessage());
            if (text.contains("left out")) {
                tellsNothing(failure);
                SQLException told = (SQLException) failure;
                assertThat(text)
                        .contains(told.getSQLState())
                        .contains("Remark")
                        .contains("the database's log")
                        .contains("dev.tenancy.FailureText");
            } else {
                tellsNothing(failure);
            }
        }
    }

    @Test
    void theKindOfTheFailureIsTold() {
        Throwable h2s = failure(h2, "select id from remark where cast(text as int) > 0 and tenant_id = ?", true);
        assertThat(h2s)
                .isInstanceOfSatisfying(
                        SQLDataException.class,
                        failure -> assertThat(failure.getErrorCode()).isEqualTo(22018))
                .hasMessageContaining("a text cannot be converted");
        Throwable postgresqls =
                failure(postgresql, "select id from remark where 1 / (amount - amount) > 0 and tenant_id = ?", true);
        assertThat(postgresqls)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        failure -> assertThat(failure.getSQLState()).isEqualTo("22012"))
                .hasMessageContaining("division by zero");
    }

    @Test
    void hibernateStillKnowsTheKind() {
        for (SessionFactory factory : List.of(onPostgresql, onH2)) {
            Throwable failure = catchThrowable(() -> CurrentTenant.runAs(
                    GLOBEX,
                    () -> factory.inTransaction(session -> {
                        session.persist(new Remark());
                        session.createMutationQuery("update Remark set brief = text")
                                .executeUpdate();
                    })));
            assertThat(failure).isInstanceOf(DataException.class);
            tellsNothing(failure.getCause());
        }
    }

    @Test
    void whatIsWrongWithTheStatementItselfIsTold() {
        for (DataSource source : List.of(postgresql, h2)) {
            assertThat(failure(source, "select nosuch from remark where tenant_id = ?", true))
                    .isInstanceOf(SQLException.class)
                    .message()
                    .containsIgnoringCase("nosuch");
        }
        assertThat(failure(postgresql, "select id from remark where amount = 'abc' and tenant_id = ?", true))
                .hasMessageContaining("abc");
    }

    @Test
    void statementsOnNoOwnedTableFailAsTheyAlwaysDid() {
        assertThat(failure(postgresql, "select cast('abc' || ? as int)", true)).hasMessageContaining("abc");
        assertThat(failure(h2, "select cast('abc' || cast(? as varchar) as int)", true))
                .hasMessageContaining("abc");
    }

    @Test
    void batchesTellNothingEither() throws SQLException {
        for (DataSource source : List.of(postgresql, h2)) {
            CurrentTenant.runAs(GLOBEX, () -> {
                try (Connection connection = source.getConnection()) {
                    PreparedStatement update = connection.prepareStatement(
                            "update remark set amount = 1 where amount * 2 > 0 and tenant_id = ?");
                    for (int i = 0; i < 2; i++) {
                        update.setObject(1, GLOBEX);
                        update.addBatch();
                    }
                    BatchUpdateException failure =
                            catchThrowableOfType(BatchUpdateException.class, update::executeBatch);
                    tellsNothing(failure);
                    assertThat(failure.getSQLState()).isEqualTo("22003");
                    Statement statement = connection.createStatement();
                    statement.addBatch("update remark set brief = 'y' where tenant_id = '" + GLOBEX + "'");
                    statement.addBatch(
                            "update remark set amount = 1 where amount * 2 > 0 and tenant_id = '" + GLOBEX + "'");
                    tellsNothing(catchThrowable(statement::executeBatch));
                }
            });
        }
    }

    @Test
    @NotOnCluster("the rows of a worker are fetched at once")
    void rowsThatAreFetchedLaterTellNothingEither() throws SQLException {
        CurrentTenant.runAs(
                ACME,
                () -> onPostgresql.inTransaction(session -> {
                    for (int i = 0; i < 5; i++) {
                        Remark remark = new Remark();
                        remark.text = "1";
                        session.persist(remark);
                    }
                }));
        CurrentTenant.runAs(ACME, () -> {
            try (Connection connection = postgresql.getConnection()) {
                connection.setAutoCommit(false);
                PreparedStatement query = connection.prepareStatement(
                        "select cast(text as int) from remark where tenant_id = ? order by id desc");
                query.setObject(1, ACME);
                query.setFetchSize(2);
                ResultSet rows = query.executeQuery();
                Throwable failure = catchThrowable(() -> {
                    while (rows.next()) {
                        assertThat(rows.getInt(1)).isEqualTo(1);
                    }
                });
                assertThat(failure).isInstanceOf(SQLException.class);
                tellsNothing(failure);
            }
        });
    }

    @Test
    void underPoliciesTheFirstQueryTellsNothingEither() throws Exception {
        postgres.make("held", Remark.class);
        PGSimpleDataSource app = new PGSimpleDataSource();
        app.setUrl(postgres.url("app", "held"));
        DataSource guarded = TenantIsolation.guard(app);
        try (SessionFactory factory =
                postgres.factory("held", Map.of("hibernate.connection.datasource", guarded), Remark.class)) {
            CurrentTenant.runAs(GLOBEX, () -> factory.inTransaction(session -> session.persist(new Remark())));
            for (boolean prepared : new boolean[] {true, false}) {
                tellsNothing(failure(
                        guarded, "select id from remark where cast(text as int) > 0 and tenant_id = ?", prepared));
            }
        }
    }

    @Test
    @NotOnCluster("triggers")
    void warningsTellNothingEither() throws SQLException {
        SecuredPostgres.run(
                postgres.superuser("plain"),
                List.of(
                        "create or replace function tell() returns trigger language plpgsql as 'begin raise warning"
                                + " ''%'', (select text from remark limit 1); return new; end'",
                        "create or replace trigger tell before update on remark for each row execute function tell()"));
        CurrentTenant.runAs(GLOBEX, () -> onPostgresql.inTransaction(session -> session.persist(new Remark())));
        CurrentTenant.runAs(GLOBEX, () -> {
            try (Connection connection = postgresql.getConnection();
                    PreparedStatement update =
                            connection.prepareStatement("update remark set brief = 'x' where tenant_id = ?");
                    Statement statement = connection.createStatement()) {
                update.setObject(1, GLOBEX);
                update.executeUpdate();
                statement.executeUpdate("update remark set brief = 'x' where tenant_id = '" + GLOBEX + "'");
                for (SQLWarning warning : List.of(update.getWarnings(), statement.getWarnings())) {
                    tellsNothing(warning);
                    assertThat(warning.getSQLState()).isEqualTo("01000");
                }
            }
        });
        SecuredPostgres.run(postgres.superuser("plain"), List.of("drop trigger tell on remark"));
    }
}
