package dev.tenancy.spring;

import dev.tenancy.Finding;
import dev.tenancy.TenancySetupException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows a refusal to start in place of a stack trace: what was found, each with its reason, and then what to do about each. */
final class SetupFailureAnalyzer extends AbstractFailureAnalyzer<TenancySetupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, TenancySetupException cause) {
        if (cause.findings().isEmpty()) {
            return new FailureAnalysis(cause.refused(), cause.fix(), cause);
        }
        String summary = cause.refused().lines().findFirst().orElseThrow();
        return new FailureAnalysis(
                summary + each(cause, one -> one.subject() + " " + one.problem() + ".\n" + one.reason()),
                "Mend each; docs/doctor.md explains them by their numbers."
                        + each(cause, one -> one.subject() + "\n" + one.remedy()),
                cause);
    }

    private static String each(TenancySetupException cause, Function<Finding, String> words) {
        return cause.findings().stream()
                .map(one -> "\n\n" + one.id() + ": " + words.apply(one).replace("\n", "\n    "))
                .collect(Collectors.joining());
    }
}
