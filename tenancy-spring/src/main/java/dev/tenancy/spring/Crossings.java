package dev.tenancy.spring;

import dev.tenancy.CurrentTenant;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationEventPublisher;

/** Makes an application event of each {@link CurrentTenant.Crossing}, for {@code @EventListener} methods. */
final class Crossings implements DisposableBean {

    private final Runnable end;

    Crossings(ApplicationEventPublisher events) {
        end = CurrentTenant.onCrossing(events::publishEvent);
    }

    @Override
    public void destroy() {
        end.run();
    }
}
