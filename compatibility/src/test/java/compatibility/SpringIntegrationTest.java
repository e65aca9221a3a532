package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;
import org.springframework.integration.jdbc.store.JdbcMessageStore;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.GenericMessage;

class SpringIntegrationTest extends Compatibility {

    @Autowired
    private JdbcMessageStore messages;

    @Autowired
    private JdbcLockRegistry locks;

    @Test
    void messagesAreStoredWhoeverIsCurrent() {
        Message<String> message = acme(() -> messages.addMessage(new GenericMessage<>("hello")));
        assertThat(messages.getMessage(message.getHeaders().getId()).getPayload())
                .isEqualTo("hello");
        acme(() -> messages.addMessageToGroup("group", message));
        assertThat(globex(() -> messages.messageGroupSize("group"))).isEqualTo(1);
        acme(() -> {
            messages.removeMessageGroup("group");
            return messages.removeMessage(message.getHeaders().getId());
        });
        assertThat(messages.getMessage(message.getHeaders().getId())).isNull();
    }

    @Test
    void aLockIsTakenAndGivenBackWhoeverIsCurrent() {
        Lock lock = locks.obtain("lock");
        assertThat((boolean) acme(() -> lock.tryLock())).isTrue();
        CurrentTenant.runAs(ACME, lock::unlock);
        assertThat(lock.tryLock()).isTrue();
        lock.unlock();
    }
}
