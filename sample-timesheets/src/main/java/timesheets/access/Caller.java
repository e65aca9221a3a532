package timesheets.access;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** Whoever makes the current request, and the company for which they act. */
final class Caller {

    private Caller() {}

    static UUID id() {
        return UUID.fromString(CurrentTenant.require().getName());
    }

    static UUID company() {
        return CurrentTenant.require(UUID.class);
    }

    /** @throws ResponseStatusException with status 403 if a role is above the caller's */
    static void mustInclude(Roles roles, String role) {
        if (!roles.includes(CurrentTenant.require().role(), role)) {
            throw new ResponseStatusException(HttpStatus.FORBIDDEN, "Your role does not allow this.");
        }
    }
}
