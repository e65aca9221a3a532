package dev.tenancy.test;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Does what {@link NoTenantLeft} says. Found by JUnit itself where its detection of extensions is on. */
public final class NoTenantLeftExtension implements BeforeAllCallback, BeforeEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(NoTenantLeftExtension.class);

    /** For JUnit. */
    public NoTenantLeftExtension() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        watch(context, context.getRequiredTestClass().getName());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        watch(
                context,
                context.getRequiredTestClass().getName() + "."
                        + context.getRequiredTestMethod().getName());
    }

    // JUnit closes what is in a store when all callbacks behind the test are done, those of other extensions as well.
    private static void watch(ExtensionContext context, String test) {
        context.getStore(NAMESPACE)
                .put(context.getUniqueId(), new Watch(test, CurrentTenant.find().orElse(null)));
    }

    @SuppressWarnings("deprecation") // Before JUnit 5.13, a store closed nothing else.
    private record Watch(String test, @Nullable TenantPrincipal before)
            implements ExtensionContext.Store.CloseableResource {

        @Override
        public void close() {
            TenantPrincipal left = CurrentTenant.find().orElse(null);
            if (left == null || left.equals(before)) {
                return;
            }
            leave(left);
            throw new AssertionError(test + " left tenant " + left.tenantId() + " current on the thread "
                    + Thread.currentThread().getName()
                    + ". Close the scope of CurrentTenant.enter(…) by try-with-resources, or use"
                    + " CurrentTenant.runAs(tenant, …); for a whole test, annotate it with @WithTenant.");
        }

        // Only whoever entered can close. But a scope that is closed out of turn leaves the thread without a tenant.
        private static void leave(TenantPrincipal left) {
            CurrentTenant.Scope outer = CurrentTenant.enter(left);
            CurrentTenant.enter(left);
            try {
                outer.close();
            } catch (IllegalStateException asPromised) {
                if (CurrentTenant.find().isPresent()) {
                    throw asPromised;
                }
            }
        }
    }
}
