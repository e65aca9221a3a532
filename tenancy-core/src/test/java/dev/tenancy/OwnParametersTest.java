package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.sql.Proof;
import dev.tenancy.sql.Proof.Demand;
import dev.tenancy.sql.Proof.Value;
import dev.tenancy.sql.SessionEffects;
import dev.tenancy.sql.SqlDialect;
import dev.tenancy.sql.SqlText;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Parameters that the guard puts into a text and binds itself, wherever they stand: the application counts its own only. */
class OwnParametersTest {

    private static final UUID ACME = new UUID(1, 1);
    private static final UUID GLOBEX = new UUID(2, 2);
    // The application's are the texts and the last, which has to be the tenant.
    private static final String TEXT = "select cast(? as uuid), cast(? as varchar), cast(? as uuid), cast(? as uuid),"
            + " cast(? as varchar), cast(? as uuid)";

    private static StatementCheck check(int... own) {
        return StatementCheck.of(
                new Proof(
                        SqlText.of(TEXT, SqlDialect.H2),
                        IntStream.of(own).sorted().boxed().toList(),
                        "Note",
                        List.of(demand(3), demand(6)),
                        List.of(),
                        null,
                        true,
                        Set.of(),
                        Set.of(),
                        Set.of()),
                SessionEffects.NONE,
                TEXT,
                "",
                false,
                null);
    }

    private static Demand demand(int parameter) {
        return new Demand("Note", List.of(new Value(parameter, null, false, null, 0)), false);
    }

    @FunctionalInterface
    private interface Work {
        void on(PreparedStatement statement) throws SQLException;
    }

    private static void prepared(Work work) throws SQLException {
        try (Connection bare = DriverManager.getConnection("jdbc:h2:mem:");
                Connection guarded = GuardedJdbc.connection(bare, new StatementGuard());
                PreparedStatement statement = GuardedJdbc.prepared(
                        bare.prepareStatement(TEXT), (GuardedConnection) guarded, check(4, 1, 3))) {
            CurrentTenant.runAs(ACME, () -> work.on(statement));
        }
    }

    @Test
    void theApplicationsParametersAreCountedWithoutThem() {
        assertThat(IntStream.rangeClosed(1, 3).map(check(4, 1, 3)::inText)).containsExactly(2, 5, 6);
        assertThat(IntStream.rangeClosed(1, 4).map(check(5, 6)::inText)).containsExactly(1, 2, 3, 4);
        assertThat(IntStream.rangeClosed(1, 4).map(check(1, 2)::inText)).containsExactly(3, 4, 5, 6);
        assertThat(IntStream.rangeClosed(1, 6).map(check()::inText)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void eachValueArrivesWhereItBelongs() throws SQLException {
        prepared(statement -> {
            statement.setString(1, "first");
            statement.setObject(2, "second", Types.VARCHAR);
            statement.setObject(3, ACME);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                assertThat(IntStream.rangeClosed(1, 6).mapToObj(column -> text(row, column)))
                        .containsExactly(
                                ACME.toString(), "first", ACME.toString(), ACME.toString(), "second", ACME.toString());
            }
        });
    }

    private static String text(ResultSet row, int column) {
        try {
            return row.getString(column);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void aValueThatIsComparedIsFoundBehindThem() throws SQLException {
        prepared(statement -> {
            statement.setString(1, ACME.toString());
            statement.setString(2, ACME.toString());
            statement.setObject(3, GLOBEX);
            assertThatExceptionOfType(UnprovenStatementException.class).isThrownBy(statement::executeQuery);
            statement.setObject(3, ACME);
            assertThat(statement.executeQuery().next()).isTrue();
            // By the generated setters as well.
            statement.setNull(3, Types.OTHER);
            assertThatExceptionOfType(UnprovenStatementException.class).isThrownBy(statement::executeQuery);
        });
    }

    @Test
    void theDescriptionOfTheParametersIsWithoutThem() throws SQLException {
        prepared(statement -> {
            assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(3);
            assertThat(statement.getParameterMetaData().getParameterTypeName(3)).isEqualTo("CHARACTER VARYING");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> statement.getParameterMetaData().getParameterTypeName(4));
        });
    }
}
