package dev.tenancy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.hibernate.boot.Metadata;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import testserver.SchemaDistribution;

/** On a given cluster, the schemas of these tests are distributed by what the library prints. */
public final class Distributed extends SchemaDistribution {

    @Override
    protected List<String> migration(Metadata metadata, SessionFactoryImplementor factory, Connection superuser)
            throws SQLException {
        return factory.getSessionFactoryOptions().getCurrentTenantIdentifierResolver() instanceof SessionTenant tenant
                ? Distribution.of(metadata, tenant.owned(), new LiveSchema(superuser, null))
                        .sql()
                : List.of();
    }
}
