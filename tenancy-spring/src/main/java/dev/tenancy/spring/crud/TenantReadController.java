package dev.tenancy.spring.crud;

import dev.tenancy.CurrentTenant;
import dev.tenancy.spring.Problem;
import dev.tenancy.spring.ProblemDetails;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.ResolvableType;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.util.ClassUtils;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * Lists and gets the rows of a tenant-owned entity. Extend it with a class that carries {@code @RestController},
 * {@code @RequestMapping} and {@link Crud}; nothing else is needed.
 *
 * <p>Fields of the record are matched to attributes of the entity by name; {@code customerId} stands for the id of the
 * associated entity {@code customer}, and a component that is a record itself shows an embeddable. What names cannot map, a
 * {@link RecordMapper} can. Ids are a UUID, a Long, an Integer or a String.
 *
 * <p>Methods may be overridden, but none has to be, and none may be made {@code final}: a proxy could not pass it on. Handler
 * methods may be added; {@link Crud} tells which role they need.
 *
 * @param <E> the entity
 * @param <D> the record that clients see
 */
@ProblemDetails
public abstract class TenantReadController<E, D extends Record> {

    private @Nullable CrudEngine<E, D> engine;

    @Autowired
    void assemble(BeanFactory beans) {
        // Not asked for by its type: what Spring generates ahead of time is in the application's package, and must not
        // name it.
        ControllerTraps.check(ClassUtils.getUserClass(getClass()), TenantReadController.class);
        Method scope = ReflectionUtils.findMethod(getClass(), "scope", CriteriaBuilder.class, Root.class);
        boolean narrows = Objects.requireNonNull(scope).getDeclaringClass() != TenantReadController.class;
        engine = beans.getBean(CrudEngine.Factory.class)
                .create(
                        getClass(),
                        ResolvableType.forClass(getClass()).as(TenantReadController.class),
                        narrows ? this::scope : null,
                        hooks());
    }

    /** Null if rows are only read. */
    RowWrites.@Nullable Hooks<E, D> hooks() {
        return null;
    }

    CrudEngine<E, D> engine() {
        if (engine == null) {
            throw new IllegalStateException(getClass().getName() + " is not a Spring bean. Let Spring create it.");
        }
        return engine;
    }

    /**
     * Override to narrow the rows that this request may reach, within those of the tenant: rows outside are missing for it,
     * to read and to write. Called for each query inside a transaction, twice for a list that tells how many rows there are.
     *
     * @return the condition, or null for all rows of the tenant
     */
    protected @Nullable Predicate scope(CriteriaBuilder criteria, Root<E> row) {
        return null;
    }

    /** Whether the caller, in the current tenant, has this role or one above it. */
    protected boolean hasRole(String role) {
        return answering(() -> engine().access().hasRole(role));
    }

    /**
     * The caller, as the application's type of user id: {@code userId(UUID::fromString)}.
     *
     * @param type makes it of what the credential says (the {@code sub} claim of a token)
     * @throws dev.tenancy.NoTenantException if no tenant is current
     */
    protected <T> T userId(Function<String, T> type) {
        return type.apply(CurrentTenant.require().getName());
    }

    /**
     * A page of rows. Parameters: {@code size} (20), {@code sort=field,asc|desc} any number of times, {@code search}, and the
     * filters of {@link Crud#filter()}; {@code page} from 0 and {@code total=false}, or with {@link Crud.Paging#KEYSET}
     * {@code after}. Any other is answered 400.
     */
    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    public PageOf<D> list(@RequestParam MultiValueMap<String, String> parameters) {
        return answering(() -> engine().reads().list(parameters));
    }

