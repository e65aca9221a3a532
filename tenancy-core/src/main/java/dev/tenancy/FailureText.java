package dev.tenancy;

import java.lang.reflect.InvocationTargetException;
import java.sql.BatchUpdateException;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLNonTransientException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTransientException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a tenant gets to know of a statement's failure. Databases print the value that they could not work with, and may have looked
 * at another tenant's row before they compared its tenant: {@code where tenant_id = ? and to_date(name, 'YYYY') is not null}. So of a
 * statement on an owned table, only such texts are passed on as are made from the statement alone.
 */
final class FailureText {

    private static final Logger LOG = LoggerFactory.getLogger(FailureText.class);

    // Of connections, transactions, locks, cancelled statements and the like: no value of a row is told by them.
    private static final Pattern WITHOUT_VALUES = Pattern.compile(
            "0[0-38].*|21.*|2[4-68BD].*|3[4DF].*|40.*|42501|53.*" + "|55006|55P03|57.*|HYT.*|70.*|P0001");
    // H2 finds out while it reads the text; of PostgreSQL's, the position tells. The rest are H2's own.
    private static final Pattern OF_THE_TEXT =
            Pattern.compile("42.*|0A.*|07.*|90007|9001[256]|90022|9005[347]|90059|90067"
                    + "|90068|90079|9009[678]|90101|90117|90121|90131");
    private static final Map<String, String> KINDS = Map.ofEntries(
            Map.entry("22001", "a value is too long for its column or type"),
            Map.entry("22003", "a number is out of the range of its type"),
            Map.entry("22007", "a text is no date or time of the expected form"),
            Map.entry("22008", "a date or time is out of range"),
            Map.entry("22012", "division by zero"),
            Map.entry("22018", "a text cannot be converted to the expected type"),
            Map.entry("22023", "an argument of a function is not valid"),
            Map.entry("22025", "an escape of a LIKE pattern is not valid"),
            Map.entry("54000", "a value is too large for an index or a row, or the statement is too large"),
            Map.entry("22P02", "a text cannot be converted to the expected type"),
            Map.entry("2201B", "a regular expression is not valid"),
            Map.entry("2200M", "an XML document is not valid"));

    // The state that a failure should have had, by the one that it has and the routine of the server that raised it:
    // PostgreSQL tells 54000 also when it has no more ids for transactions, or no more room for notifications, and
    // Citus XX000 of a worker that was lost since the transaction began there.
    private static final Map<String, String> OUTAGES = Map.of(
            "54000 GetNewTransactionId", "53400",
            "54000 GetNewMultiXactId", "53400",
            "54000 asyncQueueAddEntries", "53400",
            "54000 PreCommit_Notify", "53400",
            "XX000 MarkRemoteTransactionFailed", "08006",
            "XX000 CheckRemoteTransactionsHealth", "08006");

    private FailureText() {}

    /** The same failure with the state of an outage, if the server tells one by the state of another fault; null if it is none. */
    static @Nullable SQLException ofOutage(SQLException failure) {
        for (Throwable one : chain(failure)) {
            // What the server said itself: the driver's text of a batch has the values of its rows.
            if (one instanceof SQLException refusal) {
                String state = outage(refusal);
                if (state != null) {
                    return new SQLException(refusal.getMessage(), state, refusal.getErrorCode(), refusal);
                }
            }
        }
        return null;
    }

    private static @Nullable String outage(SQLException refusal) {
        String state = refusal.getSQLState();
        return ("54000".equals(state) || "XX000".equals(state))
                        && refusal.getClass().getName().startsWith("org.postgresql.")
                ? OUTAGES.get(state + " " + routine(refusal))
                : null;
    }

    private static @Nullable Object routine(SQLException refusal) {
        try {
            Object message = serverMessage(refusal);
            return message == null ? null : field(message, "getRoutine");
        } catch (ReflectiveOperationException unknown) {
            LOG.debug("The PostgreSQL driver does not tell where the server failed", unknown);
            return null;
        }
    }

    /** The same failure if it holds no value of a row, else one of the same kind without them. */
    static SQLException of(SQLException failure, @Nullable String entity) {
        List<Throwable> all = chain(failure);
        SQLException telling = null;
        for (Throwable one : all) {
            if (one instanceof SQLException part && mayHoldValues(part)) {
                telling = part;
                break;
            }
        }
        if (telling == null) {
            return failure;
        }
        LOG.debug("Withheld from the tenant", failure);
        SQLException same = same(failure, reason(telling, entity));
        same.setStackTrace(failure.getStackTrace());
        return same;
    }

    /** The same failure if it is none of a batch: PostgreSQL's driver prints the statement there, with all that it was to write. */
    static SQLException withoutParameters(SQLException failure) {
        SQLException part = failure.getNextException();
        if (!(failure instanceof BatchUpdateException batch) || part == null) {
            return failure;
        }
        BatchUpdateException same = new BatchUpdateException(
                part.getMessage(), batch.getSQLState(), batch.getErrorCode(), batch.getLargeUpdateCounts(), part);
        same.setNextException(part);
        same.setStackTrace(batch.getStackTrace());
        return same;
    }

