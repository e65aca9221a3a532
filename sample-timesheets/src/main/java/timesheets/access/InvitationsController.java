package timesheets.access;

import dev.tenancy.Roles;
import dev.tenancy.spring.Problem;
import dev.tenancy.spring.RequiresRole;
import dev.tenancy.spring.crud.Crud;
import dev.tenancy.spring.crud.TenantReadController;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.validation.Valid;
import java.time.Clock;
import java.time.Instant;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Lists come from the library; creating is more than a row, so it is written out. */
@RestController
@RequestMapping("/api/invitations")
@Crud(
        read = "ADMIN",
        sort = {"email", "expiresAt"})
class InvitationsController extends TenantReadController<Invitation, InvitationDto> {

    private final Invitations invitations;
    private final Attempts attempts;
    private final Letters letters;
    private final Roles roles;
    private final Clock clock;

    InvitationsController(Invitations invitations, Attempts attempts, Letters letters, Roles roles, Clock clock) {
        this.invitations = invitations;
        this.attempts = attempts;
        this.letters = letters;
        this.roles = roles;
        this.clock = clock;
    }

    @Override
    protected Predicate scope(CriteriaBuilder criteria, Root<Invitation> row) {
        return criteria.greaterThan(row.<Instant>get("expiresAt"), clock.instant());
    }

    @Operation(operationId = "createInvitation", summary = "Invites somebody by a letter.")
    @ApiResponse(responseCode = "201", description = "The invitation; its letter is on its way.")
    @ApiResponse(responseCode = "409", ref = AccessDocument.CONFLICT)
    @ApiResponse(responseCode = "429", ref = AccessDocument.TOO_MANY_REQUESTS)
    @PostMapping
    @RequiresRole("ADMIN")
    @ResponseStatus(HttpStatus.CREATED)
    InvitationDto invite(@Valid @RequestBody InvitationDto request) {
        Caller.mustInclude(roles, request.role());
        // As the account will have it: another spelling may be another's mailbox, and the mail must not go there.
        String email = User.normalized(request.email());
        attempts.mailTo(email);
        Invitations.Sent sent = invitations.invite(email, request.role());
        letters.invitation(email, sent.company(), request.role(), sent.token());
        return InvitationDto.of(sent.invitation());
    }

    @Operation(operationId = "revokeInvitation", summary = "Takes an invitation back.")
    @ApiResponse(responseCode = "204", description = "The letter is good for nothing any more.")
    @DeleteMapping("/{id}")
    @RequiresRole("ADMIN")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(
            @Parameter(description = "The id of the invitation.", schema = @Schema(type = "string", format = "uuid"))
                    @PathVariable
                    String id) {
        if (!invitations.revoke(Members.uuid(id))) {
            throw Problem.missing();
        }
    }
}
