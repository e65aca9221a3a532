package timesheets;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Serves requests for a while after readiness has gone down, which Spring Boot sees to, and before the port closes: whoever spreads
 * requests over the nodes takes a moment to notice.
 *
 * <p>A listener and no lifecycle, because executors, and a management server on a port of its own, end at the same event. It comes first.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ShutdownWait implements ApplicationListener<ContextClosedEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(ShutdownWait.class);

    private final ApplicationContext application;
    private final Duration wait;

    ShutdownWait(ApplicationContext application, @Value("${timesheets.shutdown-wait}") Duration wait) {
        this.application = application;
        this.wait = wait;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (!event.getApplicationContext().equals(application) || wait.isZero()) {
            return;
        }
        LOG.info("Asked to end: readiness is down, and requests are served for another {} s", wait.toSeconds());
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
