package compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;

class SpringSessionTest extends Compatibility {

    @Autowired
    private FindByIndexNameSessionRepository<?> sessions;

    @Test
    void sessionsAreKeptWhoeverIsCurrent() {
        String id = acme(() -> saved(sessions));
        Object nobodys = sessions.findById(id).getAttribute("colour");
        assertThat(nobodys).isEqualTo("green");
        Object anothers = globex(() -> sessions.findById(id)).getAttribute("colour");
        assertThat(anothers).isEqualTo("green");
        assertThat(acme(() -> sessions.findByPrincipalName("alice"))).containsKey(id);
        acme(() -> {
            sessions.deleteById(id);
            return null;
        });
        assertThat(sessions.findById(id)).isNull();
    }

    private static <S extends Session> String saved(FindByIndexNameSessionRepository<S> sessions) {
        S session = sessions.createSession();
        session.setAttribute("colour", "green");
        session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, "alice");
        sessions.save(session);
        return session.getId();
    }
}
