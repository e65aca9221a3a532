package compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.UnprovenStatementException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.output.MigrateResult;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class FlywayTest extends Compatibility {

    @Autowired
    private Flyway flyway;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private DataSource dataSource;

    @Test
    void theHistoryIsReadWhoeverIsCurrent() {
        assertThat(flyway.info().applied()).extracting(MigrationInfo::getScript).contains("V2__vectors.sql");
        assertThat(acme(() -> flyway.info().applied())).isNotEmpty();
        assertThat(get("alice", "/actuator/flyway").statusCode()).isEqualTo(403);
        assertThat(get("olga", "/actuator/flyway"))
                .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(200))
                .satisfies(answer -> assertThat(answer.body()).contains("V2__vectors.sql"));
    }

    @Test
    void migrationsRunWhoeverIsCurrent() {
        assertThat(flyway.migrate().success).isTrue();
        assertThat(acme(flyway::migrate).success).isTrue();
        MigrateResult nobodys = later("3").migrate();
        assertThat(nobodys.migrationsExecuted).isEqualTo(1);
        MigrateResult acmes = acme(() -> later("4").migrate());
        assertThat(acmes.migrationsExecuted).isEqualTo(1);
        assertThat(jdbc.sql("select count(*) from by_flyway_for_a_tenant")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void theSchemaOfOwnedRowsIsChangedWhoeverIsCurrent() {
        Flyway owned = Flyway.configure()
                .configuration(flyway.getConfiguration())
                .locations("classpath:db/owned")
                .table("history_of_owned")
                .load();
        assertThat(acme(owned::migrate).migrationsExecuted).isEqualTo(1);
    }

    // Flyway puts back the role of its connection, which the guard lets nobody set.
    @Test
    void oneThatIsMadeByHandTakesTheDataSourceBehindTheGuard() throws SQLException {
        Flyway guarded = byHand(dataSource);
        assertThatExceptionOfType(UnprovenStatementException.class).isThrownBy(guarded::info);
        assertThat(byHand(dataSource.unwrap(DataSource.class)).info().applied()).isNotEmpty();
    }

    // An index of a large table takes longer than a request may wait for the database.
    @Test
    void migrationsTakeAsLongAsTheyTake() throws SQLException {
        try (Connection others = dataSource.getConnection();
                Connection migrations =
                        flyway.getConfiguration().getDataSource().getConnection()) {
            assertThat(others.getNetworkTimeout()).isEqualTo(30_000);
            assertThat(migrations.getNetworkTimeout()).isZero();
        }
    }

    private static Flyway byHand(DataSource dataSource) {
        return Flyway.configure().dataSource(dataSource).load();
    }

    private Flyway later(String version) {
        return Flyway.configure()
                .configuration(flyway.getConfiguration())
                .locations("classpath:db/migration", "classpath:db/later")
                .target(version)
                .load();
    }
}
