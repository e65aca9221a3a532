package dev.tenancy.benchmarks.http.floor;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The customers of a tenant. */
interface Customers {

    /** A row as clients see it, and its version. */
    record Row(CustomerDto body, long version) {

        String etag() {
            return "\"" + version + "\"";
        }
    }

    PageOf<CustomerDto> list(UUID tenantId, int page, int size);

    Optional<Row> find(UUID tenantId, UUID id);

    Row create(UUID tenantId, CustomerDto body);

    /**
     * Changes a row; empty if there is none.
     *
     * @param ifMatch the ETag that the row must have, if not null
     */
    Optional<Row> update(UUID tenantId, UUID id, @Nullable String ifMatch, Function<CustomerDto, CustomerDto> change);

    /** Whether there was such a row. */
    boolean delete(UUID tenantId, UUID id, @Nullable String ifMatch);
}
