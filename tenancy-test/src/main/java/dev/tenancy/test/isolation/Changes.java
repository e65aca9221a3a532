package dev.tenancy.test.isolation;

import org.jspecify.annotations.Nullable;

/** Whether rows of a tenant, or what they refer to, have changed since it was made. */
final class Changes {

    static final Changes NONE = new Changes(null);

    private final @Nullable TenantRows rows;
    private final Object before;

    Changes(@Nullable TenantRows rows) {
        this.rows = rows;
        this.before = rows == null ? "" : rows.wholeState();
    }

    boolean areThere() {
        return rows != null && !rows.wholeState().equals(before);
    }
}
