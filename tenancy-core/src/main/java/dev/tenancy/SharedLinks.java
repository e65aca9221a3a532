package dev.tenancy;

import dev.tenancy.OwnedPersisters.OwnedPersister;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hibernate.engine.jdbc.spi.JdbcCoordinator;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.CollectionPart;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ManyToManyCollectionPart;
import org.hibernate.persister.collection.AbstractCollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.spi.NavigablePath;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.tree.expression.ColumnReference;
import org.hibernate.sql.ast.tree.expression.Expression;
import org.hibernate.sql.ast.tree.expression.SqlTuple;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.from.TableReference;
import org.hibernate.sql.ast.tree.predicate.InSubQueryPredicate;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.hibernate.sql.ast.tree.select.QuerySpec;
import org.hibernate.sql.results.internal.SqlSelectionImpl;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a collection's table that lead from a row of nobody's to owned rows. All tenants' links of one owner lie side by side,
 * and each tenant sees its own, so that it may take away no others. Hibernate takes all of an owner's.
 */
final class SharedLinks {

    private SharedLinks() {}

    /** Whether each tenant sees its own part of such a collection. */
    static boolean isOf(AbstractCollectionPersister collection) {
        return !(collection.getOwnerEntityPersister() instanceof OwnedPersister)
                && !ownedEnds(collection).isEmpty();
    }

    private static List<ManyToManyCollectionPart> ownedEnds(AbstractCollectionPersister collection) {
        PluralAttributeMapping attribute = collection.getAttributeMapping();
        List<ManyToManyCollectionPart> ends = new ArrayList<>();
        addOwned(attribute.getElementDescriptor(), ends);
        addOwned(attribute.getIndexDescriptor(), ends);
        return ends;
    }

    private static void addOwned(@Nullable CollectionPart part, List<ManyToManyCollectionPart> ends) {
        if (part instanceof ManyToManyCollectionPart end
                && end.getEntityMappingType().getEntityPersister() instanceof OwnedPersister) {
            ends.add(end);
        }
    }

    /**
     * Leaves only those links that lead to the current tenant's rows, also where the rows themselves are not read, as for the size
     * of a collection.
     */
    static void restrict(
            Consumer<Predicate> statement,
            AbstractCollectionPersister collection,
            TableGroup tables,
            boolean qualified,
            SqlAstCreationState state) {
        String links = TenantRestriction.alias(tables.resolveTableReference(collection.getTableName()), qualified);
        for (ManyToManyCollectionPart end : ownedEnds(collection)) {
            EntityPersister target = end.getEntityMappingType().getEntityPersister();
            ForeignKeyDescriptor key = end.getForeignKeyDescriptor();
            QuerySpec own = new QuerySpec(false, 1);
            TableGroup rows = target.createRootTableGroup(
                    true, new NavigablePath("own"), null, null, () -> own::applyPredicate, state);
            own.getFromClause().addRoot(rows);
            TenantRestriction.apply(own::applyPredicate, target, rows, true, state);
            TableReference targets = rows.resolveTableReference(key.getTargetTable());
            List<Expression> columns = new ArrayList<>();
            key.visitKeySelectables((index, column) -> columns.add(new ColumnReference(links, column)));
            key.visitTargetSelectables((index, column) -> own.getSelectClause()
                    .addSqlSelection(new SqlSelectionImpl(index, new ColumnReference(targets, column))));
            statement.accept(new InSubQueryPredicate(
                    columns.size() == 1 ? columns.get(0) : new SqlTuple(columns, null), own, false));
        }
    }

    /**
     * Takes away those links of an owner that lead to the current tenant's rows.
     *
     * @throws NoTenantException if no tenant is current, and there are links
     * @throws WriteAcrossTenantsException if all are, and there are links
     */
    static void remove(AbstractCollectionPersister collection, Object key, SharedSessionContractImplementor session) {
        JdbcCoordinator jdbc = session.getJdbcCoordinator();
        jdbc.executeBatch();
        if (CurrentTenant.peek() == null) {
            if (any(collection, key, session)) {
                SessionTenant.verified(session, collection.getRole());
            }
            return;
        }
        Object tenant = SessionTenant.verified(session, collection.getRole());
        List<ManyToManyCollectionPart> ends = ownedEnds(collection);
        String restriction = ends.stream().map(SharedLinks::toOwn).collect(Collectors.joining(" and "));
        if (collection.getAttributeMapping().getSoftDeleteMapping() != null) {
            throw new UnsupportedOperationException("The collection " + collection.getRole()
                    + " was not emptied: it leads from a row that no tenant owns to owned rows, and is mapped with"
                    + " @SoftDelete. Remove its elements one by one, or map the links as an owned entity.");
        }
        String sql =
                "delete from " + collection.getTableName() + " where " + ofOwner(collection) + " and " + restriction;
        run(collection, sql, session, statement -> {
            int position = 1 + collection.getKeyColumnNames().length;
            collection.getKeyType().nullSafeSet(statement, key, 1, session);
            for (ManyToManyCollectionPart end : ends) {
                StoredTenant.bind(
                        OwnedPersister.of(end.getEntityMappingType().getEntityPersister())
                                .tenantColumn()
                                .getJdbcMapping(),
                        tenant,
                        statement,
                        position++,
                        session);
            }
            return jdbc.getResultSetReturn().executeUpdate(statement, sql) > 0;
        });
    }

    private static boolean any(
            AbstractCollectionPersister collection, Object key, SharedSessionContractImplementor session) {
        String sql = "select 1 from " + collection.getTableName() + " where " + ofOwner(collection);
        return run(collection, sql, session, statement -> {
            collection.getKeyType().nullSafeSet(statement, key, 1, session);
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        });
    }

    private static String ofOwner(AbstractCollectionPersister collection) {
        return IntStream.range(0, collection.getKeyColumnNames().length)
                .mapToObj(column -> collection.getKeyColumnNames()[column] + "=?")
                .collect(Collectors.joining(" and "));
    }

    private static String toOwn(ManyToManyCollectionPart end) {
        ForeignKeyDescriptor key = end.getForeignKeyDescriptor();
        List<String> columns = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        key.visitKeySelectables((index, column) -> columns.add(column.getSelectionExpression()));
        key.visitTargetSelectables((index, column) -> targets.add("own_." + column.getSelectionExpression()));
        EntityPersister target = end.getEntityMappingType().getEntityPersister();
        return (columns.size() == 1 ? columns.get(0) : "(" + String.join(",", columns) + ")") + " in (select "
                + String.join(",", targets) + " from " + key.getTargetTable() + " own_ where own_."
                + OwnedPersister.of(target).tenantColumn().getSelectionExpression() + "=?)";
    }

    @FunctionalInterface
    private interface Work {
        boolean on(PreparedStatement statement) throws SQLException;
    }

    private static boolean run(
            AbstractCollectionPersister collection, String sql, SharedSessionContractImplementor session, Work work) {
        JdbcCoordinator jdbc = session.getJdbcCoordinator();
        try {
            PreparedStatement statement = jdbc.getStatementPreparer().prepareStatement(sql);
            try {
                return work.on(statement);
            } finally {
                jdbc.getLogicalConnection().getResourceRegistry().release(statement);
                jdbc.afterStatementExecution();
            }
        } catch (SQLException failure) {
            throw session.getJdbcServices()
                    .getSqlExceptionHelper()
                    .convert(failure, "could not remove the current tenant's part of " + collection.getRole(), sql);
        }
    }
}
