package dev.tenancy.spring;

import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * Lists and gets the rows of a tenant-owned entity. Extend it with a class that carries {@code @RestController},
 * {@code @RequestMapping} and {@link Crud}; nothing else is needed.
 *
 * <p>Fields of the record are matched to attributes of the entity by name; {@code customerId} stands for the id of the
 * associated entity {@code customer}. Methods may be overridden, but none has to be, and none may be made {@code final}:
 * a proxy could not pass it on.
 *
 * @param <E> the entity
 * @param <D> the record that clients see
 */
public abstract class TenantReadController<E, D extends Record> {

    private @Nullable CrudEngine<E, D> engine;

    @Autowired
    void assemble(CrudEngine.Factory factory) {
        engine = factory.create(this);
    }

    CrudEngine<E, D> engine() {
        if (engine == null) {
            throw new IllegalStateException(getClass().getName() + " is not a Spring bean. Let Spring create it.");
        }
        return engine;
    }

    /**
     * Override to narrow the rows that this request may reach, within those of the tenant: rows outside are missing for it,
     * to read and to write. Called once per request, inside a transaction.
     *
     * @return the condition, or null for all rows of the tenant
     */
    protected @Nullable Predicate scope(CriteriaBuilder criteria, Root<E> row) {
        return null;
    }

    /**
     * A page of rows. Parameters: {@code page} from 0, {@code size} (20), {@code total=false} to have nothing counted, or
     * {@code after} with {@link Crud.Paging#KEYSET}; {@code sort=field,asc|desc} any number of times; {@code search}; and those of
     * {@link Crud#filter}. An unknown or malformed one is answered 400, with the names of those that there are.
     */
    @GetMapping
    public PageOf<D> list(@RequestParam MultiValueMap<String, String> parameters) {
        return engine().list(parameters);
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
        engine().export(rest, ExportFormat.of(rest.remove("format"), accept), response);
    }

    /** One row, with its version as ETag. */
    @GetMapping("/{id}")
    public ResponseEntity<D> get(@PathVariable String id) {
        return answer(engine().get(id));
    }

    static <D> ResponseEntity<D> answer(CrudEngine.Shown<D> shown) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        if (shown.etag() != null) {
            answer.eTag(shown.etag());
        }
        return answer.body(shown.body());
    }
}