    /**
     * All rows of a list, with its filters, search and sort, as {@code format=csv} (RFC 4180) or {@code format=ndjson}; without that
     * parameter as the header Accept says, or CSV. Text that a spreadsheet would take for a formula gets an apostrophe in front in
     * CSV. Rows are sent as they are read, in one transaction; a failure on the way breaks the connection off.
     */
    @GetMapping("/export")
    public void export(
            @RequestParam MultiValueMap<String, String> parameters,
            @RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = MediaType.ALL_VALUE) String accept,
            HttpServletResponse response) {
        MultiValueMap<String, String> rest = new LinkedMultiValueMap<>(parameters);
        answering(() -> engine().export(rest, ExportFormat.of(rest.remove("format"), accept), response));
    }

    /** One row, with its ETag if it has a version; nothing and 304 if {@code If-None-Match} names that. */
    @GetMapping(path = "/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
    public @Nullable D get(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) {
        return answering(() -> {
            Preconditions conditions = Preconditions.of(request);
            RecordReader.Shown<D> shown = engine().reads().get(id);
            if (!conditions.isMatched(shown.version())) {
                throw Preconditions.failed();
            }
            D body = answer(shown, response);
            if (conditions.isKnown(shown.version())) {
                response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
                return null;
            }
            return body;
        });
    }

    // Not by a ResponseEntity: Spring MVC flushes that before it ends, and what has no known length goes out in two
    // packets.
    static <D> D answer(RecordReader.Shown<D> shown, HttpServletResponse response) {
        ETag tag = Preconditions.tag(shown.version());
        if (tag != null) {
            response.setHeader(HttpHeaders.ETAG, tag.formattedTag());
        }
        return shown.body();
    }

    /** Problems are made here alone: the rooms behind tell what is wrong, and this what the caller reads of it. */
    static <T extends @Nullable Object> T answering(Supplier<T> work) {
        try {
            return work.get();
        } catch (RefusedException refused) {
            throw problem(refused);
        }
    }

    static void answering(Runnable work) {
        answering(() -> {
            work.run();
            return true;
        });
    }

    private static ErrorResponseException problem(RefusedException refused) {
        List<Problem.FieldFault> faults = refused.faults();
        return switch (refused.reason()) {
            case UNAUTHENTICATED -> Problem.of(HttpStatus.UNAUTHORIZED, "This needs a valid credential.");
            case FORBIDDEN -> Problem.forbidden();
            case MISSING -> Problem.missing();
            case PARAMETER ->
                Problem.parameter(
                        String.valueOf(faults.get(0).field()), faults.get(0).message());
            case UNKNOWN_PARAMETER ->
                Problem.of(
                        HttpStatus.BAD_REQUEST,
                        "There is an unknown parameter; this list takes " + refused.about() + ".",
                        faults);
            case NOT_ACCEPTABLE ->
                Problem.of(HttpStatus.NOT_ACCEPTABLE, "An export is text/csv or application/x-ndjson.");
            case TOO_MANY_EXPORTS -> Problem.tooManyAtOnce();
            case MALFORMED_CONDITION ->
                Problem.of(
                        HttpStatus.BAD_REQUEST,
                        "The header " + refused.about()
                                + " must be * or a list of entity tags in quotes, as an answer's ETag has them.");
            case CONDITION_MISSING ->
                Problem.of(
                        HttpStatus.PRECONDITION_REQUIRED,
                        "This needs the header If-Match with the ETag of the row as you read it.");
            case CONDITION_FAILED ->
                Problem.of(
                        HttpStatus.PRECONDITION_FAILED,
                        "The row is not in the state that the request demands. Read it again.");
            case NOT_ROWS ->
                Problem.of(
                        HttpStatus.BAD_REQUEST,
                        "The body must be a JSON array of 1 to " + refused.about() + " rows; nothing was written.");
            case INVALID -> Problem.invalid(faults);
            case LIBRARY_ROW -> Problem.libraryRow(faults);
            case STALE ->
                Problem.of(
                        HttpStatus.CONFLICT,
                        "Somebody else changed a row, or its version is missing; see errors.",
                        faults);
            case VIOLATED -> Problem.violated(refused.violation(), faults);
        };
    }
}
