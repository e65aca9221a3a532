package dev.tenancy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The parent of every refusal of this library. Its message names the entity or setting, what was refused, and the fix; it
 * never holds a value of any row.
 */
public abstract class TenancyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final List<Consumer<? super TenancyException>> LISTENERS = new CopyOnWriteArrayList<>();

    // Here, where every refusal passes: one on another thread may end in a future that nobody reads.
    @SuppressWarnings("this-escape")
    protected TenancyException(String message) {
        super(message);
        for (Consumer<? super TenancyException> listener : LISTENERS) {
            try {
                listener.accept(this);
            } catch (RuntimeException failure) {
                addSuppressed(failure);
            }
        }
    }

    /**
     * Has a listener called whenever something is refused, on the thread that is refused and before the exception is thrown: for
     * logs and counters. It gets the exception without what its subclass adds. What it throws is suppressed by the refusal.
     *
     * @return ends the listening
     */
    public static Runnable onRefusal(Consumer<? super TenancyException> listener) {
        LISTENERS.add(listener);
        return () -> LISTENERS.remove(listener);
    }
}
