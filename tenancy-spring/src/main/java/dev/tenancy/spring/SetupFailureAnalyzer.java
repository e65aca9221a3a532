package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows a refusal to start in place of a stack trace: what was found, each with its reason, and then what to do about each. */
final class SetupFailureAnalyzer extends AbstractFailureAnalyzer<TenancySetupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, TenancySetupException cause) {
        return new FailureAnalysis(cause.refused(), cause.fix(), cause);
    }
}
