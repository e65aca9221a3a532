package dev.tenancy.spring.crud;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.util.UriUtils;

/**
 * Lists, gets, creates, replaces, patches and deletes the rows of a tenant-owned entity. References arrive as ids and are
 * looked up within the tenant, so that one to another tenant's row is answered like one to no row at all.
 *
 * <p>The {@code before…} methods are the places for rules of the application: they run inside the transaction, after
 * validation, and refuse by throwing, for instance a Spring {@code ErrorResponseException}. Let them have no effect outside of
 * the database: the transaction may yet fail, and then a bulk request calls them once more, to find out which row it was.
 *
 * <p>Bodies hold the fields of the record and no others. What clients may not set (the id, the version, the tenant and
 * {@link Crud#readOnly()}) is ignored, so that what was read can be sent back. A row that has a {@code @Version} is answered with
 * an {@code ETag}; {@code If-Match} with that makes a write fail with 412 if somebody else was faster.
 *
 * <p>Under {@code /bulk}, up to {@code tenancy.max-bulk-size} rows are written in one transaction, all or none; what is wrong is
 * told for each row, counted from 0: {@code "errors": [{"row": 3, "field": "name", "message": "…"}]}.
 *
 * @param <E> the entity
 * @param <D> the record that clients see
 * @see TenantReadController
 */
public abstract class TenantCrudController<E, D extends Record> extends TenantReadController<E, D> {

    private static final String MERGE_PATCH = "application/merge-patch+json";

    /** Override to complete or refuse a row that is about to be inserted. */
    protected void beforeCreate(E row) {}

    /**
     * Override to complete or refuse a row that is about to be updated.
     *
     * @param was what the row was before
     * @param row the row with its new values
     */
    protected void beforeUpdate(D was, E row) {}

    /** Override to refuse the deletion of a row. */
    protected void beforeDelete(E row) {}

    @Override
    RowWrites.Hooks<E, D> hooks() {
        return new RowWrites.Hooks<>() {

            @Override
            public void beforeCreate(E row) {
                TenantCrudController.this.beforeCreate(row);
            }

            @Override
            public void beforeUpdate(D was, E row) {
                TenantCrudController.this.beforeUpdate(was, row);
            }

            @Override
            public void beforeDelete(E row) {
                TenantCrudController.this.beforeDelete(row);
            }

            @Override
            public boolean watches(CrudOffer.Action action) {
                String name = switch (action) {
                    case CREATE -> "beforeCreate";
                    case UPDATE -> "beforeUpdate";
                    case DELETE -> "beforeDelete";
                    case READ -> throw new IllegalArgumentException("Reads have no hook.");
                };
                // Without its parameters, since an override may name the entity itself.
                Method hook = ReflectionUtils.findMethod(TenantCrudController.this.getClass(), name, (Class<?>[]) null);
                return hook == null || hook.getDeclaringClass() != TenantCrudController.class;
            }
        };
    }

    /** Creates a row, and names its address in the header {@code Location}. */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE, produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    public D create(HttpServletRequest request, HttpServletResponse response) {
        RecordReader.Shown<D> created =
                answering(() -> engine().writes().create(engine().requests().read(request)));
        String id = UriUtils.encode(created.id().toString(), StandardCharsets.UTF_8);
        response.setHeader(
                HttpHeaders.LOCATION,
                request.getRequestURL().append('/').append(id).toString());
        return answer(created, response);
    }

    /** Replaces a row: what the body leaves out is null afterwards. */
    @PutMapping(
            path = "/{id}",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    public D replace(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) {
        return answer(
                answering(() ->
                        engine().writes().replace(id, engine().requests().read(request), Preconditions.of(request))),
                response);
    }

    /** Changes what the body names (JSON Merge Patch, RFC 7396). */
    @PatchMapping(
            path = "/{id}",
            consumes = {MERGE_PATCH, MediaType.APPLICATION_JSON_VALUE},
            produces = MediaType.APPLICATION_JSON_VALUE)
    public D patch(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) {
        return answer(
                answering(() ->
                        engine().writes().patch(id, engine().requests().read(request), Preconditions.of(request))),
                response);
    }

    /** Deletes a row. */
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    public void delete(@PathVariable String id, HttpServletRequest request) {
        answering(() -> engine().writes().delete(id, Preconditions.of(request)));
    }

    /** Creates many rows: the body is an array of what {@link #create} takes, and so is the answer, in the same order. */
    @PostMapping(
            path = "/bulk",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    public List<D> createMany(HttpServletRequest request) {
        return bodies(
                answering(() -> engine().writes().createMany(engine().requests().read(request))));
    }

    /**
     * Patches many rows: the body is an array of merge patches, each with the {@code id} of its row and, to be refused if that
     * has changed, its {@code version}. A row that is missing, or another tenant's, is an error of that row.
     */
    @PatchMapping(path = "/bulk", produces = MediaType.APPLICATION_JSON_VALUE)
    public List<D> patchMany(HttpServletRequest request) {
        return bodies(
                answering(() -> engine().writes().patchMany(engine().requests().readRows(request))));
    }

    /** Deletes many rows: the body is an array of objects with {@code id} and, if wanted, {@code version}. */
    @DeleteMapping("/bulk")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    public void deleteMany(HttpServletRequest request) {
        answering(() -> engine().writes().deleteMany(engine().requests().readRows(request)));
    }

    private static <D> List<D> bodies(List<RecordReader.Shown<D>> rows) {
        return rows.stream().map(RecordReader.Shown::body).toList();
    }
}
