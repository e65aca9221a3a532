package timesheets.access;

import dev.tenancy.jwt.VerifiedToken;
import io.swagger.v3.oas.annotations.Operation;
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
@Tag(name = "Sessions")
@RequestMapping("/api/auth")
class AuthController {

    record Login(
            @NotBlank @Size(max = 254) String email,
            @NotBlank @Size(max = 200) String password) {}

    record Refresh(@NotBlank @Size(max = 200) String refreshToken) {}

    record Switch(@NotBlank @Size(max = 200) String tenant) {}

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

    @Operation(operationId = "login", summary = "Begins a session in the default company of the account.")
    @PostMapping("/login")
    Sessions.Tokens login(@Valid @RequestBody Login login) {
        return accounts.authenticate(login.email(), login.password())
                .flatMap(sessions::begin)
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.UNAUTHORIZED, "There is no active account with this email and password."));
    }

    @Operation(operationId = "refresh", summary = "Renews the tokens of a session. A refresh token is good once.")
    @PostMapping("/refresh")
    Sessions.Tokens refresh(@Valid @RequestBody Refresh refresh) {
        return sessions.renew(refresh.refreshToken())
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.UNAUTHORIZED, "The refresh token is not good any more. Log in again."));
    }

    @Operation(operationId = "switchCompany", summary = "Goes on in another company of the same account.")
    @PostMapping("/switch")
    Sessions.Tokens switchTo(@AuthenticationPrincipal VerifiedToken shown, @Valid @RequestBody Switch request) {
        return sessions.switchTo(shown, request.tenant())
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.FORBIDDEN, "You are not an active member of the company that this request names."));
    }

    @Operation(operationId = "logout", summary = "Ends a session.")
    @PostMapping("/logout")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void logout(@Valid @RequestBody Refresh refresh) {
        sessions.end(refresh.refreshToken());
    }

    @Operation(operationId = "logoutAll", summary = "Ends all sessions of the caller.")
    @PostMapping("/logout-all")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void logoutAll() {
        sessions.endAll(Caller.id());
    }

    /** Ends all other sessions; which one is this, the refresh token tells. */
    @Operation(
            operationId = "changePassword",
            summary = "Changes the password of the caller, and ends the other sessions.")
    @PostMapping("/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void changePassword(@Valid @RequestBody PasswordChange change) {
        accounts.authenticate(Caller.id(), change.current())
                .filter(user -> sessions.changePassword(user, accounts.hash(change.next()), change.refreshToken()))
                .orElseThrow(
                        () -> new ResponseStatusException(HttpStatus.FORBIDDEN, "The current password is another."));
    }
}
