package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.Model.Tag;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.SharedSessionContract;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs beside Hibernate, over the same data source: plain JDBC, and so JdbcTemplate and jOOQ. */
class GuardedJdbcTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private static DataSource dataSource;
    private static SessionFactory factory;

    @BeforeAll
    static void build() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        dataSource = TenantIsolation.guard(h2);
        factory = Model.factory(Map.of("hibernate.connection.datasource", dataSource));
    }

    @AfterAll
    static void close() {
        factory.close();
    }

    @BeforeEach
    void eachTenantHasATag() throws SQLException {
        try (Connection connection = dataSource.unwrap(JdbcDataSource.class).getConnection()) {
            connection.createStatement().executeUpdate("delete from tag");
        }
        for (UUID tenant : new UUID[] {ACME, GLOBEX}) {
            CurrentTenant.runAs(tenant, () -> factory.inTransaction(session -> session.persist(new Tag())));
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private static <T> T as(Object tenant, Work<T> work) throws SQLException {
        return CurrentTenant.callAs(tenant, () -> {
            try (Connection connection = dataSource.getConnection()) {
                return work.on(connection);
            }
        });
    }

    private static int count(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @Test
    void aStatementThatNamesTheTenantRuns() throws SQLException {
        int own = as(ACME, connection -> {
            PreparedStatement query = connection.prepareStatement("select count(*) from tag where tenant_id = ?");
            query.setObject(1, ACME);
            return count(query);
        });
        assertThat(own).isEqualTo(1);
    }

    @Test
    void aStatementThatDoesNotNameTheTenantIsRefusedBeforeItIsPrepared() {
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> as(ACME, connection -> connection.prepareStatement("select count(*) from tag")))
                .withMessageContaining("Model$Tag")
                .withMessageContaining("tenant_id = ?");
    }

    @Test
    void anotherTenantThanTheCurrentOneIsNotBound() {
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> as(ACME, connection -> {
                    PreparedStatement query =
                            connection.prepareStatement("select count(*) from tag where tenant_id = ?");
                    query.setObject(1, GLOBEX);
                    return count(query);
                }))
                .withMessageContaining("Model$Tag")
                .withMessageNotContaining(GLOBEX.toString());
    }

    /** Sets the first parameter. */
    @FunctionalInterface
    private interface Setter {
        void set(PreparedStatement statement, UUID value) throws SQLException;
    }

    static Stream<Setter> settersOfATenant() {
        return Stream.of(
                (statement, value) -> statement.setObject(1, value),
                (statement, value) -> statement.setObject(1, value, Types.OTHER),
                (statement, value) -> statement.setObject(1, value, java.sql.JDBCType.OTHER),
                (statement, value) -> statement.setString(1, value.toString()),
                (statement, value) -> statement.setString(1, value.toString().toUpperCase()),
                (statement, value) -> statement.setNString(1, value.toString()),
                (statement, value) -> statement.setBytes(1, bytes(value)));
    }

    private static byte[] bytes(UUID value) {
        return java.nio.ByteBuffer.allocate(16)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits())
                .array();
    }

    @ParameterizedTest
    @MethodSource("settersOfATenant")
    void theTenantIsKnownInEachFormThatADriverTakes(Setter setter) throws SQLException {
        Work<Integer> work = connection -> {
            PreparedStatement query = connection.prepareStatement("select count(*) from tag where tenant_id = ?");
            setter.set(query, ACME);
            return count(query);
        };
        assertThat(as(ACME, work)).isEqualTo(1);
        assertThatExceptionOfType(UnprovenStatementException.class).isThrownBy(() -> as(GLOBEX, work));
    }

    static Stream<Setter> settersThatTheGuardDoesNotKnow() {
        return Stream.of(
                (statement, value) -> statement.setNull(1, Types.OTHER),
                (statement, value) -> statement.setCharacterStream(1, new java.io.StringReader(value.toString())),
                (statement, value) -> statement.setBinaryStream(1, new java.io.ByteArrayInputStream(bytes(value))),
                (statement, value) -> statement.clearParameters());
    }

    @ParameterizedTest
    @MethodSource("settersThatTheGuardDoesNotKnow")
    void aValueThatTheGuardDoesNotKnowIsNotTheTenant(Setter setter) {
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> as(ACME, connection -> {
                    PreparedStatement query =
                            connection.prepareStatement("select count(*) from tag where tenant_id = ?");
                    query.setObject(1, ACME);
                    setter.set(query, GLOBEX);
                    return count(query);
                }));
    }

    @Test
    void aLiteralHasToBeTheTenantAsWell() throws SQLException {
        String own = "select count(*) from tag where tenant_id = '" + ACME + "'";
        int found = as(ACME, connection -> count(connection.prepareStatement(own)));
        assertThat(found).isEqualTo(1);
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> as(GLOBEX, connection -> count(connection.prepareStatement(own))));
    }

    @Test
    void withoutATenantNothingRunsOnAnOwnedTable() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            for (String sql :
                    new String[] {"select count(*) from tag where tenant_id = ?", "select count(*) from tag"}) {
                assertThatExceptionOfType(NoTenantException.class)
                        .isThrownBy(() -> connection.prepareStatement(sql))
                        .withMessageContaining("Model$Tag");
            }
            assertThat(count(connection.prepareStatement("select 1"))).isEqualTo(1);
        }
    }

    @Test
    void aStatementThatOutlivesItsTenantIsRefused() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            PreparedStatement query = CurrentTenant.callAs(ACME, () -> {
                PreparedStatement prepared =
                        connection.prepareStatement("select count(*) from tag where tenant_id = ?");
                prepared.setObject(1, ACME);
                return prepared;
            });
            assertThatExceptionOfType(NoTenantException.class).isThrownBy(query::executeQuery);
            CurrentTenant.runAs(
                    GLOBEX,
                    () -> assertThatExceptionOfType(UnprovenStatementException.class)
                            .isThrownBy(query::executeQuery));
        }
    }

    @FunctionalInterface
    private interface Run {
        void run(Statement statement, String sql) throws SQLException;
    }

    static Stream<Run> waysToRunAText() {
        return Stream.of(
                Statement::execute,
                (statement, sql) -> statement.execute(sql, Statement.NO_GENERATED_KEYS),
                (statement, sql) -> statement.execute(sql, new int[0]),
                (statement, sql) -> statement.execute(sql, new String[0]),
                Statement::executeUpdate,
                (statement, sql) -> statement.executeUpdate(sql, Statement.NO_GENERATED_KEYS),
                (statement, sql) -> statement.executeUpdate(sql, new int[0]),
                (statement, sql) -> statement.executeUpdate(sql, new String[0]),
                Statement::executeLargeUpdate,
                (statement, sql) -> statement.executeLargeUpdate(sql, Statement.NO_GENERATED_KEYS),
                (statement, sql) -> statement.executeLargeUpdate(sql, new int[0]),
                (statement, sql) -> statement.executeLargeUpdate(sql, new String[0]),
                (statement, sql) -> {
                    statement.addBatch(sql);
                    statement.executeBatch();
                },
                (statement, sql) -> {
                    statement.addBatch(sql);
                    statement.executeLargeBatch();
                });
    }

    @ParameterizedTest
    @MethodSource("waysToRunAText")
    void aPlainStatementIsGuardedHoweverItIsRun(Run run) throws SQLException {
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> as(GLOBEX, connection -> {
                    run.run(connection.createStatement(), "update tag set text = 'theirs'");
                    return null;
                }));
        String own = "update tag set text = 'ours' where tenant_id = '" + ACME + "'";
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> as(GLOBEX, connection -> {
                    run.run(connection.createStatement(), own);
                    return null;
                }));
        assertThat(texts(ACME)).isEqualTo("SECRET");
        as(ACME, connection -> {
            run.run(connection.createStatement(), own);
            return null;
        });
        assertThat(texts(ACME)).isEqualTo("ours");
        assertThat(texts(GLOBEX)).isEqualTo("SECRET");
    }

    private static String texts(UUID tenant) {
        return CurrentTenant.callAs(
                tenant,
                () -> factory.fromSession(session -> String.join(
                        ",",
                        session.createQuery("select text from Tag", String.class)
                                .getResultList())));
    }

    @Test
    void eachRowOfABatchIsChecked() {
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> as(ACME, connection -> {
                    PreparedStatement update =
                            connection.prepareStatement("update tag set text = 'x' where tenant_id = ?");
                    update.setObject(1, ACME);
                    update.addBatch();
                    update.setObject(1, GLOBEX);
                    update.addBatch();
                    return update.executeBatch();
                }));
    }

    @Test
    void aBatchThatWasFilledForOneTenantIsNotRunForAnother() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            PreparedStatement update = CurrentTenant.callAs(ACME, () -> {
                PreparedStatement filled = connection.prepareStatement("update tag set text = 'x' where tenant_id = ?");
                filled.setObject(1, ACME);
                filled.addBatch();
                return filled;
            });
            CurrentTenant.runAs(
                    GLOBEX,
                    () -> assertThatExceptionOfType(UnprovenStatementException.class)
                            .isThrownBy(update::executeBatch)
                            .withMessageContaining("batch"));
        }
    }

    @Test
    void aProcedureIsCalledIfItsCallSaysWhyItIsSafe() throws SQLException {
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> as(ACME, connection -> connection.prepareCall("{call file_read(?)}")));
        String result = as(ACME, connection -> {
            CallableStatement call =
                    connection.prepareCall("/* tenancy: trusted because it reads its argument only */ {call upper(?)}");
            call.setString(1, "x");
            ResultSet rows = call.executeQuery();
            rows.next();
            return rows.getString(1);
        });
        assertThat(result).isEqualTo("X");
    }

    @Test
    void aTrustedStatementRunsAsItIsAndStillNeedsATenant() throws SQLException {
        String sql = "/* tenancy: trusted because the report is for the platform's owner */ select count(*) from tag";
        int found = as(ACME, connection -> count(connection.prepareStatement(sql)));
        assertThat(found).isEqualTo(2);
        try (Connection connection = dataSource.getConnection()) {
            assertThatExceptionOfType(NoTenantException.class).isThrownBy(() -> connection.prepareStatement(sql));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/* tenancy: trusted because */ select count(*) from tag",
                "/* tenancy: trusted */ select count(*) from tag",
                "select /* tenancy: trusted because of nothing */ count(*) from tag",
                "select count(*) from tag /* tenancy: trusted because of nothing */",
                "-- tenancy: trusted because of nothing\nselect count(*) from tag"
            })
    void onlyAReasonAtTheBeginningMakesAStatementTrusted(String sql) {
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> as(ACME, connection -> connection.prepareStatement(sql)));
    }

    @Test
    void thereIsNoWayBehindTheGuard() throws SQLException {
        as(ACME, connection -> {
            Statement statement = connection.createStatement();
            assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
            assertThat(statement.getConnection()).isSameAs(connection);
            assertThat(connection.isWrapperFor(org.h2.jdbc.JdbcConnection.class))
                    .isFalse();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> connection.unwrap(org.h2.jdbc.JdbcConnection.class))
                    .withMessageContaining("unwrap the data source");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> statement.unwrap(org.h2.jdbc.JdbcStatement.class));
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> connection.getMetaData().unwrap(org.h2.jdbc.JdbcDatabaseMetaData.class));
            assertThatExceptionOfType(UnprovenStatementException.class)
                    .isThrownBy(
                            () -> connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE));
            return null;
        });
    }

    @Test
    void aSessionOverAConnectionThatIsNotGuardedIsRefused() throws SQLException {
        try (Connection bare = dataSource.unwrap(JdbcDataSource.class).getConnection()) {
            for (UUID tenant : new UUID[] {ACME, GLOBEX}) {
                CurrentTenant.runAs(tenant, () -> {
                    refused(() -> factory.withOptions().connection(bare).openSession());
                    refused(() ->
                            factory.withStatelessOptions().connection(bare).openStatelessSession());
                    refused(() -> factory.openStatelessSession(bare));
                });
            }
            refused(() -> factory.withOptions().connection(bare).openSession());
            assertThat(bare.isClosed()).isFalse();
        }
    }

    private static void refused(ThrowingCallable opening) {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(opening)
                .withMessageContaining("not guarded")
                .withMessageContaining("TenantIsolation.guard");
    }

    @Test
    void aSessionOverAGuardedConnectionIsGuarded() throws SQLException {
        try (Connection guarded = dataSource.getConnection()) {
            Connection wrapped = (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        try {
                            return method.invoke(guarded, arguments);
                        } catch (InvocationTargetException failed) {
                            throw failed.getCause();
                        }
                    });
            CurrentTenant.runAs(ACME, () -> {
                for (Connection connection : new Connection[] {guarded, wrapped}) {
                    try (Session session =
                                    factory.withOptions().connection(connection).openSession();
                            StatelessSession stateless = factory.openStatelessSession(connection)) {
                        for (SharedSessionContract one : new SharedSessionContract[] {session, stateless}) {
                            assertThat(one.createNativeQuery(
                                                    "select count(*) from tag where tenant_id = :tenant", Long.class)
                                            .setParameter("tenant", ACME)
                                            .getSingleResult())
                                    .isEqualTo(1);
                            assertThatExceptionOfType(UnprovenStatementException.class)
                                    .isThrownBy(() -> one.createNativeQuery("select text from tag", String.class)
                                            .getResultList());
                        }
                    }
                }
            });
        }
    }

    @Test
    void aGuardedDataSourceIsNotGuardedTwice() {
        assertThat(TenantIsolation.guard(dataSource)).isSameAs(dataSource);
    }

    @Test
    void everyMethodOfJdbcThatTakesATextIsGuarded() {
        for (Class<?> type : new Class<?>[] {Connection.class, Statement.class}) {
            Class<?> guarded = type == Connection.class ? GuardedConnection.class : GuardedStatement.class;
            assertThat(Arrays.stream(type.getDeclaredMethods())
                            .filter(method -> method.getName().matches("(prepare|execute|addBatch).*"))
                            .filter(method ->
                                    Arrays.asList(method.getParameterTypes()).contains(String.class)))
                    .isNotEmpty()
                    .allMatch(method -> isDeclared(guarded, method));
        }
    }

    @Test
    void everyMethodThatRunsAPreparedStatementIsGuarded() {
        assertThat(Arrays.stream(PreparedStatement.class.getDeclaredMethods())
                        .filter(method -> method.getName().matches("(execute|addBatch).*")))
                .isNotEmpty()
                .allMatch(method -> isDeclared(GuardedPreparedStatement.class, method));
    }

    private static boolean isDeclared(Class<?> guarded, Method method) {
        try {
            guarded.getDeclaredMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException missing) {
            return false;
        }
    }

    // A default method of an interface would run instead of the driver's own.
    @Test
    void everyOtherMethodOfJdbcGoesToTheDriver() throws SQLException {
        as(ACME, connection -> {
            for (Object guarded : new Object[] {
                connection,
                connection.getMetaData(),
                connection.createStatement(),
                connection.prepareStatement("select 1"),
                connection.prepareCall("/* tenancy: trusted because of the test */ {? = call upper(?)}")
            }) {
                for (Class<?> jdbc : new Class<?>[] {
                    Connection.class,
                    DatabaseMetaData.class,
                    Statement.class,
                    PreparedStatement.class,
                    CallableStatement.class
                }) {
                    if (jdbc.isInstance(guarded)) {
                        assertThat(Arrays.stream(jdbc.getMethods())
                                        .filter(method -> !Modifier.isStatic(method.getModifiers())))
                                .allMatch(method -> !declaring(guarded, method).isInterface(), "passed on");
                    }
                }
            }
            return null;
        });
    }

    private static Class<?> declaring(Object object, Method method) {
        try {
            return object.getClass()
                    .getMethod(method.getName(), method.getParameterTypes())
                    .getDeclaringClass();
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
