package compatibility;

import dev.tenancy.spring.task.TenantPropagator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionalEventListener;

/** Files notes, and tells of it by events that are kept until each listener is done. */
@Component
class ModulithConfiguration {

    /** Says whose rows it is about, since a listener runs on another thread, and maybe after the next start. */
    record NoteFiled(String tenant) {}

    record FolderFiled(String tenant) {}

    private final ApplicationEventPublisher events;
    private final Folders folders;
    private final Work work;
    private final AtomicInteger failures = new AtomicInteger();

    ModulithConfiguration(ApplicationEventPublisher events, Folders folders, Work work) {
        this.events = events;
        this.folders = folders;
        this.work = work;
    }

    /** Lets a listener fail once. */
    public void failOnce() {
        failures.set(1);
    }

    @Transactional
    public void file(String tenant) {
        folders.save(new Folder("filed"));
        events.publishEvent(new NoteFiled(tenant));
    }

    @Transactional
    public void fileFolder(String tenant) {
        events.publishEvent(new FolderFiled(tenant));
    }

    // Its transaction, if it has one, has to begin within the tenant.
    @ApplicationModuleListener(propagation = Propagation.NOT_SUPPORTED)
    void on(NoteFiled filed) {
        if (failures.getAndDecrement() > 0) {
            throw new IllegalStateException("as a listener may");
        }
        work.countFor(Map.of(TenantPropagator.TENANT, filed.tenant()));
    }

    // It names no tenant, and acts for whoever published it.
    @Async
    @TransactionalEventListener
    void on(FolderFiled filed) {
        work.count();
    }
}
