package dev.tenancy.test;

import dev.tenancy.CurrentTenant;
import java.util.Set;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.TestExecutionListener;
import org.springframework.test.context.jdbc.Sql.ExecutionPhase;

/** Runs the scripts of {@link TenantSql}. Found by Spring itself. */
public final class TenantSqlListener implements TestExecutionListener, Ordered {

    // Within the transaction of the test (4000), and behind SqlScriptsTestExecutionListener (5000): tenants themselves
    // are often rows of @Sql, to which owned rows refer.
    private static final int ORDER = 5_100;

    /** For Spring. */
    public TenantSqlListener() {}

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public void beforeTestMethod(TestContext test) {
        run(test, ExecutionPhase.BEFORE_TEST_METHOD);
    }

    @Override
    public void afterTestMethod(TestContext test) {
        run(test, ExecutionPhase.AFTER_TEST_METHOD);
    }

    private static void run(TestContext test, ExecutionPhase phase) {
        for (TenantSql one : declared(test)) {
            check(one, test);
            if (one.executionPhase() == phase) {
                CurrentTenant.runAs(
                        TestTenant.id(one.tenant(), one.type(), text(one)), () -> TenantScripts.run(one, test));
            }
        }
    }

    private static Set<TenantSql> declared(TestContext test) {
        Set<TenantSql> ofMethod = AnnotatedElementUtils.getMergedRepeatableAnnotations(
                test.getTestMethod(), TenantSql.class, TenantSql.Several.class);
        return ofMethod.isEmpty()
                ? TestContextAnnotationUtils.getMergedRepeatableAnnotations(test.getTestClass(), TenantSql.class)
                : ofMethod;
    }

    private static void check(TenantSql given, TestContext test) {
        if (given.scripts().length == 0 && given.statements().length == 0) {
            throw new IllegalArgumentException(
                    text(given) + " at " + place(test) + " names nothing to run. Give scripts or statements.");
        }
        if (given.executionPhase() != ExecutionPhase.BEFORE_TEST_METHOD
                && given.executionPhase() != ExecutionPhase.AFTER_TEST_METHOD) {
            throw new IllegalArgumentException(text(given) + " at " + place(test) + " has the phase "
                    + given.executionPhase() + ". Use BEFORE_TEST_METHOD or AFTER_TEST_METHOD.");
        }
    }

    private static String text(TenantSql given) {
        return "@TenantSql(tenant = \"" + given.tenant() + "\")";
    }

    static String place(TestContext test) {
        return test.getTestClass().getSimpleName() + "." + test.getTestMethod().getName();
    }
}
