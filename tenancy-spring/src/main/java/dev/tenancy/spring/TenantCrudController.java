package dev.tenancy.spring;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import tools.jackson.databind.JsonNode;

/**
 * Lists, gets, creates, replaces, patches and deletes the rows of a tenant-owned entity. References arrive as ids and are
 * looked up within the tenant, so that one to another tenant's row is answered like one to no row at all.
 *
 * <p>The {@code before…} methods are the places for rules of the application: they run inside the transaction, after
 * validation, and refuse by throwing, for instance a Spring {@code ErrorResponseException}.
 *
 * @param <E> the entity
 * @param <D> the record that clients see
 * @see TenantReadController
 */
public abstract class TenantCrudController<E, D extends Record> extends TenantReadController<E, D> {

    /** Override to complete or refuse a row that is about to be inserted. */
    protected void beforeCreate(E row) {}

    /**
     * Override to complete or refuse a row that is about to be updated.
     *
     * @param row with the new values
     * @param was what clients saw of it before
     */
    protected void beforeUpdate(E row, D was) {}

    /** Override to refuse the deletion of a row. */
    protected void beforeDelete(E row) {}

    /** Creates a row. */
    @PostMapping
    public ResponseEntity<D> create(@RequestBody JsonNode body) {
        CrudEngine.Shown<D> created = engine().create(body, this::beforeCreate);
        ResponseEntity.BodyBuilder answer = ResponseEntity.created(ServletUriComponentsBuilder.fromCurrentRequestUri()
                .path("/{id}")
                .build(created.id()));
        if (created.etag() != null) {
            answer.eTag(created.etag());
        }
        return answer.body(created.body());
    }

    /**
     * Replaces a row: what the body leaves out is null afterwards. With the header If-Match only if the row still has that ETag.
     */
    @PutMapping("/{id}")
    public ResponseEntity<D> replace(@PathVariable String id, @RequestBody JsonNode body) {
        return answer(engine().replace(id, body, this::beforeUpdate));
    }

    /** Changes what the body names (JSON Merge Patch, RFC 7396). */
    @PatchMapping(
            path = "/{id}",
            consumes = {"application/merge-patch+json", MediaType.APPLICATION_JSON_VALUE})
    public ResponseEntity<D> patch(@PathVariable String id, @RequestBody JsonNode patch) {
        return answer(engine().patch(id, patch, this::beforeUpdate));
    }

    /** Deletes a row. */
    @DeleteMapping("/{id}")
    public ResponseEntity<Void> delete(@PathVariable String id) {
        engine().delete(id, this::beforeDelete);
        return ResponseEntity.noContent().build();
    }
}
