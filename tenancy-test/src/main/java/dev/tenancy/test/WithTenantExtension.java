package dev.tenancy.test;

import dev.tenancy.CurrentTenant;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Enters the tenant of {@link WithTenant} where JUnit alone runs the test; in a Spring test it is current by then. */
final class WithTenantExtension implements BeforeEachCallback, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(WithTenantExtension.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        TestTenant.of(context.getRequiredTestClass(), context.getRequiredTestMethod())
                .ifPresent(principal ->
                        context.getStore(NAMESPACE).put(context.getUniqueId(), CurrentTenant.enter(principal)));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        CurrentTenant.Scope scope =
                context.getStore(NAMESPACE).remove(context.getUniqueId(), CurrentTenant.Scope.class);
        if (scope != null) {
            scope.close();
        }
    }
}
