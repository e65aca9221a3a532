package dev.tenancy;

import dev.tenancy.OwnedPersisters.OwnedPersister;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.persister.collection.AbstractCollectionPersister;
import org.hibernate.persister.entity.EntityNameUse;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.ComparisonOperator;
import org.hibernate.query.sqm.mutation.internal.MultiTableSqmMutationConverter;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.spi.SqlAstQueryNodeProcessingState;
import org.hibernate.sql.ast.spi.SqlAstQueryPartProcessingState;
import org.hibernate.sql.ast.tree.expression.ColumnReference;
import org.hibernate.sql.ast.tree.from.PluralTableGroup;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.from.TableReference;
import org.hibernate.sql.ast.tree.predicate.ComparisonPredicate;
import org.hibernate.sql.ast.tree.predicate.InListPredicate;
import org.hibernate.sql.ast.tree.predicate.Junction;
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
        statement.accept(toTenant(
                new ColumnReference(qualifier(column, tables, qualified), column),
                column.getJdbcMapping(),
                owned.getEntityName(),
                isChanged(tables, state) ? null : SessionTenant.library(owned)));
    }

    /** @param library whose rows are let through as well; null if none are */
    private static Predicate toTenant(
            ColumnReference column, JdbcMapping type, String entity, @Nullable Object library) {
        CurrentTenantParameter tenant = new CurrentTenantParameter(type, entity);
        return library == null
                ? new ComparisonPredicate(column, ComparisonOperator.EQUAL, tenant)
                : new InListPredicate(column, tenant, new LibraryParameter(type, library));
    }

    /** Whether a statement changes the rows of these tables, or finds those that are changed then. */
    private static boolean isChanged(@Nullable TableGroup tables, @Nullable SqlAstCreationState state) {
        if (tables == null || state == null) {
            return true;
        }
        if (state instanceof MultiTableSqmMutationConverter mutation && mutation.getMutatingTableGroup() == tables) {
            return true;
        }
        // Other than a query, an update or delete in one table has a FROM and no select; its target is the first there.
        return state.getCurrentProcessingState() instanceof SqlAstQueryNodeProcessingState node
                && !(node instanceof SqlAstQueryPartProcessingState)
                && node.getFromClause().getRoots().isEmpty();
    }

    /**
     * Hibernate puts no restriction on the right side of a cross join. It makes that side's table like the first of a FROM, but
     * when others are there already.
     */
    static void applyToCrossJoin(
            Supplier<Consumer<Predicate>> statement,
            EntityPersister owned,
            TableGroup tables,
            SqlAstCreationState state) {
        if (state.getCurrentProcessingState() instanceof SqlAstQueryNodeProcessingState query
                && !query.getFromClause().getRoots().isEmpty()) {
            apply(statement.get(), owned, tables, true, state);
        }
    }

    /** The same for the table of a collection, whose column for the tenant is no part of Hibernate's mapping. */
    static void apply(
            Consumer<Predicate> statement,
            AbstractCollectionPersister collection,
            String column,
            TableGroup tables,
            boolean qualified,
            @Nullable SqlAstCreationState state) {
        JdbcMapping type = column(collection.getOwnerEntityPersister()).getJdbcMapping();
        TableReference table = tables.resolveTableReference(collection.getTableName());
        statement.accept(toTenant(
                new ColumnReference(alias(table, qualified), column, false, null, type),
                type,
                collection.getRole(),
                isChanged(tables, state) ? null : SessionTenant.library(collection.getOwnerEntityPersister())));
    }

    /**
     * Hibernate joins the tables of one entity by its id, which in a schema with primary keys {@code (tenant_id, id)} is another
     * tenant's as well. It also leads the statement to the shard of its tenant.
     */
    static Predicate joined(Predicate byId, EntityPersister owned, TableReference root, TableReference joined) {
        SelectableMapping column = column(owned);
        Junction both = new Junction(Junction.Nature.CONJUNCTION);
        both.add(byId);
        both.add(new ComparisonPredicate(
                sameColumn(root, column), ComparisonOperator.EQUAL, sameColumn(joined, column)));
        return both;
    }

    private static ColumnReference sameColumn(TableReference table, SelectableMapping column) {
        return new ColumnReference(
                table.getIdentificationVariable(),
                column.getSelectionExpression(),
                false,
                null,
                column.getJdbcMapping());
    }

    /** The same for the keys of a map that are owned entities. */
    static void applyToKeys(Consumer<Predicate> statement, TableGroup tables, SqlAstCreationState state) {
        if (tables instanceof PluralTableGroup collection
                && collection.getIndexTableGroup() != null
                && collection.getIndexTableGroup().getModelPart().getPartMappingType() instanceof EntityMappingType key
                && key.getEntityPersister() instanceof OwnedPersister) {
            apply(statement, key.getEntityPersister(), collection.getIndexTableGroup(), true, state);
        }
    }

    private static SelectableMapping column(EntityPersister owned) {
        return OwnedPersister.of(owned).tenantColumn();
    }

    private static @Nullable String qualifier(
            SelectableMapping column, @Nullable TableGroup tables, boolean qualified) {
        if (tables == null) {
            return null;
        }
        return alias(tables.resolveTableReference(column.getContainingTableExpression()), qualified);
    }

    static String alias(TableReference table, boolean qualified) {
        return qualified && table.getIdentificationVariable() != null
                ? table.getIdentificationVariable()
                : table.getTableId();
    }

    private static final class CurrentTenantParameter extends AbstractJdbcParameter {

        private final String entity;

        CurrentTenantParameter(JdbcMapping type, String entity) {
            super(type);
            this.entity = entity;
        }

        @Override
        public void bindParameterValue(
                PreparedStatement statement, int position, JdbcParameterBindings bindings, ExecutionContext context)
                throws SQLException {
            if (!(statement instanceof GuardedStatement)) {
                throw new TenancySetupException(
                        "The connection that was given to a session of " + entity + " is not guarded.",
                        "Take it from a data source that TenantIsolation.guard(dataSource) returned.");
            }
            SharedSessionContractImplementor session = context.getSession();
            Object tenant = SessionTenant.verifiedReader(session, entity);
            bindParameterValue(
                    getJdbcMapping(), statement, getJdbcMapping().convertToRelationalValue(tenant), position, context);
        }
    }

    private static final class LibraryParameter extends AbstractJdbcParameter {

        private final Object library;

        LibraryParameter(JdbcMapping type, Object library) {
            super(type);
            this.library = library;
        }

        @Override
        public void bindParameterValue(
                PreparedStatement statement, int position, JdbcParameterBindings bindings, ExecutionContext context)
                throws SQLException {
            bindParameterValue(
                    getJdbcMapping(), statement, getJdbcMapping().convertToRelationalValue(library), position, context);
        }
    }
}