    /** Warnings with their states, and without texts. */
    static SQLWarning of(SQLWarning warning, @Nullable String entity) {
        LOG.debug("Withheld from the tenant", warning);
        SQLWarning first = withheld(warning, entity);
        for (SQLWarning next = warning.getNextWarning(); next != null; next = next.getNextWarning()) {
            first.setNextWarning(withheld(next, entity));
        }
        return first;
    }

    private static SQLWarning withheld(SQLWarning warning, @Nullable String entity) {
        return new SQLWarning(
                "The database warns of " + statement(entity) + "." + ELSEWHERE,
                warning.getSQLState(),
                warning.getErrorCode());
    }

    private static final String ELSEWHERE =
            " Its text is left out, for it may hold values of another tenant's rows: it is in the database's log, and in the"
                    + " application's if the logger dev.tenancy.FailureText is at DEBUG.";

    private static List<Throwable> chain(SQLException failure) {
        Map<Throwable, Boolean> seen = new IdentityHashMap<>();
        List<Throwable> all = new ArrayList<>();
        List<Throwable> open = new ArrayList<>(List.of(failure));
        while (!open.isEmpty()) {
            Throwable one = open.remove(0);
            if (seen.put(one, true) == null) {
                all.add(one);
                Stream.of(one.getCause(), one instanceof SQLException part ? part.getNextException() : null)
                        .filter(next -> next != null)
                        .forEach(open::add);
                open.addAll(List.of(one.getSuppressed()));
            }
        }
        return all;
    }

    private static boolean mayHoldValues(SQLException failure) {
        String state = failure.getSQLState();
        if (state == null || state.isEmpty()) {
            return false; // The driver's own.
        }
        if (failure.getClass().getName().startsWith("org.postgresql.")) {
            return !WITHOUT_VALUES.matcher(state).matches() && !isAboutThePostgresqlText(failure);
        }
        return !(WITHOUT_VALUES.matcher(state).matches()
                || OF_THE_TEXT.matcher(state).matches());
    }

    // It tells a place in the statement if it failed while it was read; what fails later, or in a text that the
    // statement made, has none, or says where.
    private static boolean isAboutThePostgresqlText(SQLException failure) {
        try {
            Object message = serverMessage(failure);
            return message == null
                    || Integer.valueOf(0).compareTo((Integer) field(message, "getPosition")) < 0
                            && field(message, "getInternalQuery") == null
                            && field(message, "getWhere") == null;
        } catch (ReflectiveOperationException | ClassCastException unknown) {
            LOG.debug("The PostgreSQL driver does not tell where a statement failed", unknown);
            return false;
        }
    }

    // Of PostgreSQL's driver, which need not be there.
    private static @Nullable Object serverMessage(SQLException failure)
            throws NoSuchMethodException, IllegalAccessException, InvocationTargetException {
        return field(failure, "getServerErrorMessage");
    }

    private static @Nullable Object field(Object holder, String getter)
            throws NoSuchMethodException, IllegalAccessException, InvocationTargetException {
        return holder.getClass().getMethod(getter).invoke(holder);
    }

    private static String reason(SQLException telling, @Nullable String entity) {
        String state = telling.getSQLState();
        String kind = KINDS.get(state);
        if (kind == null) {
            kind = state.startsWith("23") ? "a constraint was violated" : "it could not work with a value";
        }
        return "The database could not run " + statement(entity) + ": " + kind + " (SQLSTATE " + state + ")."
                + ELSEWHERE;
    }

    private static String statement(@Nullable String entity) {
        return entity == null ? "a trusted statement" : "a statement on the tenant-owned entity " + entity;
    }

    // Of a standard type, by which callers and frameworks tell kinds apart, if the failure is of one.
    private static SQLException same(SQLException failure, String reason) {
        String state = failure.getSQLState();
        int code = failure.getErrorCode();
        if (failure instanceof BatchUpdateException batch) {
            return new BatchUpdateException(reason, state, code, batch.getLargeUpdateCounts(), null);
        }
        if (failure instanceof SQLDataException) {
            return new SQLDataException(reason, state, code);
        }
        if (failure instanceof SQLSyntaxErrorException) {
            return new SQLSyntaxErrorException(reason, state, code);
        }
        if (failure instanceof SQLFeatureNotSupportedException) {
            return new SQLFeatureNotSupportedException(reason, state, code);
        }
        if (failure instanceof SQLNonTransientConnectionException) {
            return new SQLNonTransientConnectionException(reason, state, code);
        }
        if (failure instanceof SQLNonTransientException) {
            return new SQLNonTransientException(reason, state, code);
        }
        return failure instanceof SQLTransientException
                ? new SQLTransientException(reason, state, code)
                : new SQLException(reason, state, code);
    }
}
