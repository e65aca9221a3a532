package timesheets.access;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import dev.tenancy.spring.Problem;
import java.util.UUID;

/** Whoever makes the current request, and the company for which they act. */
final class Caller {

    private Caller() {}

    static UUID id() {
        return UUID.fromString(CurrentTenant.require().getName());
    }

    static UUID company() {
        return CurrentTenant.require(UUID.class);
    }

    /** @throws org.springframework.web.ErrorResponseException with status 403 if a role is above the caller's */
    static void mustInclude(Roles roles, String role) {
        if (!roles.includes(CurrentTenant.require().role(), role)) {
            throw Problem.forbidden();
        }
    }
}
