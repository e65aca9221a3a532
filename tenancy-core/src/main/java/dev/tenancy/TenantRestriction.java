package dev.tenancy;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.metamodel.mapping.TenantIdMapping;
import org.hibernate.persister.entity.EntityNameUse;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.ComparisonOperator;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.tree.expression.ColumnReference;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.from.TableReference;
import org.hibernate.sql.ast.tree.predicate.ComparisonPredicate;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.hibernate.sql.exec.internal.AbstractJdbcParameter;
import org.hibernate.sql.exec.spi.ExecutionContext;
import org.hibernate.sql.exec.spi.JdbcParameterBindings;
import org.jspecify.annotations.Nullable;

/**
 * {@code tenant_id = ?} on a table of an owned entity, wherever Hibernate selects from it, joins it, updates or deletes from it.
 * The same for every tenant, so that plans are cached; the parameter fills itself in when the statement runs, and runs for
 * nobody but the current tenant.
 */
final class TenantRestriction {

    private TenantRestriction() {}

    static void apply(
            Consumer<Predicate> statement,
            EntityPersister owned,
            @Nullable TableGroup tables,
            boolean qualified,
            SqlAstCreationState state) {
        SelectableMapping column = column(owned);
        if (tables != null && !column.getContainingTableExpression().equals(owned.getTableName())) {
            // The join of the table that has the tenant would otherwise be left out where nothing else needs it.
            state.registerEntityNameUsage(tables, EntityNameUse.EXPRESSION, owned.getRootEntityName());
        }
        statement.accept(new ComparisonPredicate(
                new ColumnReference(qualifier(column, tables, qualified), column),
                ComparisonOperator.EQUAL,
                new CurrentTenantParameter(column, owned.getEntityName())));
    }

    private static SelectableMapping column(EntityPersister owned) {
        TenantIdMapping mapping = owned.getTenantIdMapping();
        if (mapping == null
                || mapping.getAttributeMapping() == null
                || !(mapping.getAttributeMapping().getDeclaringType() instanceof EntityMappingType)) {
            throw new TenancySetupException(
                    "The entity " + owned.getEntityName() + " has its @TenantId inside its @Id or an embeddable.",
                    "Make the @TenantId an attribute of the entity itself, beside an id of its own.");
        }
        return mapping.getAttributeMapping().getSelectable(0);
    }

    private static @Nullable String qualifier(
            SelectableMapping column, @Nullable TableGroup tables, boolean qualified) {
        if (tables == null) {
            return null;
        }
        TableReference table = tables.resolveTableReference(column.getContainingTableExpression());
        return qualified && table.getIdentificationVariable() != null
                ? table.getIdentificationVariable()
                : table.getTableId();
    }

    private static final class CurrentTenantParameter extends AbstractJdbcParameter {

        private final String entity;

        CurrentTenantParameter(SelectableMapping column, String entity) {
            super(column.getJdbcMapping());
            this.entity = entity;
        }

        @Override
        public void bindParameterValue(
                PreparedStatement statement, int position, JdbcParameterBindings bindings, ExecutionContext context)
                throws SQLException {
            SharedSessionContractImplementor session = context.getSession();
            Object tenant = SessionTenant.verified(session, entity);
            bindParameterValue(
                    getJdbcMapping(), statement, getJdbcMapping().convertToRelationalValue(tenant), position, context);
        }
    }
}
