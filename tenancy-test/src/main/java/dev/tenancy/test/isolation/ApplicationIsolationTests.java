package dev.tenancy.test.isolation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.util.ClassUtils;

/**
 * Attacks an application with Spring as a whole: its {@linkplain EntityIsolationTests entities} first, and then what is built on
 * them, up to each endpoint over real HTTP: the methods of Spring Data repositories, declared SQL, caches, executors, asynchronous
 * methods, listeners and schedules, what beans keep in their fields. Extend it, and say how a user signs in:
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
 *
 * <p>The code of the application runs, with all that it does besides: a schedule that sends mails sends them. What must not run is listed
 * in {@link #notProven()}.
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
    protected Map<String, String> signIn(Object tenant, Standing standing) {
        throw new Unproven("not proven: the endpoints, since nothing says how a user signs in. Override signIn() in "
                + getClass().getSimpleName() + ".");
    }

    /**
     * Arguments of methods for which none can be made from rows, by the names of the type and the method as the messages spell them:
     * {@code "CustomerRepository.findByRegion"}, or with the types of the parameters where a name has several methods,
     * {@code "CustomerRepository.search(String, Pageable)"}. Each is asked for whenever the method is attacked, while rows of the
     * owner are stored and the owner is current, so that it may look something up, or store more.
     *
     * <pre>
     * return Map.of("CustomerRepository.findByRegion", () -&gt; new Object[] {customers.findAll().get(0).region()});
     * </pre>
     */
    protected Map<String, Supplier<Object[]>> arguments() {
        return Map.of();
    }

    @Override
    List<Part> parts(OwnedMapping mapping, SampleRows rows, Tenants tenants, GivenValues values) {
        if (context == null) {
            throw new IllegalStateException(getClass().getSimpleName()
                    + " has no ApplicationContext to attack. Annotate it with @SpringBootTest.");
        }
        List<Part> parts = new ArrayList<>(super.parts(mapping, rows, tenants, values));
        GivenArguments given = new GivenArguments(arguments(), getClass().getSimpleName());
        AttackedRows attacked = new AttackedRows(mapping, rows, tenants);
        ApplicationBeans beans = new ApplicationBeans(context, getClass());
        // Before the repositories, of which some method may delete all that signIn() needs.
        if (isPresent("org.springframework.web.servlet.DispatcherServlet") && EndpointPart.isNeeded(context)) {
            parts.add(new EndpointPart(context, beans, attacked, tenants, values, this::signIn));
        }
        boolean repositories = isPresent("org.springframework.data.jpa.repository.JpaRepository");
        if (repositories) {
            parts.add(new RepositoryPart(context, attacked, given));
        }
        parts.add(new QueryPart(
                mapping, rows, tenants, repositories ? RepositoryQueries.of(context, mapping) : List.of()));
        SampleArguments.Types types =
                repositories ? new SpringDataTypes(rows) : (parameter, known, entity) -> List.of();
        parts.add(new CachePart(context, beans, attacked, given, types));
        parts.add(new ExecutorPart(context, attacked));
        parts.add(new BackgroundPart(beans, attacked, given, types));
        // Behind all that may leave something there.
        parts.add(new BeanStatePart(beans, attacked));
        parts.add(given);
        return parts;
    }

    // What an application does without is not attacked in it, and its classes are not there.
    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, ApplicationIsolationTests.class.getClassLoader());
    }
}
