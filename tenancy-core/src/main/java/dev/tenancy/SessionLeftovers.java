package dev.tenancy;

import dev.tenancy.sql.SessionEffects;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what one tenant leaves on the database's session behind a connection from the next one. One for each connection, and no
 * more thread-safe than that.
 */
final class SessionLeftovers {

    private static final Logger LOG = LoggerFactory.getLogger(SessionLeftovers.class);
    private static final String FAILED =
            "What a tenant left on a connection could not be taken away, so the connection is closed";
    private static final Object EVERYONE = new Object();

    private final Connection connection;
    // Null unless a text was about to change what outlives its transaction.
    private @Nullable SessionState before;
    private @Nullable Object leftBy;
    private Set<String> localSettings = Set.of();

    SessionLeftovers(Connection connection) {
        this.connection = connection;
    }

    /** Whether there is nothing that could be another tenant's. */
    boolean isClean() {
        return before == null;
    }

    /**
     * Takes away what another tenant has left.
     *
     * @param entity what the next statement is about, null if it is not known
     * @throws UnprovenStatementException within a transaction, whose rollback would bring it back
     */
    void keepFromOthers(@Nullable String entity) throws SQLException {
        TenantPrincipal principal = CurrentTenant.peek();
        SessionState left = before;
        if (left == null || principal == null || principal.tenantId().equals(leftBy)) {
            return;
        }
        if (!connection.getAutoCommit()) {
            throw new UnprovenStatementException(
                    entity == null ? "(any)" : entity,
                    "another tenant has left temporary tables, settings or variables on the connection",
                    "Close the connection first, and take another inside of CurrentTenant.runAs(tenant, …).");
        }
        try {
            left.putBack();
        } catch (SQLException failed) {
            LOG.error(FAILED, failed);
            before = null;
            SessionState.end(connection);
            throw failed;
        }
        leftBy = principal.tenantId();
    }

    /** Looks at the session before a text changes it. */
    void beforeRunning(SessionEffects effects) throws SQLException {
        TenantPrincipal principal = CurrentTenant.peek();
        if (principal == null && !CurrentTenant.isCrossing()) {
            return; // What is done for nobody, such as a schema tool's, is the application's own.
        }
        if (effects.outlivesTransaction() && GuardedConnection.find(connection) == null) {
            SessionState state = before;
            if (state == null) {
                state = new SessionState(connection);
                before = state;
                leftBy = principal == null ? EVERYONE : principal.tenantId();
            } else if (principal == null) {
                leftBy = EVERYONE;
            }
            state.beforeRunning(effects, localSettings);
        }
        if (!effects.localSettings().isEmpty() && !connection.getAutoCommit()) {
            Set<String> all = new HashSet<>(localSettings);
            all.addAll(effects.localSettings());
            localSettings = all;
        }
    }

    /** The transaction is over, and with it the settings that were its own. */
    void transactionEnded() {
        localSettings = Set.of();
    }

    /**
     * Puts the database's session back as it was. To be called before the connection is somebody else's.
     *
     * @return false if it could not be, so that the connection was ended
     */
    boolean putBack() {
        SessionState state = before;
        if (state == null) {
            return true;
        }
        before = null;
        try {
            if (connection.isClosed()) {
                return true;
            }
            boolean autoCommit = connection.getAutoCommit();
            if (autoCommit) {
                state.endWhatATextBegan();
            } else {
                connection.rollback();
            }
            state.putBack();
            if (!autoCommit) {
                connection.commit();
            }
            return true;
        } catch (SQLException | RuntimeException failure) {
            LOG.error(FAILED, failure);
            if (!SessionState.end(connection)) {
                throw new IllegalStateException(
                        "A connection that a tenant has changed can neither be put back nor closed. It is not given back to its pool.",
                        failure);
            }
            return false;
        }
    }
}
