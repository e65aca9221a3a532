package timesheets;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.context.annotation.Primary;
import timesheets.access.Mail;

/** Keeps the mails that the application sends. */
@Primary
class Postbox implements Mail {

    private static final Pattern TOKEN = Pattern.compile("Token: (\\S+)");

    private final Map<String, List<Message>> mails = new ConcurrentHashMap<>();

    @Override
    public void send(Message message) {
        mails.computeIfAbsent(message.to(), to -> new CopyOnWriteArrayList<>()).add(message);
    }

    List<Message> to(String email) {
        return mails.getOrDefault(email, List.of());
    }

    /** The token in the last mail to an address. */
    String token(String email) {
        List<Message> received = to(email);
        Matcher token = TOKEN.matcher(received.get(received.size() - 1).text());
        if (!token.find()) {
            throw new AssertionError("The mail has no token");
        }
        return token.group(1);
    }
}
