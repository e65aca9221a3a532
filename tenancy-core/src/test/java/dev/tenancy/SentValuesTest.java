package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.JDBCType;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;
import testserver.TestServer;

/** The value that was compared with the tenant is the one by which the database looks for rows. */
class SentValuesTest {

    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static final List<Database> DATABASES = new ArrayList<>();
    private static final UUID ACME = new UUID(1, 1);
    private static final UUID GLOBEX = new UUID(2, 2);
    private static final int NO_TYPE = 987_654;
    private static final List<Object> NUMBERS =
            List.of(1L, 22L, 100L, 122L, 65558L, 16777216L, 16777217L, 9007199254740992L, 9007199254740993L);
    private static final List<Object> NAMES = List.of("B", "B ", "22", "022", "22.0", "1");

    @Entity(name = "Numbered")
    static class Numbered {

        @Id
        String id;

        @TenantId
        @Column(name = "tenant_id")
        Long tenant;
    }

    @Entity(name = "Named")
    static class Named {

        @Id
        String id;

        @TenantId
        @Column(name = "tenant_id")
        String tenant;
    }

    @Entity(name = "Marked")
    static class Marked {

        @Id
        String id;

        @TenantId
        @Column(name = "tenant_id")
        UUID tenant;
    }

    /** Each tenant has one row, whose id is its own in words. */
    private record Database(String name, Class<?> entity, List<Object> tenants, DataSource guarded) {

        String query() {
            return "select id from " + entity.getSimpleName() + " where tenant_id = ?";
        }

        @Override
        public String toString() {
            return name + " " + entity.getSimpleName();
        }
    }

    @BeforeAll
    static void build() throws Exception {
        TestServer postgres = TestServer.start();
        OPEN.add(postgres);
        Map<Class<?>, List<Object>> tenants = new LinkedHashMap<>();
        tenants.put(Numbered.class, NUMBERS);
        tenants.put(Named.class, NAMES);
        tenants.put(Marked.class, List.of(ACME, GLOBEX));
        for (Map.Entry<Class<?>, List<Object>> one : tenants.entrySet()) {
            postgres.create(one.getKey().getSimpleName());
            JdbcDataSource h2 = new JdbcDataSource();
            h2.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
            open("H2", one.getKey(), one.getValue(), h2);
            for (String more : List.of("", "&stringtype=unspecified")) {
                PGSimpleDataSource postgresql = new PGSimpleDataSource();
                postgresql.setUrl(postgres.getJdbcUrl(
                                "postgres", one.getKey().getSimpleName().toLowerCase())
                        + more);
                open("PostgreSQL" + more, one.getKey(), one.getValue(), postgresql);
            }
        }
    }

