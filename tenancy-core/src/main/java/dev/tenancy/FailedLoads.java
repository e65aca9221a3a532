package dev.tenancy;

import jakarta.persistence.PersistenceException;
import java.util.stream.StreamSupport;
import org.hibernate.JDBCException;
import org.hibernate.event.internal.DefaultLoadEventListener;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventSource;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.LoadEvent;
import org.hibernate.event.spi.LoadEventListener;

/**
 * Fails where the database could not be asked for a row. Hibernate's {@code find} would answer null, as if there were no row, if the
 * transaction is to be rolled back (HHH-12472), and a lock that fails has marked it. It does so for a {@link JDBCException} alone.
 */
@SuppressWarnings("deprecation") // Hibernate has no other type for it yet.
final class FailedLoads implements LoadEventListener {

    private static final long serialVersionUID = 1L;

    private final LoadEventListener standard;

    private FailedLoads(LoadEventListener standard) {
        this.standard = standard;
    }

    /** Stands around Hibernate's own listener. Those of the application stay what they are. */
    static void register(EventListenerRegistry listeners) {
        LoadEventListener[] guarded = StreamSupport.stream(
                        listeners
                                .getEventListenerGroup(EventType.LOAD)
                                .listeners()
                                .spliterator(),
                        false)
                .map(one -> one.getClass() == DefaultLoadEventListener.class ? new FailedLoads(one) : one)
                .toArray(LoadEventListener[]::new);
        listeners.setListeners(EventType.LOAD, guarded);
    }

    @Override
    public void onLoad(LoadEvent event, LoadType type) {
        try {
            standard.onLoad(event, type);
        } catch (JDBCException failed) {
            EventSource session = event.getSession();
            if (session.isTransactionInProgress() && session.accessTransaction().getRollbackOnly()) {
                throw new PersistenceException(failed.getMessage(), failed);
            }
            throw failed;
        }
    }
}
