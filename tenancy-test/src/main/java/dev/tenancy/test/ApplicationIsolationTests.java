package dev.tenancy.test;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;

/**
 * Attacks an application with Spring as a whole: its {@linkplain EntityIsolationTests entities} first, and then what is built on
 * them. Extend it, annotated with {@code @SpringBootTest(webEnvironment = RANDOM_PORT)}.
 */
public abstract class ApplicationIsolationTests extends EntityIsolationTests implements ApplicationContextAware {

    private @Nullable ApplicationContext context;

    /** For subclasses. */
    protected ApplicationIsolationTests() {}

    /** For Spring. */
    @Override
    public final void setApplicationContext(ApplicationContext context) {
        this.context = context;
    }

    @Override
    List<Part> parts(OwnedMapping mapping, SampleRows rows, List<?> tenants) {
        if (context == null) {
            throw new IllegalStateException(getClass().getSimpleName()
                    + " has no ApplicationContext to attack. Annotate it with @SpringBootTest.");
        }
        List<Part> parts = new ArrayList<>(super.parts(mapping, rows, tenants));
        return parts;
    }
}
