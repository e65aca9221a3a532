package dev.tenancy;

import dev.tenancy.sql.SqlDialect;
import java.sql.Connection;
import java.sql.SQLException;

/** The database behind a connection, as far as databases differ for this library. */
enum Database {
    H2(SqlDialect.H2),
    POSTGRESQL(SqlDialect.POSTGRESQL),
    /** One that is not known: read by the stricter of the rules that are. */
    OTHER(SqlDialect.POSTGRESQL);

    private final SqlDialect dialect;

    Database(SqlDialect dialect) {
        this.dialect = dialect;
    }

    SqlDialect dialect() {
        return dialect;
    }

    static Database of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return "PostgreSQL".equals(product) ? POSTGRESQL : "H2".equals(product) ? H2 : OTHER;
    }
}
