package dev.tenancy;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.hibernate.StaleStateException;
import org.hibernate.jdbc.Expectation;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Join;
import org.hibernate.mapping.PersistentClass;

/**
 * The row that an update has to find, in the tables where Hibernate does not look whether it did: those that a collection writes,
 * and in batches all tables of an entity but its first. Such an update sets something, so one that finds no row has lost it.
 *
 * <p>Hibernate asks an expectation about the outcome in some of these cases only, and then drops its answer. It does let each
 * one prepare its statement, so the statement itself is told to count.
 */
final class ExpectedRow implements Expectation {

    private final Expectation rowCount = new RowCount();
    private final String of;

    private ExpectedRow(String of) {
        this.of = of;
    }

    /** For the updates of a collection. What it deletes may be gone already, and where rows are marked, an update deletes. */
    static void inTableOf(Collection collection) {
        if (collection.getUpdateExpectation() == null && collection.getSoftDeleteStrategy() == null) {
            String role = collection.getRole();
            collection.setUpdateExpectation(() -> new ExpectedRow(role));
        }
    }

    /** For the tables of an entity that have a row for each of its rows, but for the first, where Hibernate counts. */
    static void inFurtherTablesOf(PersistentClass entity, boolean joined) {
        for (Join join : entity.getJoinClosure()) {
            if (!join.isOptional() && join.getUpdateExpectation() == null) {
                String name = join.getPersistentClass().getEntityName();
                join.setUpdateExpectation(() -> new ExpectedRow(name));
            }
        }
        if (joined) {
            for (PersistentClass one = entity; one.getSuperclass() != null; one = one.getSuperclass()) {
                if (one.getUpdateExpectation() == null) {
                    String name = one.getEntityName();
                    one.setUpdateExpectation(() -> new ExpectedRow(name));
                }
            }
        }
    }

    @Override
    public int prepare(PreparedStatement statement) {
        if (statement instanceof GuardedPreparedStatement guarded) {
            guarded.expect(this);
        }
        return 0;
    }

    @Override
    public void verifyOutcome(int rows, PreparedStatement statement, int batchPosition, String sql)
            throws SQLException {
        rowCount.verifyOutcome(rows, statement, batchPosition, sql);
    }

    void check(int... counts) {
        for (int count : counts) {
            if (count == 0) {
                throw new StaleStateException("An update of a row of " + of
                        + " found no row: since it was read it was deleted, or is another's. What it set would be lost, so the"
                        + " transaction must not be committed. Read the row again, and repeat the work.");
            }
        }
    }
}
