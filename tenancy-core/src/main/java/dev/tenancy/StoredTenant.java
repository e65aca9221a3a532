package dev.tenancy;

import dev.tenancy.OwnedPersisters.OwnedPersister;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.hibernate.engine.jdbc.spi.JdbcCoordinator;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.persister.entity.mutation.EntityTableMapping;

/** Asks the database whose a row is. Hibernate's own {@code TenantIdLoader} does, from 7.4.9 on. */
final class StoredTenant {

    private StoredTenant() {}

    /** Whether the table that has the tenant of an entity holds a row of this id that the session's tenant may read. */
    static boolean isReadable(OwnedPersister entity, Object id, SharedSessionContractImplementor session) {
        Object library = SessionTenant.library(entity);
        String sql = question(entity, library != null);
        JdbcMapping type = entity.tenantColumn().getJdbcMapping();
        JdbcCoordinator jdbc = session.getJdbcCoordinator();
        try {
            PreparedStatement statement = jdbc.getStatementPreparer().prepareStatement(sql);
            try {
                entity.getIdentifierType().nullSafeSet(statement, id, 1, session);
                int position = entity.getIdentifierMapping().getJdbcTypeCount() + 1;
                bind(type, session.getTenantIdentifierValue(), statement, position, session);
                if (library != null) {
                    bind(type, library, statement, position + 1, session);
                }
                ResultSet found = jdbc.getResultSetReturn().extract(statement, sql);
                try {
                    return found.next();
                } finally {
                    jdbc.getLogicalConnection().getResourceRegistry().release(found, statement);
                }
            } finally {
                jdbc.getLogicalConnection().getResourceRegistry().release(statement);
                jdbc.afterStatementExecution();
            }
        } catch (SQLException failed) {
            throw session.getJdbcServices()
                    .getSqlExceptionHelper()
                    .convert(failed, "could not ask whose a row of " + entity.getEntityName() + " is", sql);
        }
    }

    private static String question(OwnedPersister entity, boolean orLibrary) {
        SelectableMapping tenant = entity.tenantColumn();
        String table = entity.physicalTableNameForMutation(tenant);
        StringBuilder sql = new StringBuilder("select 1 from ").append(table).append(" where ");
        for (EntityTableMapping one : entity.getTableMappings()) {
            if (one.getTableName().equals(table)) {
                one.getKeyMapping()
                        .getKeyColumns()
                        .forEach(column -> sql.append(column.getColumnName()).append("=? and "));
                return sql.append(tenant.getSelectionExpression())
                        .append(orLibrary ? " in (?,?)" : "=?")
                        .toString();
            }
        }
        throw new IllegalStateException(entity.getEntityName() + " has no table of the name " + table);
    }

    /** Binds a tenant as the database knows it. */
    @SuppressWarnings("unchecked")
    static void bind(
            JdbcMapping type,
            Object tenant,
            PreparedStatement statement,
            int position,
            SharedSessionContractImplementor session)
            throws SQLException {
        type.getJdbcValueBinder().bind(statement, type.convertToRelationalValue(tenant), position, session);
    }
}
