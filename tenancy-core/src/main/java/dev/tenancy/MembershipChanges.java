package dev.tenancy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who wants to know when the answers of {@link Memberships} may have changed. */
final class MembershipChanges {

    private static final Logger LOG = LoggerFactory.getLogger(MembershipChanges.class);
    private static final List<Runnable> LISTENERS = new CopyOnWriteArrayList<>();

    private MembershipChanges() {}

    static Runnable listen(Runnable listener) {
        // Not the listener itself: given twice, it would be taken away twice by the first that ends.
        Runnable own = listener::run;
        LISTENERS.add(own);
        return () -> LISTENERS.remove(own);
    }

    static void tell() {
        for (Runnable listener : LISTENERS) {
            try {
                listener.run();
            } catch (RuntimeException | Error failed) {
                // The change is in the database by now: whoever made it must not take it for a failed one.
                LOG.error("A listener of Memberships.onChange failed; what it keeps may be out of date", failed);
            }
        }
    }
}
