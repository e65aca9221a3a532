package dev.tenancy.spring.task;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import org.springframework.core.task.TaskDecorator;

/** Lets a task act for whom the thread acted that handed it over. What was handed over without a tenant, or in a crossing, has none. */
final class TenantTaskDecorator implements TaskDecorator {

    @Override
    public Runnable decorate(Runnable task) {
        TenantPrincipal principal = CurrentTenant.find().orElse(null);
        if (principal == null) {
            return task;
        }
        return () -> {
            try (CurrentTenant.Scope scope = CurrentTenant.enter(principal)) {
                task.run();
            }
        };
    }
}
