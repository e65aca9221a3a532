package timesheets.access;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The mails that this application writes. Their links begin with a setting: what a request calls this server is its sender's to choose,
 * and would send the token there.
 */
@Component
class Letters {

    private final Mail mail;
    private final String address;

    Letters(Mail mail, @Value("${timesheets.address}") String address) {
        this.mail = mail;
        this.address = address;
    }

    void registration(String email, String company, String token) {
        mail.send(new Mail.Message(email, "Register " + company, """
                Somebody, we hope you, wants to register the company "%s" with this address.

                To complete it, open this link. It can be used once, within a day. If you did not ask for it, do nothing.

                %s/welcome?token=%s

                A program sends the token to POST /api/auth/registrations/complete.

                Token: %s
                """.formatted(company, address, token, token)));
    }

    void invitation(String email, String company, String role, String token) {
        mail.send(new Mail.Message(email, "Join " + company, """
                You are invited to join the company "%s" as %s.

                To accept, open this link. It can be used once, within a week.

                %s/join?token=%s

                A program sends the token to POST /api/auth/invitations/accept.

                Token: %s
                """.formatted(company, role, address, token, token)));
    }
}
