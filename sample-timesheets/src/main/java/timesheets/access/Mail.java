package timesheets.access;

/**
 * Sends mail; the application provides a bean of this type, and does not start without one. Called by many threads at the same
 * time, and never inside of a transaction.
 */
@FunctionalInterface
public interface Mail {

    /**
     * A message in plain text.
     *
     * @param to one address
     * @param subject a single line
     */
    record Message(String to, String subject, String text) {}

    /** Sends a message; what is thrown fails the request that caused it, and the caller may repeat that. */
    void send(Message message);
}
