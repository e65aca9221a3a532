package timesheets.access;

import dev.tenancy.TenancySetupException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** The mails that this application writes. An application with pages of its own puts a link to one around the token. */
@Component
class Letters {

    private final Mail mail;

    Letters(ObjectProvider<Mail> mail) {
        this.mail = mail.getIfAvailable(() -> {
            throw new TenancySetupException(
                    "There is no bean of type " + Mail.class.getName()
                            + ", so nobody could register a company or be invited: both go by mail. The profile demo brings one that"
                            + " writes to the log, which shows the tokens to whoever reads it.",
                    "Provide a bean that sends mail, for instance through Spring's JavaMailSender.");
        });
    }

    void registration(String email, String company, String token) {
        mail.send(new Mail.Message(email, "Register " + company, """
                Somebody, we hope you, wants to register the company "%s" with this address.

                To complete it, send this token to POST /api/auth/registrations/complete. It can be used once, within a day. If \
                you did not ask for it, do nothing.

                Token: %s
                """.formatted(company, token)));
    }

    void invitation(String email, String company, String role, String token) {
        mail.send(new Mail.Message(email, "Join " + company, """
                You are invited to join the company "%s" as %s.

                To accept, send this token to POST /api/auth/invitations/accept. It can be used once, within a week.

                Token: %s
                """.formatted(company, role, token)));
    }
}
