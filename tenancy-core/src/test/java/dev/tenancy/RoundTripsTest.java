package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.PoliciesAtWorkTest.Currency;
import dev.tenancy.PoliciesAtWorkTest.Note;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import testserver.NotOnCluster;

/** What the announcement of the tenant costs on the wire, and that the query it rides with is none the worse for it. */
class RoundTripsTest {

    private static final UUID ACME = new UUID(1, 1);

    private static SecuredPostgres postgres;
    private static OneConnection pool;
    private static DataSource dataSource;
    private static SessionFactory factory;
    private static OneConnection barePool;
    private static SessionFactory bareFactory;

    /** For pgjdbc: counts how often it wrote, and then waited for the answer. */
    public static final class Wire extends SocketFactory {

        static final AtomicInteger FLIGHTS = new AtomicInteger();

        /** Called by the driver. */
        public Wire() {}

        @Override
        public Socket createSocket() {
            return new Counting();
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Counting extends Socket {

        private boolean asked;

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(int one) throws IOException {
                    asked = true;
                    out.write(one);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    asked = true;
                    out.write(bytes, offset, length);
                }
            };
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    if (asked) {
                        asked = false;
                        Wire.FLIGHTS.incrementAndGet();
                    }
                    return super.read(bytes, offset, length);
                }
            };
        }
    }

    @BeforeAll
    static void build() throws Exception {
        postgres = new SecuredPostgres();
        for (String database : List.of("policies", "bare")) {
            postgres.make(database, Note.class, Currency.class);
            String counted = postgres.url("app", database) + "&socketFactory=" + Wire.class.getName();
            if (database.equals("policies")) {
                pool = new OneConnection(counted);
                dataSource = TenantIsolation.guard(pool);
                factory = factory(database, dataSource);
            } else {
                SecuredPostgres.run(
                        postgres.superuser(database), List.of("alter table note disable row level security"));
                barePool = new OneConnection(counted);
                bareFactory = factory(database, barePool);
            }
        }
    }

    private static SessionFactory factory(String database, DataSource connections) {
        return postgres.factory(
                database, Map.of("hibernate.connection.datasource", connections), Note.class, Currency.class);
    }

    @AfterAll
    static void close() throws Exception {
        factory.close();
        bareFactory.close();
        pool.close();
        barePool.close();
        postgres.close();
    }

    @BeforeEach
    void notes() throws SQLException {
        for (String database : List.of("policies", "bare")) {
            SecuredPostgres.run(
                    postgres.superuser(database),
                    List.of(
                            "delete from note",
                            "insert into note (tenant_id, text) select '" + ACME
                                    + "', 'n' || i from generate_series(1, 10) i"));
        }
    }

    @FunctionalInterface
    interface Work {
        void in(Session session);
    }

    static Stream<Arguments> transactions() {
        return Stream.of(
                transaction(0, "one query", RoundTripsTest::count),
                transaction(0, "a query, then writes", session -> {
                    count(session);
                    session.persist(new Note("more"));
                }),
                transaction(0, "find and update", session -> {
                    Note first = session.createSelectionQuery("from Note order by id", Note.class)
                            .setMaxResults(1)
                            .getSingleResult();
                    first.text = "changed";
                }),
                transaction(0, "three queries", session -> {
                    count(session);
                    count(session);
                    count(session);
                }),
                transaction(0, "a global table only", RoundTripsTest::countCurrencies),
                transaction(0, "a global table, then a query", session -> {
                    countCurrencies(session);
                    count(session);
                }),
                transaction(1, "persist", session -> session.persist(new Note("more"))),
                transaction(1, "three writes", session -> {
                    session.persist(new Note("more"));
                    session.persist(new Note("more"));
                    session.createMutationQuery("update Note set text = 'changed'")
                            .executeUpdate();
                }),
                transaction(
                        1,
                        "a bulk update",
                        session -> session.createMutationQuery("update Note set text = 'changed'")
                                .executeUpdate()));
    }

    private static Arguments transaction(int more, String name, Work work) {
        return Arguments.of(more, name, work);
    }

    private static void count(Session session) {
        session.createSelectionQuery("select count(*) from Note", Long.class).getSingleResult();
    }

    private static void countCurrencies(Session session) {
        session.createSelectionQuery("select count(*) from Currency", Long.class)
                .getSingleResult();
    }

    @ParameterizedTest(name = "{1}: {0} more")
    @MethodSource("transactions")
    @NotOnCluster("the tenant is announced in a flight of its own")
    void aTransactionHasAtMostOneFlightMoreAndNoneIfItBeginsWithAQuery(int more, String name, Work work) {
        assertThat(flights(factory, work) - flights(bareFactory, work)).isEqualTo(more);
    }

    private static int flights(SessionFactory over, Work work) {
        // The driver prepares on the server what it has seen five times.
        for (int warming = 0; warming < 8; warming++) {
            CurrentTenant.runAs(ACME, () -> over.inTransaction(work::in));
        }
        int before = Wire.FLIGHTS.get();
        CurrentTenant.runAs(ACME, () -> over.inTransaction(work::in));
        return Wire.FLIGHTS.get() - before;
    }

    @Test
    @NotOnCluster("the tenant is announced in a flight of its own")
    void aQueryOutsideOfATransactionIsTwoFlightsForItMayBeRunInOneYet() throws SQLException {
        CurrentTenant.runAs(ACME, () -> {
            try (Connection connection = dataSource.getConnection()) {
                int before = 0;
                for (int i = 0; i < 8; i++) {
                    before = Wire.FLIGHTS.get();
                    try (PreparedStatement query = byTenant(connection, "select text from note where tenant_id = ?")) {
                        query.executeQuery();
                    }
                }
                assertThat(Wire.FLIGHTS.get() - before).isEqualTo(2);
            }
        });
    }

    @FunctionalInterface
    private interface Look {
        void at(Connection connection) throws Exception;
    }

    /** Each look is at a query that announces the tenant, as the first of a transaction and outside of one. */
    private static void looking(Look look) throws Exception {
        for (boolean autoCommit : new boolean[] {false, true}) {
            CurrentTenant.runAs(ACME, () -> {
                try (Connection connection = dataSource.getConnection()) {
                    connection.setAutoCommit(autoCommit);
                    look.at(connection);
                    if (!autoCommit) {
                        connection.commit();
                    }
                }
            });
        }
        assertThat(pool.left()).isEqualTo("app");
    }

    private static PreparedStatement byTenant(Connection connection, String sql) throws SQLException {
        PreparedStatement query = connection.prepareStatement(sql);
        query.setObject(1, ACME);
        return query;
    }

    static int rows(ResultSet rows) throws SQLException {
        int count = 0;
        while (rows.next()) {
            count++;
        }
        return count;
    }

    @Test
    void fetchSizeAndMaximumHoldForTheQuery() throws Exception {
        looking(connection -> {
            try (PreparedStatement query = byTenant(connection, "select text from note where tenant_id = ?")) {
                query.setFetchSize(3);
                assertThat(query.getFetchSize()).isEqualTo(3);
                assertThat(rows(query.executeQuery())).isEqualTo(10);
                query.setMaxRows(4);
                assertThat(rows(query.executeQuery())).isEqualTo(4);
                query.setFetchSize(1);
                assertThat(rows(query.executeQuery())).isEqualTo(4);
            }
        });
    }

    @Test
    void theQuerysOwnResultIsTheFirst() throws Exception {
        looking(connection -> {
            try (PreparedStatement query = byTenant(connection, "select text from note where tenant_id = ?")) {
                assertThat(query.execute()).isTrue();
                assertThat(rows(query.getResultSet())).isEqualTo(10);
                assertThat(query.getMoreResults()).isFalse();
                assertThat(query.getUpdateCount()).isEqualTo(-1);
                ResultSet first = query.executeQuery();
                assertThat(first.getMetaData().getColumnName(1)).isEqualTo("text");
                assertThat(rows(first)).isEqualTo(10);
                assertThat(query.getMoreResults(Statement.CLOSE_CURRENT_RESULT)).isFalse();
            }
        });
    }

    @Test
    void aQueryRunsAgainAndWithOtherValues() throws Exception {
        looking(connection -> {
            try (PreparedStatement query =
                    byTenant(connection, "select text from note where tenant_id = ? and text = ?")) {
                for (int i = 1; i <= 10; i++) {
                    query.setString(2, "n" + i);
                    assertThat(rows(query.executeQuery())).isEqualTo(1);
                }
                query.clearParameters();
                query.setObject(1, ACME, Types.OTHER);
                query.setNull(2, Types.VARCHAR);
                assertThat(rows(query.executeQuery())).isZero();
            }
        });
    }

    @Test
    void theMetaDataIsTheQuerysOwnBeforeItRuns() throws Exception {
        looking(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select id, text from note where tenant_id = ? and id > ?")) {
                assertThat(query.getMetaData().getColumnCount()).isEqualTo(2);
                assertThat(query.getMetaData().getColumnName(2)).isEqualTo("text");
                assertThat(query.getParameterMetaData().getParameterCount()).isEqualTo(2);
                assertThat(query.getParameterMetaData().getParameterType(2)).isEqualTo(Types.BIGINT);
                query.setObject(1, ACME);
                query.setLong(2, 0);
                assertThat(rows(query.executeQuery())).isEqualTo(10);
                assertThat(query.getMetaData().getColumnName(2)).isEqualTo("text");
            }
        });
    }

    @FunctionalInterface
    interface Setter {
        void on(PreparedStatement query) throws SQLException;
    }

    static Stream<Arguments> setters() {
        Timestamp moment = Timestamp.valueOf("2026-01-02 03:04:05");
        return Stream.of(
                setter("text", "1", query -> query.setString(2, "1")),
                setter("int", "1", query -> query.setInt(2, 1)),
                setter("bigint", "1", query -> query.setLong(2, 1)),
                setter("smallint", "1", query -> query.setShort(2, (short) 1)),
                setter("smallint", "1", query -> query.setByte(2, (byte) 1)),
                setter("float8", "1.5", query -> query.setDouble(2, 1.5)),
                setter("float4", "1.5", query -> query.setFloat(2, 1.5f)),
                setter("numeric", "1.5", query -> query.setBigDecimal(2, new BigDecimal("1.5"))),
                setter("boolean", "true", query -> query.setBoolean(2, true)),
                setter("bytea", "\\x01", query -> query.setBytes(2, new byte[] {1})),
                setter("date", "2026-01-02", query -> query.setDate(2, Date.valueOf("2026-01-02"))),
                setter("time", "03:04:05", query -> query.setTime(2, Time.valueOf("03:04:05"))),
                setter("timestamp", "2026-01-02 03:04:05", query -> query.setTimestamp(2, moment)),
                setter("text", null, query -> query.setNull(2, Types.VARCHAR)),
                setter("text", null, query -> query.setNull(2, Types.VARCHAR, "text")),
                setter("text", "1", query -> query.setObject(2, "1")),
                setter("int", "1", query -> query.setObject(2, "1", Types.INTEGER)),
                setter("numeric", "1.50", query -> query.setObject(2, new BigDecimal("1.5"), Types.NUMERIC, 2)),
                setter(
                        "int[]",
                        "{1,2}",
                        query -> query.setArray(2, query.getConnection().createArrayOf("int4", new Object[] {1, 2}))),
                setter("text", "abc", query -> query.setCharacterStream(2, new StringReader("abc"), 3)),
                setter("text", "abc", query -> query.setCharacterStream(2, new StringReader("abc"))),
                setter(
                        "bytea",
                        "\\x0102",
                        query -> query.setBinaryStream(2, new ByteArrayInputStream(new byte[] {1, 2}))),
                setter(
                        "bytea",
                        "\\x0102",
                        query -> query.setBinaryStream(2, new ByteArrayInputStream(new byte[] {1, 2}), 2)));
    }

    private static Arguments setter(String type, String value, Setter setter) {
        return Arguments.of(type, value, setter);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("setters")
    void everyKindOfValueArrivesAtItsPosition(String type, String value, Setter setter) throws Exception {
        looking(connection -> {
            try (PreparedStatement query = byTenant(
                    connection,
                    "select n.text, v.it::text from note n left join (select 1 as one) x on n.tenant_id = ?"
                            + " cross join lateral (select cast(? as " + type + ") as it) v where n.tenant_id = ?")) {
                setter.on(query);
                query.setObject(3, ACME);
                ResultSet row = query.executeQuery();
                row.next();
                assertThat(row.getString(2)).isEqualTo(value);
            }
        });
    }
}
