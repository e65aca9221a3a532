package timesheets.access;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import jakarta.persistence.EntityManager;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@RequestMapping("/api")
class AccessController {

    record Login(
            @NotBlank @Size(max = 254) String email,
            @NotBlank @Size(max = 200) String password) {}

    record Refresh(@NotBlank @Size(max = 200) String refreshToken) {}

    record Switch(@NotBlank @Size(max = 200) String tenant) {}

    record Me(UserInfo user, CompanyInfo tenant, String role, List<MembershipInfo> memberships) {}

    record UserInfo(UUID id, String email, String name) {}

    record CompanyInfo(UUID id, String slug, String name) {

        static CompanyInfo of(Company company) {
            return new CompanyInfo(company.id(), company.slug(), company.name());
        }
    }

    record MembershipInfo(CompanyInfo tenant, String role) {}

    private final Sessions sessions;
    private final Members members;
    private final EntityManager entityManager;

    AccessController(Sessions sessions, Members members, EntityManager entityManager) {
        this.sessions = sessions;
        this.members = members;
        this.entityManager = entityManager;
    }

    @PostMapping("/auth/login")
    Sessions.Tokens login(@Valid @RequestBody Login login) {
        return sessions.login(login.email(), login.password())
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.UNAUTHORIZED, "There is no active account with this email and password."));
    }

    @PostMapping("/auth/refresh")
    Sessions.Tokens refresh(@Valid @RequestBody Refresh refresh) {
        return sessions.refresh(refresh.refreshToken())
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.UNAUTHORIZED, "The refresh token is not good any more. Log in again."));
    }

    @PostMapping("/auth/switch")
    Sessions.Tokens switchTo(@Valid @RequestBody Switch request) {
        return sessions.switchTo(caller(), request.tenant())
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.FORBIDDEN, "You are not an active member of the company that this request names."));
    }

    @PostMapping("/auth/logout")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void logout(@Valid @RequestBody Refresh refresh) {
        sessions.logout(refresh.refreshToken());
    }

    @GetMapping("/me")
    @Transactional(readOnly = true)
    public Me me() {
        TenantPrincipal principal = CurrentTenant.require();
        User user = entityManager.find(User.class, caller());
        Company company = entityManager.find(Company.class, principal.tenantId());
        List<MembershipInfo> all = members.of(caller()).stream()
                .map(member -> new MembershipInfo(CompanyInfo.of(member.company()), member.role()))
                .toList();
        return new Me(
                new UserInfo(user.id(), user.email(), user.name()),
                CompanyInfo.of(company),
                String.valueOf(principal.role()),
                all);
    }

    private static UUID caller() {
        return UUID.fromString(CurrentTenant.require().getName());
    }
}
