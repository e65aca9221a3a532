package timesheets.access;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

record InvitationDto(
        @Nullable UUID id,
        @NotBlank @Email @Size(max = 254) @SingleLine String email,
        @RoleName String role,

        @Schema(accessMode = Schema.AccessMode.READ_ONLY) @Nullable Instant expiresAt) {

    static InvitationDto of(Invitation invitation) {
        return new InvitationDto(invitation.getId(), invitation.email(), invitation.role(), invitation.expiresAt());
    }
}
