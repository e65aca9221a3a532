package timesheets.web;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import dev.tenancy.TenantPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;

/** What every page shows around itself: who is signed in, the company of this request, and the others. */
@ControllerAdvice(basePackageClasses = Shell.class)
class Shell {

    private final Api api;
    private final Roles roles;
    private final boolean demo;

    Shell(Api api, Roles roles, Environment environment) {
        this.api = api;
        this.roles = roles;
        this.demo = environment.acceptsProfiles(Profiles.of("demo"));
    }

    @ModelAttribute("me")
    @Nullable Map<String, Object> me() {
        return CurrentTenant.find().isEmpty() ? null : api.get("/api/me").object();
    }

    @ModelAttribute("isAdmin")
    boolean isAdmin() {
        Optional<String> role = CurrentTenant.find().map(TenantPrincipal::role);
        return role.isPresent() && roles.includes(role.get(), "ADMIN");
    }

    @ModelAttribute("isDemo")
    boolean isDemo() {
        return demo;
    }

    /** The part of the path that names the page, to mark it in the menu. */
    @ModelAttribute("page")
    String page(HttpServletRequest request) {
        String[] parts = request.getServletPath().split("/");
        return parts.length > 1 ? parts[1] : "";
    }

    /** What was written into a form, to be shown again beside its faults. */
    @ModelAttribute("written")
    Map<String, String> written(@RequestParam Map<String, String> parameters) {
        return parameters;
    }
}
