package timesheets.access;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.persistence.EntityManager;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@Tag(name = "Account", description = "The caller, in all companies.")
@RequestMapping("/api/me")
class MeController {

    record DefaultCompany(
            @Schema(description = "The id or the slug of the company.", example = "acme") @NotBlank @Size(max = 200) String tenant) {}

    record Me(UserInfo user, CompanyInfo tenant, @RoleName String role, List<MembershipInfo> memberships) {}

    record UserInfo(UUID id, String email, String name) {}

    record CompanyInfo(UUID id, String slug, String name) {

        static CompanyInfo of(Company company) {
            return new CompanyInfo(company.id(), company.slug(), company.name());
        }
    }

    record MembershipInfo(CompanyInfo tenant, @RoleName String role) {}

    private final Members members;
    private final EntityManager entityManager;

    MeController(Members members, EntityManager entityManager) {
        this.members = members;
        this.entityManager = entityManager;
    }

    @Operation(
            operationId = "getMe",
            summary = "Who the caller is.",
            description = "With the company and the role of this request, and all memberships.")
    @ApiResponse(responseCode = "200", description = "The caller.")
    @GetMapping
    @Transactional(readOnly = true)
    public Me me() {
        TenantPrincipal principal = CurrentTenant.require();
        User user = entityManager.find(User.class, Caller.id());
        Company company = entityManager.find(Company.class, principal.tenantId());
        List<MembershipInfo> all = members.of(Caller.id()).stream()
                .map(member -> new MembershipInfo(CompanyInfo.of(member.company()), member.role()))
                .toList();
        return new Me(
                new UserInfo(user.id(), user.email(), user.name()),
                CompanyInfo.of(company),
                String.valueOf(principal.role()),
                all);
    }

    /** The company that the next login acts for. */
    @Operation(
            operationId = "setDefaultCompany",
            summary = "Chooses the company that the next login acts for.",
            description = "Sessions that have begun go on in theirs.")
    @ApiResponse(responseCode = "204", description = "The next login acts for it.")
    @PutMapping("/default-company")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    public void prefer(@Valid @RequestBody DefaultCompany choice) {
        Company company = members.active(Caller.id(), choice.tenant())
                .map(membership -> entityManager.find(Company.class, membership.tenantId()))
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.FORBIDDEN, "You are not an active member of the company that this request names."));
        entityManager.find(User.class, Caller.id()).prefer(company);
    }
}
