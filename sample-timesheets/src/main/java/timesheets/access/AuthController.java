package timesheets.access;

import dev.tenancy.jwt.VerifiedToken;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@Tag(
        name = "Sessions",
        description = "Signing in and out. Calls from an address that is refused too often are refused for a while.")
@RequestMapping("/api/auth")
class AuthController {

    record Login(
            @Schema(example = "owner@acme.test") @NotBlank @Size(max = 254) String email,

            @Schema(example = "demo-password") @NotBlank @Size(max = 200) String password) {}

    record Refresh(@NotBlank @Size(max = 200) String refreshToken) {}

    @Schema(name = "CompanySwitch")
    record Switch(
            @Schema(description = "The id or the slug of the company.", example = "acme") @NotBlank @Size(max = 200) String tenant) {}

    record PasswordChange(
            @NotBlank @Size(max = 200) String current,
            @NotBlank @Size(max = 200) String next,
            @Nullable @Size(max = 200) String refreshToken) {}

    private final Accounts accounts;
    private final Sessions sessions;

    AuthController(Accounts accounts, Sessions sessions) {
        this.accounts = accounts;
        this.sessions = sessions;
    }

    @Operation(
            operationId = "login",
            summary = "Begins a session in the default company of the account.",
            description =
                    "The access token goes into the header Authorization of other requests; the refresh token renews it.")
    @ApiResponse(responseCode = "200", description = "The tokens of the session.")
    @PostMapping("/login")
    Sessions.Tokens login(@Valid @RequestBody Login login) {
        return accounts.authenticate(login.email(), login.password())
                .flatMap(sessions::begin)
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.UNAUTHORIZED, "There is no active account with this email and password."));
    }

    @Operation(
            operationId = "refresh",
            summary = "Renews the tokens of a session.",
            description = "A refresh token is good once. Shown a second time it ends its session.")
    @ApiResponse(responseCode = "200", description = "The new tokens of the session.")
    @PostMapping("/refresh")
    Sessions.Tokens refresh(@Valid @RequestBody Refresh refresh) {
        return sessions.renew(refresh.refreshToken())
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.UNAUTHORIZED, "The refresh token is not good any more. Log in again."));
    }

    @Operation(
            operationId = "switchCompany",
            summary = "Goes on in another company of the same account.",
            description = "Begins a session of its own; the one so far goes on, too.")
    @ApiResponse(responseCode = "200", description = "The tokens of the new session.")
    @PostMapping("/switch")
    Sessions.Tokens switchTo(@AuthenticationPrincipal VerifiedToken shown, @Valid @RequestBody Switch request) {
        return sessions.switchTo(shown, request.tenant())
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.FORBIDDEN, "You are not an active member of the company that this request names."));
    }

    @Operation(
            operationId = "logout",
            summary = "Ends a session.",
            description = "Its access token is good until it expires. A token that is unknown is answered alike.")
    @ApiResponse(responseCode = "204", description = "The session has ended.")
    @PostMapping("/logout")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void logout(@Valid @RequestBody Refresh refresh) {
        sessions.end(refresh.refreshToken());
    }

    @Operation(
            operationId = "logoutAll",
            summary = "Ends all sessions of the caller.",
            description = "On all devices, this one included. Access tokens are good until they expire.")
    @ApiResponse(responseCode = "204", description = "All sessions have ended.")
    @PostMapping("/logout-all")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void logoutAll() {
        sessions.endAll(Caller.id());
    }

    /** Ends all other sessions; which one is this, the refresh token tells. */
    @Operation(
            operationId = "changePassword",
            summary = "Changes the password of the caller, and ends the other sessions.",
            description = "The session of the refresh token stays; without one all of them end.")
    @ApiResponse(responseCode = "204", description = "The password is changed.")
    @PostMapping("/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void changePassword(@Valid @RequestBody PasswordChange change) {
        accounts.authenticate(Caller.id(), change.current())
                .filter(user -> sessions.changePassword(user, accounts.hash(change.next()), change.refreshToken()))
                .orElseThrow(
                        () -> new ResponseStatusException(HttpStatus.FORBIDDEN, "The current password is another."));
    }
}
