package dev.tenancy.benchmarks.http.floor;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** Who calls, for which tenant and as what. */
record Caller(UUID userId, UUID tenantId, Role role) {

    /** Each includes those before it. */
    enum Role {
        STAFF,
        ADMIN,
        OWNER
    }

    private static final ThreadLocal<Caller> CURRENT = new ThreadLocal<>();

    static Caller current() {
        Caller caller = CURRENT.get();
        if (caller == null) {
            throw new IllegalStateException(
                    "Nobody calls: this ran outside of a request that TokenFilter let through.");
        }
        return caller;
    }

    static @Nullable Caller find() {
        return CURRENT.get();
    }

    static void enter(Caller caller) {
        CURRENT.set(caller);
    }

    static void leave() {
        CURRENT.remove();
    }

    boolean is(Role required) {
        return role.compareTo(required) >= 0;
    }

    void need(Role required) {
        if (!is(required)) {
            throw new ResponseStatusException(HttpStatus.FORBIDDEN);
        }
    }
}
