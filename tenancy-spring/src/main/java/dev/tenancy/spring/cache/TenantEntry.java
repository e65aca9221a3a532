package dev.tenancy.spring.cache;

import java.io.Serial;
import java.io.Serializable;

/** A value, and whose it is: a store may take two keys for one, for instance because it ignores case. */
record TenantEntry(Object tenant, Object value) implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;
}
