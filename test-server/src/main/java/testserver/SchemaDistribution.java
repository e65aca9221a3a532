package testserver;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hibernate.SessionFactory;
import org.hibernate.SessionFactoryObserver;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.jdbc.connections.spi.JdbcConnectionAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;

/**
 * On a cluster: distributes each schema that Hibernate makes, before the doctor looks at it and before its first row. A module names a
 * subclass as a service in its tests, which come before its own classes.
 */
public abstract class SchemaDistribution implements Integrator {

    private static final Pattern DISTRIBUTED = Pattern.compile("select create_distributed_table\\('(.+?)', '(.+?)',");

    private static final String KEYS =
            "select quote_ident(conname), case contype when 'p' then 'primary key' else 'unique' end,"
                    + " (select string_agg(quote_ident(attname), ', ' order by array_position(conkey, attnum)) from pg_attribute"
                    + " where attrelid = conrelid and attnum = any(conkey))"
                    + " from pg_constraint where conrelid = cast(? as regclass) and contype in ('p', 'u') and not (select attnum from pg_attribute"
                    + " where attrelid = conrelid and attname = ?) = any(conkey)";

    /** What the library prints for it, empty if it has no owned entities. */
    protected abstract List<String> migration(
            Metadata metadata, SessionFactoryImplementor factory, Connection superuser) throws SQLException;

    @Override
    public void integrate(Metadata metadata, BootstrapContext context, SessionFactoryImplementor factory) {
        if (TestServer.isCluster()) {
            factory.addObserver(new SessionFactoryObserver() {
                @Override
                public void sessionFactoryCreated(SessionFactory created) {
                    distribute(metadata, factory);
                }
            });
        }
    }

    private void distribute(Metadata metadata, SessionFactoryImplementor factory) {
        if (!String.valueOf(factory.getProperties().get("hibernate.hbm2ddl.auto"))
                .startsWith("create")) {
            return;
        }
        try {
            String url = urlOf(factory);
            if (url.startsWith("jdbc:postgresql:")) {
                GivenServer.run(url, superuser -> {
                    List<String> migration = migration(metadata, factory, superuser);
                    List<String> all = withTenants(migration, superuser);
                    all.addAll(migration);
                    return all;
                });
            }
        } catch (SQLException refused) {
            throw new IllegalStateException("The cluster does not distribute this schema.", refused);
        }
    }

    /** Puts the tenant into the keys that Hibernate made without it, as a schema for Citus has to have it (TENANCY-204). */
    private static List<String> withTenants(List<String> migration, Connection superuser) throws SQLException {
        List<String> statements = new ArrayList<>();
        for (String sql : migration) {
            Matcher distributed = DISTRIBUTED.matcher(sql);
            if (distributed.lookingAt()) {
                try (PreparedStatement keys = superuser.prepareStatement(KEYS)) {
                    keys.setString(1, distributed.group(1));
                    keys.setString(2, distributed.group(2));
                    ResultSet found = keys.executeQuery();
                    while (found.next()) {
                        String alter = "alter table " + distributed.group(1);
                        statements.add(alter + " drop constraint " + found.getString(1));
                        statements.add(alter + " add " + found.getString(2) + " (" + distributed.group(2) + ", "
                                + found.getString(3) + ")");
                    }
                }
            }
        }
        return statements;
    }

    private static String urlOf(SessionFactoryImplementor factory) throws SQLException {
        JdbcConnectionAccess access = factory.getJdbcServices().getBootstrapJdbcConnectionAccess();
        Connection connection = access.obtainConnection();
        try {
            return connection.getMetaData().getURL();
        } finally {
            access.releaseConnection(connection);
        }
    }
}
