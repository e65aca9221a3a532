package dev.tenancy.spring;

import dev.tenancy.ReadOnlyTransactionException;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.QueryTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.hibernate.exception.JDBCConnectionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionTimedOutException;

/**
 * That the database cannot serve a request now, and may in a while: it is away, has no connection left, is full, only reads, or took
 * too long.
 *
 * @param state the SQLSTATE; null if no part of the failure has one
 * @param text the first line of what the pool and the driver say; empty if neither does. Of these states it holds no value of a
 *     row, which would stand in the lines after it.
 */
record DatabaseOutage(@Nullable String state, String text) {

    // Connections (08), transactions that took too long (25P03, 25P04), a database that only reads (25006), no
    // space, memory or connection (53), a lock that was not to be had (55P03), an operator's hand or a time-out (57),
    // and I/O (58).
    private static final Pattern STATES = Pattern.compile("08...|25006|25P0[34]|53...|55P03|57...|58...");

    /** Null if it is anything else. */
    static @Nullable DatabaseOutage of(Throwable failure) {
        String state = null;
        Set<String> said = new LinkedHashSet<>();
        boolean isOutage = false;
        for (Throwable one = failure; one != null; one = inside(one)) {
            if (one instanceof ReadOnlyTransactionException) {
                // It would not write later either.
                return null;
            }
            isOutage |= isOutage(one);
            if (one instanceof SQLException sql) {
                // A pool has the state of what happened to it, and what that was stands inside.
                said.add(String.valueOf(sql.getMessage()).lines().findFirst().orElse(""));
                state = state == null ? sql.getSQLState() : state;
                isOutage |= sql.getSQLState() != null
                        && STATES.matcher(sql.getSQLState()).matches();
            }
        }
        return isOutage ? new DatabaseOutage(state, String.join(": ", said)) : null;
    }

    /** The first SQLSTATE that a failure has; null if no part of it has one. */
    static @Nullable String state(Throwable failure) {
        for (Throwable one = failure; one != null; one = inside(one)) {
            if (one instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return null;
    }

    // What an application wraps is its own affair.
    private static @Nullable Throwable inside(Throwable one) {
        boolean isWrapper = one instanceof DataAccessException
                || one instanceof TransactionException
                || one instanceof PersistenceException
                || one instanceof SQLException;
        return isWrapper ? one.getCause() : null;
    }

    private static boolean isOutage(Throwable failure) {
        return failure instanceof CannotCreateTransactionException
                || failure instanceof JDBCConnectionException
                || failure instanceof DataAccessResourceFailureException
                || failure instanceof TransientDataAccessResourceException
                || failure instanceof SQLTransientConnectionException
                || failure instanceof QueryTimeoutException
                || failure instanceof org.hibernate.QueryTimeoutException
                || failure instanceof org.springframework.dao.QueryTimeoutException
                || failure instanceof TransactionTimedOutException;
    }

    /** One line, for there is one for each request as long as it lasts. */
    void tell(Logger log, Throwable failure) {
        if (text.isEmpty()) {
            // No database said so: a data source of the application's, for instance, that does not know where to lead.
            log.error("No connection or transaction is to be had", failure);
            return;
        }
        log.error("The database cannot serve a request now (SQLSTATE {}): {}", state, text);
        log.debug("It was told by", failure);
    }
}
