package dev.tenancy;

import dev.tenancy.sql.Proof.Value;
import dev.tenancy.sql.Relation;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

/**
 * Whose the rows are that others are about to refer to, where no foreign key with the tenant says so. For one connection; not
 * thread-safe. What the events of Hibernate have looked at is noted, so that their statements ask nothing again.
 */
final class ReferredRows {

    // The statement follows its event, so that a few would do.
    private static final int KEPT = 256;

    private record Row(Object tenant, String of, String id) {}

    private final Set<Row> own = new LinkedHashSet<>();

    /** Notes a row that the session's tenant, which is the current one, was found to have. */
    static void note(String of, Object id, Object tenant, SharedSessionContractImplementor session) {
        try {
            GuardedConnection connection = GuardedConnection.find(
                    session.getJdbcCoordinator().getLogicalConnection().getPhysicalConnection());
            if (connection != null) {
                connection.referred.note(new Row(tenant, of, id.toString()));
            }
        } catch (SQLException failed) {
            throw session.getJdbcServices()
                    .getSqlExceptionHelper()
                    .convert(failed, "could not look at the session's connection");
        }
    }

    private void note(Row row) {
        if (own.add(row) && own.size() > KEPT) {
            own.remove(own.iterator().next());
        }
    }

    /**
     * Asks the database, unless it is known.
     *
     * @param value what the statement does with what is sent
     * @throws ForeignReferenceException if the tenant has no such row
     */
    void check(Relation.Reference reference, Value value, Object sent, Object tenant, GuardedConnection connection)
            throws SQLException {
        Row row = new Row(tenant, reference.of(), text(sent));
        if (own.contains(row)) {
            return;
        }
        boolean cut = value.longest() > 0 && row.id().length() > value.longest();
        if (cut || !isThere(reference, value, sent, tenant, connection)) {
            throw new ForeignReferenceException(reference.holder());
        }
    }

    // As a UUID is noted.
    private static String text(Object sent) {
        return sent instanceof byte[] bytes && bytes.length == 16
                ? new UUID(
                                ByteBuffer.wrap(bytes).getLong(),
                                ByteBuffer.wrap(bytes).getLong(8))
                        .toString()
                : sent.toString();
    }

    private static boolean isThere(
            Relation.Reference reference, Value value, Object sent, Object tenant, GuardedConnection connection)
            throws SQLException {
        String id = value.type() == null ? "?" : "cast(? as " + value.type() + ")";
        String question = reference.targets().stream()
                .map(to -> to.question("1", " and own_." + to.column().sql() + "=" + id))
                .collect(Collectors.joining(" union all "));
        boolean untyped = sent instanceof String && Database.of(connection) == Database.POSTGRESQL;
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            int position = 1;
            for (int i = 0; i < reference.targets().size(); i++) {
                statement.setObject(position++, tenant);
                if (untyped) {
                    // The column may be of another type, which the database takes a text for.
                    statement.setObject(position++, sent, Types.OTHER);
                } else {
                    statement.setObject(position++, sent);
                }
            }
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        }
    }
}
