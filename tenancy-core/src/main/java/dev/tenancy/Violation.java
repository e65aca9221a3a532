package dev.tenancy;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A violated constraint (SQLSTATE class 23). The database tells of it with values of rows, which may be another tenant's: H2 prints
 * the row that was there before.
 */
final class Violation {

    private static final Pattern POSTGRESQL_NAME = Pattern.compile("constraint \"([^\"]+)\"");
    private static final Pattern H2 = Pattern.compile(
            "(?s)\\A([^\"]*\"(?:[^\"(]* ON [^\"(]*\\([^\"()]*\\)|[^\":]+: [^\"(]* FOREIGN KEY\\([^\"()]*\\) REFERENCES [^\"(]*\\([^\"()]*\\))).*\\z");
    private static final Pattern H2_WITHOUT_VALUES =
            Pattern.compile("(?s)\\A((?:NULL not allowed for column|Check constraint)[^;]*).*");
    private static final Pattern H2_NAME = Pattern.compile("\\A[^\"]*\"([^\":]+): ");
    // The first is the standard's, the second H2's for a missing parent, for which the first is a child that exists.
    private static final Pattern FOREIGN_KEY = Pattern.compile("23503|23506");

    private final SQLException failure;
    private final String text;
    private final boolean h2;
    private final boolean postgresql;

    private Violation(SQLException failure, ConstraintNames names) {
        // A batch says of itself that it failed, and of its part what it was.
        SQLException reported = failure instanceof BatchUpdateException && failure.getNextException() != null
                ? failure.getNextException()
                : failure;
        this.failure = failure;
        this.h2 = reported.getClass().getName().startsWith("org.h2.");
        this.postgresql = reported.getClass().getName().startsWith("org.postgresql.");
        String told = String.valueOf(reported.getMessage());
        this.text = postgresql ? withBareName(told, names) : told;
    }

    // Whoever reads the name behind us, Hibernate above all, looks for the one that the schema has.
    private static String withBareName(String told, ConstraintNames names) {
        Matcher name = POSTGRESQL_NAME.matcher(told);
        return name.find()
                ? told.substring(0, name.start(1)) + names.bare(name.group(1)) + told.substring(name.end(1))
                : told;
    }

    static @Nullable Violation of(SQLException failure, ConstraintNames names) {
        String state = failure.getSQLState();
        return state != null && state.startsWith("23") ? new Violation(failure, names) : null;
    }

    /** The name of the foreign key, if it is one, and the database tells it. */
    @Nullable String foreignKey() {
        if (!FOREIGN_KEY.matcher(String.valueOf(failure.getSQLState())).matches()) {
            return null;
        }
        Matcher name = (h2 ? H2_NAME : POSTGRESQL_NAME).matcher(text);
        return name.find() ? name.group(1) : null;
    }

    /** The same failure, cut off after the constraint's name, before any row value. */
    SQLException withoutValues() {
        SQLException same;
        if (failure instanceof BatchUpdateException batch) {
            same = new BatchUpdateException(
                    reason(), failure.getSQLState(), failure.getErrorCode(), batch.getUpdateCounts());
        } else if (failure instanceof SQLIntegrityConstraintViolationException) {
            same = new SQLIntegrityConstraintViolationException(
                    reason(), failure.getSQLState(), failure.getErrorCode());
        } else {
            // Of that type, whose driver does not use it, Hibernate would no longer look at the state, which tells the
            // kind.
            same = new SQLException(reason(), failure.getSQLState(), failure.getErrorCode());
        }
        same.setStackTrace(failure.getStackTrace());
        return same;
    }

    private String reason() {
        if (postgresql) {
            return text.lines().findFirst().orElse("");
        }
        if (h2) {
            Matcher named = H2.matcher(text);
            if (named.matches()) {
                return named.group(1) + '"';
            }
            Matcher plain = H2_WITHOUT_VALUES.matcher(text);
            if (plain.matches()) {
                return plain.group(1);
            }
        }
        return "A constraint was violated. What the database says of it is left out, for it may hold values of rows.";
    }
}
