package timesheets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantIsolation;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The second wall, in PostgreSQL itself: plain JDBC on the application's own connections, past the library. */
@EnabledIfSystemProperty(named = "timesheets.database", matches = "postgres")
class RowLevelSecurityTest extends TimesheetsTest {

    @Autowired
    private DataSource dataSource;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private EntityManagerFactory factory;

    private Connection connection;

    @BeforeEach
    void pastTheGuard() throws SQLException {
        connection = dataSource.unwrap(HikariDataSource.class).getConnection();
        connection.setAutoCommit(false);
    }

    @AfterEach
    void giveBack() throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
        connection.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"customer", "invitation", "project", "time_entry"})
    void withoutAnAnnouncedTenantTheDatabaseAnswersWithAnErrorAndNotWithRows(String table) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> ids("select id from " + table))
                .withMessageMatching("(?s).*(app\\.tenant|invalid input syntax for type uuid).*");
    }

    @Test
    void aForeignRowIsInvisibleToPlainSqlOfTheAnnouncedTenant() throws SQLException {
        String row = acme.created(CUSTOMERS, customer(unique("Invisible")));
        String sql = "select id from customer where id = '" + row + "'";
        announce(globex);
        assertThat(ids(sql)).isEmpty();
        announce(acme);
        assertThat(ids(sql)).containsExactly(row);
    }

    @Test
    void acrossTenantsTheRowsOfAllCompaniesAreRead() {
        List<UUID> companies = CurrentTenant.acrossTenants(
                "a test",
                () -> jdbc.sql("select distinct tenant_id from customer " + SentStatements.EVERYWHERE)
                        .query(UUID.class)
                        .list());
        assertThat(companies).contains(company(acme), company(globex));
    }

    @Test
    void theMigrationHoldsWhatTheMappingAsksFor() throws Exception {
        String migration = new ClassPathResource("db/postgresql/V2__row_level_security.sql").getContentAsString(UTF_8);
        assertThat(migration.replaceAll("(?m)^--.*$", "").strip().split(";\\s*"))
                .containsAll(TenantIsolation.rowLevelSecurity(factory));
    }

    private static UUID company(Api api) {
        return UUID.fromString(api.get("/api/me").json().at("/tenant/id").asString());
    }

    private void announce(Api api) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local app.tenant = '" + company(api) + "'");
        }
    }

    private List<String> ids(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> ids = new ArrayList<>();
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
            return ids;
        }
    }
}
