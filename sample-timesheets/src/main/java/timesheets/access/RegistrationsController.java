package timesheets.access;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@Tag(name = "Registration", description = "How a company of one's own begins.")
@RequestMapping("/api/auth/registrations")
class RegistrationsController {

    @Schema(name = "Registration")
    record Request(
            @Schema(example = "rita@rivertown.example") @NotBlank @Email @Size(max = 254) @SingleLine
            String email,

            @Schema(example = "Rivertown Surveyors") @NotBlank @Size(max = 200) @SingleLine
            String company) {}

    @Schema(name = "RegistrationCompletion")
    record Completion(
            @NotBlank @Size(max = 200) String token,
            @NotBlank @Size(max = 200) @SingleLine String name,
            @NotBlank @Size(max = 200) String password) {}

    private final Registrations registrations;
    private final Attempts attempts;
    private final Letters letters;

    RegistrationsController(Registrations registrations, Attempts attempts, Letters letters) {
        this.registrations = registrations;
        this.attempts = attempts;
        this.letters = letters;
    }

    @Operation(
            operationId = "register",
            summary = "Asks for a company.",
            description =
                    "A letter goes to the address, whether it has an account or not; its token completes the registration.")
    @ApiResponse(responseCode = "202", description = "A letter is on its way.")
    @PostMapping
    @ResponseStatus(HttpStatus.ACCEPTED)
    void request(@Valid @RequestBody Request request) {
        // As the account will have it: another spelling may be another's mailbox, and the mail must not go there.
        String email = User.normalized(request.email());
        attempts.mailTo(email);
        String token = registrations.begin(email, request.company());
        letters.registration(email, request.company(), token);
    }

    @Operation(
            operationId = "completeRegistration",
            summary = "Makes the company with the token of the letter, and begins a session of its owner.",
            description = "Whoever has an account gives its password.")
    @ApiResponse(responseCode = "200", description = "The tokens of the session.")
    @PostMapping("/complete")
    Sessions.Tokens complete(@Valid @RequestBody Completion completion) {
        return registrations
                .complete(completion.token(), completion.name(), completion.password())
                .orElseThrow(
                        () -> new ResponseStatusException(
                                HttpStatus.UNAUTHORIZED,
                                "The token is not good any more, or the password is not that of the account with its address."));
    }
}
