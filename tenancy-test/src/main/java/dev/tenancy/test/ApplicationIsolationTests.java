package dev.tenancy.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.util.ClassUtils;

/**
 * Attacks an application with Spring as a whole: its {@linkplain EntityIsolationTests entities} first, and then what is built on
 * them, up to each endpoint over real HTTP. Extend it, and say how a user signs in:
 *
 * <pre>
 * &#64;SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
 * class IsolationTest extends ApplicationIsolationTests {
 *
 *     &#64;Override
 *     protected Map&lt;String, String&gt; signIn(Object tenant, Standing standing) { … }
 * }
 * </pre>
 *
 * <p>Endpoints come from Spring's handler mappings. A request is made from the OpenAPI document where springdoc gives one, or else from
 * the handler's types, and from the rows of its caller: a field or parameter that is called like an attribute gets its value, and
 * {@code customerId} or {@code id} the id of a row. The owner has to get through; then the same is tried by others.
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

    /**
     * The headers of a request by a user who stands so to a tenant, for instance {@code Authorization}. It is called for each attack
     * again: a request may end the session, or the membership, of who sends it.
     *
     * @param tenant one of {@link #tenants}
     */
    protected abstract Map<String, String> signIn(Object tenant, Standing standing);

    @Override
    List<Part> parts(OwnedMapping mapping, SampleRows rows, Tenants tenants) {
        if (context == null) {
            throw new IllegalStateException(getClass().getSimpleName()
                    + " has no ApplicationContext to attack. Annotate it with @SpringBootTest.");
        }
        List<Part> parts = new ArrayList<>(super.parts(mapping, rows, tenants));
        if (ClassUtils.isPresent("org.springframework.web.servlet.DispatcherServlet", null)) {
            parts.add(new EndpointPart(context, mapping, rows, tenants, values(), this::signIn));
        }
        return parts;
    }
}
