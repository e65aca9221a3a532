package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows a refusal to start as two short paragraphs in place of a stack trace. */
final class SetupFailureAnalyzer extends AbstractFailureAnalyzer<TenancySetupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, TenancySetupException cause) {
        return new FailureAnalysis(cause.refused(), cause.fix(), cause);
    }
}
