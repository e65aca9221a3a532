package timesheets.access;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Beside {@link InvitationsController}, since whoever accepts is no member yet. */
@RestController
@Tag(name = "Invitations", description = "Letters that ask somebody to join the company that the request acts for.")
class AcceptController {

    @Schema(name = "InvitationAcceptance")
    record Acceptance(
            @NotBlank @Size(max = 200) String token,
            @Nullable @Size(max = 200) @SingleLine String name,
            @NotBlank @Size(max = 200) String password) {}

    private final Invitations invitations;

    AcceptController(Invitations invitations) {
        this.invitations = invitations;
    }

    @Operation(
            operationId = "acceptInvitation",
            summary = "Accepts an invitation with the token of its letter, and begins a session.",
            description =
                    "Whoever has an account gives its password, anybody else a name and a password for a new one.")
    @ApiResponse(responseCode = "200", description = "The tokens of the session.")
    @PostMapping("/api/auth/invitations/accept")
    Sessions.Tokens accept(@Valid @RequestBody Acceptance acceptance) {
        return invitations
                .accept(acceptance.token(), acceptance.name(), acceptance.password())
                .orElseThrow(
                        () -> new ResponseStatusException(
                                HttpStatus.UNAUTHORIZED,
                                "The token is not good any more, or the password is not that of the account with its address."));
    }
}
