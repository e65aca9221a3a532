package dev.tenancy;

import java.sql.CallableStatement;

/** A call that was let through: the guard cannot see into procedures, so that is one whose text says why it is safe. */
abstract class GuardedCallableStatement extends GuardedPreparedStatement implements CallableStatement {

    final CallableStatement callable;

    GuardedCallableStatement(CallableStatement callable, GuardedConnection connection, StatementCheck check) {
        super(callable, connection, check, TenantAnnouncement.InText.NOTHING);
        this.callable = callable;
    }
}
