package testserver;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** What cannot run where {@code tenancy.test.url} names a cluster of Citus. It runs everywhere else. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NotOnCluster.Condition.class)
public @interface NotOnCluster {

    /** Why, as docs/scaling.md lists it. */
    String value();

    final class Condition implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            Optional<NotOnCluster> mark = AnnotationSupport.findAnnotation(context.getElement(), NotOnCluster.class);
            return mark.isPresent() && TestServer.isCluster()
                    ? ConditionEvaluationResult.disabled(
                            "On a cluster: " + mark.get().value())
                    : ConditionEvaluationResult.enabled("It runs here.");
        }
    }
}
