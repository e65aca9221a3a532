package compatibility;

import dev.tenancy.NoTenantException;
import dev.tenancy.spring.task.PropagationRefusedException;
import dev.tenancy.spring.task.TenantPropagator;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.springframework.stereotype.Component;

/** What jobs and listeners do: they count notes, for whoever their data name, or for whoever is current. */
@Component
public class Work {

    private final BlockingQueue<String> results = new LinkedBlockingQueue<>();
    private final Notes notes;
    private final TenantPropagator propagator;

    Work(Notes notes, TenantPropagator propagator) {
        this.notes = notes;
        this.propagator = propagator;
    }

    public void countFor(Map<String, String> carried) {
        countFor(carried::get);
    }

    public void countFor(UnaryOperator<String> carried) {
        try {
            propagator.runAs(carried, this::count);
        } catch (PropagationRefusedException refusal) {
            results.add("refused");
            throw refusal;
        }
    }

    /** For whoever is current, or nobody, as somebody would who forgot to enter the tenant. */
    public void count() {
        try {
            results.add("notes: " + notes.count());
        } catch (NoTenantException refusal) {
            results.add("no tenant");
            throw refusal;
        }
    }

    /** What earlier tests have left is forgotten. */
    void clear() {
        results.clear();
    }

    /** The next result, at the latest after some seconds. */
    String next() throws InterruptedException {
        return String.valueOf(results.poll(30, TimeUnit.SECONDS));
    }
}
