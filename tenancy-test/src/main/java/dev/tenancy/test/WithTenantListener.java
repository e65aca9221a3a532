package dev.tenancy.test;

import dev.tenancy.CurrentTenant;
import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/**
 * Enters the tenant of {@link WithTenant} before Spring begins the transaction of a test, and tells {@link TenantAssert} the test. Found by
 * Spring itself.
 */
public final class WithTenantListener implements TestExecutionListener, Ordered {

    // Before TransactionalTestExecutionListener (4000) and SqlScriptsTestExecutionListener (5000), after the injection
    // (2000).
    private static final int ORDER = 3_000;
    private static final String SCOPE = WithTenantListener.class.getName();

    /** For Spring. */
    public WithTenantListener() {}

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public void beforeTestMethod(TestContext test) {
        RunningSpringTest.begins(test);
        TestTenant.of(test.getTestClass(), test.getTestMethod())
                .ifPresent(principal -> test.setAttribute(SCOPE, CurrentTenant.enter(principal)));
    }

    @Override
    public void afterTestMethod(TestContext test) {
        RunningSpringTest.ends();
        if (test.removeAttribute(SCOPE) instanceof CurrentTenant.Scope scope) {
            scope.close();
        }
    }
}