    private static void open(String name, Class<?> entity, List<Object> tenants, DataSource bare) throws SQLException {
        DataSource guarded = TenantIsolation.guard(bare);
        SessionFactory factory = Model.factory(
                Map.of("hibernate.connection.datasource", guarded, "hibernate.hbm2ddl.auto", "create"), entity);
        OPEN.add(0, factory);
        try (Connection connection = bare.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into " + entity.getSimpleName() + " (id, tenant_id) values (?, ?)")) {
            for (Object tenant : tenants) {
                insert.setString(1, "row of " + tenant);
                insert.setObject(2, tenant);
                insert.executeUpdate();
            }
        }
        DATABASES.add(new Database(name, entity, tenants, guarded));
    }

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable one : OPEN) {
            one.close();
        }
    }

    static Stream<Database> databases() {
        return DATABASES.stream();
    }

    private static Database database(String name, Class<?> entity) {
        return DATABASES.stream()
                .filter(one -> one.name().equals(name) && one.entity() == entity)
                .findFirst()
                .orElseThrow();
    }

    /** Sets the first parameter. */
    @FunctionalInterface
    private interface Setter {
        void set(CallableStatement statement, Object value) throws SQLException;
    }

    private static List<String> found(Database database, Object tenant, Setter setter) throws SQLException {
        return CurrentTenant.callAs(tenant, () -> {
            try (Connection connection = database.guarded().getConnection();
                    CallableStatement query = connection.prepareCall(database.query())) {
                setter.set(query, tenant);
                return ids(query.executeQuery());
            }
        });
    }

    private static List<String> ids(ResultSet rows) throws SQLException {
        List<String> ids = new ArrayList<>();
        while (rows.next()) {
            ids.add(rows.getString(1));
        }
        return ids;
    }

    private static Map<String, Integer> types() throws IllegalAccessException {
        Map<String, Integer> types = new LinkedHashMap<>();
        for (Field one : Types.class.getFields()) {
            types.put(one.getName(), one.getInt(null));
        }
        return types;
    }

    @ParameterizedTest
    @MethodSource("databases")
    void noTypeThatADriverConvertsToLeadsToAnotherTenantsRow(Database database) throws Exception {
        Map<String, Integer> types = types();
        for (Object tenant : database.tenants()) {
            CurrentTenant.runAs(tenant, () -> {
                try (Connection connection = database.guarded().getConnection();
                        CallableStatement query = connection.prepareCall(database.query())) {
                    for (Object value : forms(tenant)) {
                        types.forEach((name, type) -> {
                            keepsTo(query, tenant, name, () -> query.setObject(1, value, type));
                            keepsTo(query, tenant, name, () -> query.setObject(1, value, JDBCType.valueOf(type)));
                            for (int scale : new int[] {-2, 0, 1}) {
                                keepsTo(
                                        query,
                                        tenant,
                                        name + " " + scale,
                                        () -> query.setObject(1, value, type, scale));
                                keepsTo(
                                        query,
                                        tenant,
                                        name + " " + scale,
                                        () -> query.setObject(1, value, JDBCType.valueOf(type), scale));
                            }
                        });
                    }
                }
            });
        }
    }

    @FunctionalInterface
    private interface Setting {
        void set() throws SQLException;
    }

    private static void keepsTo(CallableStatement query, Object tenant, String how, Setting setting) {
        List<String> found;
        try {
            setting.set();
            found = ids(query.executeQuery());
        } catch (SQLException | RuntimeException refused) {
            return;
        }
        assertThat(found).as(tenant + " " + how).isSubsetOf("row of " + tenant);
    }

    /** What somebody may have in hand for a tenant. */
    private static List<Object> forms(Object tenant) {
        List<Object> forms = new ArrayList<>(List.of(tenant));
        if (tenant instanceof Long number) {
            forms.addAll(List.of(
                    number.toString(),
                    BigDecimal.valueOf(number),
                    new BigDecimal(number + ".4"),
                    BigInteger.valueOf(number),
                    number.doubleValue(),
                    number.floatValue(),
                    number.intValue(),
                    number.shortValue()));
        } else if (tenant instanceof String text && text.matches("\\d+")) {
            forms.addAll(List.of(Long.valueOf(text), Integer.valueOf(text), new BigDecimal(text)));
        } else if (tenant instanceof UUID id) {
            forms.addAll(List.of(id.toString(), id.toString().toUpperCase()));
        }
        return forms;
    }

    @Test
    void aTypeThatWouldChangeTheValueIsRefusedBeforeTheDriverConvertsIt() {
        Database h2 = database("H2", Numbered.class);
        Database postgresql = database("PostgreSQL", Numbered.class);
        for (int type : new int[] {Types.REAL, Types.FLOAT, Types.DOUBLE, Types.CHAR}) {
            for (Database database : List.of(h2, postgresql)) {
                refused(database, 16777217L, (query, tenant) -> query.setObject(1, tenant, type));
                refused(database, 16777217L, (query, tenant) -> query.setObject(1, tenant, type, 0));
            }
            refused(h2, 16777217L, (query, tenant) -> query.setObject(1, tenant, JDBCType.valueOf(type)));
        }
        refused(h2, 22L, (query, tenant) -> query.setObject(1, tenant, Types.BOOLEAN));
        refused(h2, 1L, (query, tenant) -> query.setObject(1, tenant, Types.BIT));
        refused(postgresql, 1L, (query, tenant) -> query.setObject(1, tenant, Types.BOOLEAN));
        refused(postgresql, 65558L, (query, tenant) -> query.setObject(1, tenant, Types.SMALLINT));
        refused(postgresql, 122L, (query, tenant) -> query.setObject(1, tenant, Types.DECIMAL, -2));
        refused(h2, 22L, (query, tenant) -> query.setFloat(1, 22f));
        refused(h2, 22L, (query, tenant) -> query.setDouble(1, 22));
        refused(h2, 1L, (query, tenant) -> query.setBoolean(1, true));
        refused(database("H2", Named.class), "B", (query, tenant) -> query.setObject(1, tenant, Types.CHAR));
        refused(database("H2", Named.class), "22", (query, tenant) -> query.setLong(1, 22));
        refused(database("H2", Named.class), "22", (query, tenant) -> query.setObject(1, tenant, Types.BIGINT));
        refused(database("PostgreSQL", Named.class), "B", (query, tenant) -> query.setObject(1, tenant, Types.CHAR, 1));
    }

    private static void refused(Database database, Object tenant, Setter setter) {
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> found(database, tenant, setter))
                .withMessageContaining(database.entity().getSimpleName());
    }

    @Test
    void aTypeThatKeepsTheValueIsTaken() throws SQLException {
        for (String name : List.of("H2", "PostgreSQL")) {
            Database numbered = database(name, Numbered.class);
            taken(numbered, 16777217L, (query, tenant) -> query.setObject(1, tenant));
            for (int type : new int[] {Types.BIGINT, Types.INTEGER, Types.NUMERIC, Types.DECIMAL}) {
                taken(numbered, 16777217L, (query, tenant) -> query.setObject(1, tenant, type));
                taken(numbered, 16777217L, (query, tenant) -> query.setObject(1, tenant, type, 0));
            }
            taken(numbered, 9007199254740993L, (query, tenant) -> query.setBigDecimal(1, new BigDecimal("" + tenant)));
            taken(numbered, 22L, (query, tenant) -> query.setInt(1, 22));
            taken(numbered, 22L, (query, tenant) -> query.setShort(1, (short) 22));
            taken(numbered, 22L, (query, tenant) -> query.setObject(1, 22, Types.SMALLINT));
            taken(numbered, 22L, (query, tenant) -> query.setObject(1, "22", Types.BIGINT));
            Database named = database(name, Named.class);
            taken(named, "B ", (query, tenant) -> query.setString(1, tenant.toString()));
            taken(named, "B ", (query, tenant) -> query.setObject(1, tenant, Types.VARCHAR));
            taken(named, "B ", (query, tenant) -> query.setObject(1, tenant, Types.VARCHAR, 0));
            taken(named, "22", (query, tenant) -> query.setObject(1, tenant, Types.LONGVARCHAR));
            Database marked = database(name, Marked.class);
            taken(marked, ACME, (query, tenant) -> query.setObject(1, tenant));
            taken(marked, ACME, (query, tenant) -> query.setObject(1, tenant, Types.OTHER));
            taken(marked, ACME, (query, tenant) -> query.setObject(1, tenant.toString(), Types.OTHER));
        }
        taken(
                database("H2", Marked.class),
                ACME,
                (query, tenant) -> query.setObject(1, tenant.toString(), JDBCType.VARCHAR));
        taken(database("H2", Named.class), "B", (query, tenant) -> query.setObject(1, tenant, JDBCType.NVARCHAR));
    }

    private static void taken(Database database, Object tenant, Setter setter) throws SQLException {
        assertThat(found(database, tenant, setter)).as(database + " " + tenant).containsExactly("row of " + tenant);
    }

    // ---- values that were seen and not sent

    @ParameterizedTest
    @MethodSource("databases")
    void aValueThatTheDriverRefusedIsNotTheOneThatRuns(Database database) {
        Object own = database.tenants().get(0);
        Object other = database.tenants().get(1);
        refused(database, own, (query, tenant) -> {
            query.setObject(1, other);
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> query.setObject(1, own, NO_TYPE));
        });
        refused(database, own, (query, tenant) -> {
            query.setObject(1, other);
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> query.setObject(1, own, NO_TYPE, 2));
        });
    }

    @Test
    void anArrayThatIsChangedAfterwardsIsNotTheOneThatRuns() throws SQLException {
        Database h2 = database("H2", Marked.class);
        for (boolean asObject : new boolean[] {true, false}) {
            for (boolean changed : new boolean[] {true, false}) {
                Setter changing = (query, tenant) -> {
                    byte[] value = bytes(changed ? GLOBEX : ACME);
                    if (asObject) {
                        query.setObject(1, value);
                    } else {
                        query.setBytes(1, value);
                    }
                    System.arraycopy(bytes(ACME), 0, value, 0, 16);
                };
                if (changed) {
                    refused(h2, ACME, changing);
                } else {
                    taken(h2, ACME, changing);
                }
                // What the driver holds on to may not be changed either.
                taken(h2, ACME, (query, tenant) -> {
                    byte[] value = bytes(ACME);
                    if (asObject) {
                        query.setObject(1, value);
                    } else {
                        query.setBytes(1, value);
                    }
                    System.arraycopy(bytes(GLOBEX), 0, value, 0, 16);
                });
            }
        }
    }

    /** One number when it is looked at, and another when it is sent. */
    private static final class Turning extends BigDecimal {

        private static final long serialVersionUID = 1L;

        Turning() {
            super("22");
        }

        @Override
        public int compareTo(BigDecimal other) {
            return 0;
        }
    }

    @Test
    void aNumberOfAClassThatNobodyKnowsIsNotCounted() {
        for (Object tenant : List.of(22L, 100L)) {
            refused(database("PostgreSQL", Numbered.class), tenant, (query, own) -> query.setObject(1, new Turning()));
            refused(
                    database("PostgreSQL", Numbered.class),
                    tenant,
                    (query, own) -> query.setBigDecimal(1, new Turning()));
        }
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    static Stream<Method> setters() {
        return Stream.of(PreparedStatement.class, CallableStatement.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> method.getName().matches("set[A-Z].*|clearParameters"));
    }

    /** Whatever JDBC has, or will have, to change a value: the one from before is not believed afterwards. */
    @ParameterizedTest
    @MethodSource("setters")
    void afterAnySetterTheValueFromBeforeIsNotBelieved(Method setter) throws Exception {
        for (String name : List.of("H2", "PostgreSQL")) {
            refused(database(name, Marked.class), ACME, (query, tenant) -> {
                query.setObject(1, ACME);
                assertThat(query).isInstanceOf(GuardedCallableStatement.class);
                call(setter, query);
            });
        }
    }

    private static void call(Method setter, CallableStatement query) {
        Object[] arguments = Arrays.stream(setter.getParameterTypes())
                .map(SentValuesTest::sample)
                .toArray();
        if (arguments.length > 0 && arguments[0] instanceof Integer) {
            arguments[0] = 1;
        }
        try {
            setter.invoke(query, arguments);
        } catch (InvocationTargetException refused) {
            // A driver that does not know the setter may have done half of its work.
            assertThat(refused.getCause()).isNotInstanceOf(LinkageError.class);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Object sample(Class<?> type) {
        if (type == String.class) {
            return "ID";
        }
        if (type == boolean.class) {
            return true;
        }
        if (type == byte.class) {
            return (byte) 1;
        }
        if (type == short.class) {
            return (short) 1;
        }
        if (type == int.class) {
            return 1;
        }
        if (type == long.class) {
            return 1L;
        }
        if (type == float.class) {
            return 1f;
        }
        if (type == double.class) {
            return 1d;
        }
        if (type == Object.class) {
            return GLOBEX;
        }
        if (type == InputStream.class) {
            return InputStream.nullInputStream();
        }
        return type == Reader.class ? Reader.nullReader() : null;
    }

    @Test
    void aNameThatStandsForAParameterLeadsToNoOtherTenant() {
        Database h2 = database("H2", Marked.class);
        // H2 takes the names of the result's columns for those of the parameters.
        refused(h2, ACME, (query, tenant) -> {
            query.setObject(1, ACME);
            query.setObject("ID", GLOBEX);
        });
        refused(h2, ACME, (query, tenant) -> {
            query.setObject(1, ACME);
            query.setString("ID", GLOBEX.toString());
        });
    }
}
