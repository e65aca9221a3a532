package timesheets.access;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.mail.MailException;
import org.springframework.mail.MailSender;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

@Component
@Profile("!demo")
class SmtpMail implements Mail {

    private final MailSender sender;
    private final String from;

    SmtpMail(MailSender sender, @Value("${timesheets.mail-from}") String from) {
        this.sender = sender;
        this.from = from;
    }

    @Override
    public void send(Message message) {
        SimpleMailMessage letter = new SimpleMailMessage();
        letter.setFrom(from);
        letter.setTo(message.to());
        letter.setSubject(message.subject());
        letter.setText(message.text());
        try {
            sender.send(letter);
        } catch (MailException failure) {
            throw new ResponseStatusException(
                    HttpStatus.SERVICE_UNAVAILABLE, "The mail could not be sent. Try again later.", failure);
        }
    }
}
