package compatibility;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** What jobs and listeners do: they count notes, for the tenant that their data name, or for nobody. */
@Component
public class Work {

    private final BlockingQueue<String> results = new LinkedBlockingQueue<>();
    private final Notes notes;

    Work(Notes notes) {
        this.notes = notes;
    }

    public void countFor(String tenant) {
        results.add("notes: " + CurrentTenant.callAs(UUID.fromString(tenant), notes::count));
    }

    /** As somebody would who forgot to enter the tenant. */
    public void countForNobody() {
        try {
            results.add("notes: " + notes.count());
        } catch (NoTenantException refusal) {
            results.add("no tenant");
            throw refusal;
        }
    }

    /** The next result, at the latest after some seconds. */
    String next() throws InterruptedException {
        return String.valueOf(results.poll(30, TimeUnit.SECONDS));
    }
}
