package timesheets.access;

/**
 * Sends mail: by SMTP, in the demo to the log. Called by many threads at the same time, and never inside of a transaction.
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
