package dev.tenancy;

import java.sql.SQLException;

/**
 * Thrown when the database refused to write (SQLSTATE 25006) in a transaction that the application had declared read-only. A database
 * that only reads, such as a standby, refuses with the same state, but not with this type: there it helps to come back later.
 */
public final class ReadOnlyTransactionException extends SQLException {

    static final String SQL_STATE = "25006";

    private static final long serialVersionUID = 1L;
    private static final String REFUSED =
            "A statement that writes or locks was refused, for its connection is set to read only: by"
                    + " @Transactional(readOnly = true), by Connection.setReadOnly, or by the pool (hikari.read-only)."
                    + " Take that away, or write in a transaction of its own.";

    /** Where the database was not asked. */
    ReadOnlyTransactionException() {
        super(REFUSED, SQL_STATE);
    }

    ReadOnlyTransactionException(SQLException refusal) {
        super(
                REFUSED + " The database says: " + refusal.getMessage(),
                refusal.getSQLState(),
                refusal.getErrorCode(),
                refusal);
    }
}
