package compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class ShedLockTest extends Compatibility {

    @Autowired
    private LockProvider locks;

    @Test
    void aLockIsHeldByOneOfAllTenants() {
        LockConfiguration nightly =
                new LockConfiguration(Instant.now(), "nightly", Duration.ofMinutes(1), Duration.ZERO);
        Optional<SimpleLock> ours = acme(() -> locks.lock(nightly));
        assertThat(ours).isPresent();
        assertThat(globex(() -> locks.lock(nightly))).isEmpty();
        assertThat(locks.lock(nightly)).isEmpty();
        acme(() -> {
            ours.get().unlock();
            return null;
        });
        Optional<SimpleLock> nobodys = locks.lock(nightly);
        assertThat(nobodys).isPresent();
        nobodys.get().unlock();
    }
}
