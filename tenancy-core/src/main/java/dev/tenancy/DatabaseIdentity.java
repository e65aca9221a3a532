package dev.tenancy;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which database a connection reaches, whoever connects and however: two pools of different users, or one by a host's name and one
 * by its address, reach the same. A replica is another, since it can have other tables.
 *
 * @param names each of which is this database's alone; empty if nothing is known
 */
record DatabaseIdentity(Set<String> names) {

    private static final Pattern USER = Pattern.compile("^(jdbc:(?:\\w+:)+(?://)?)[^@]*@");
    // A server has started once, and an address may be one of several of its own, or a proxy's.
    private static final String IN_POSTGRESQL =
            "select pg_postmaster_start_time(), (select oid from pg_database where datname = current_database())";

    static DatabaseIdentity of(Connection connection) throws SQLException {
        Set<String> names = new HashSet<>();
        DatabaseMetaData database = connection.getMetaData();
        String url = database.getURL();
        if (url != null) {
            names.add(address(url) + " " + connection.getCatalog());
        }
        if ("PostgreSQL".equals(database.getDatabaseProductName())) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(IN_POSTGRESQL)) {
                row.next();
                names.add("PostgreSQL " + row.getString(1) + " " + row.getString(2));
            }
        }
        return new DatabaseIdentity(Set.copyOf(names));
    }

    private static String address(String url) {
        return USER.matcher(url.split("[?;]", 2)[0]).replaceFirst("$1");
    }

    boolean isSame(DatabaseIdentity other) {
        return names.stream().anyMatch(other.names::contains);
    }
}
