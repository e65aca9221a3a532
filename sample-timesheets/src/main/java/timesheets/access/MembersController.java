package timesheets.access;

import dev.tenancy.spring.RequiresRole;
import dev.tenancy.spring.crud.PageOf;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Members are users, who belong to no company, so this is no CRUD controller: {@link Members} keeps to the company. */
@RestController
@Tag(name = "Members", description = "Who works in the company that the request acts for, and as what.")
@RequestMapping("/api/members")
class MembersController {

    record RoleChange(@RoleName String role) {}

    record Member(
            UUID userId,
            String email,
            String name,
            @RoleName String role,
            CompanyMember.Status status) {

        static Member of(CompanyMember member) {
            User user = member.user();
            return new Member(user.id(), user.email(), user.name(), member.role(), member.status());
        }
    }

    @Target(ElementType.PARAMETER)
    @Retention(RetentionPolicy.RUNTIME)
    @Parameter(description = "The id of the user.", schema = @Schema(type = "string", format = "uuid"))
    private @interface MemberId {}

    private final Members members;

    MembersController(Members members) {
        this.members = members;
    }

    @Operation(operationId = "listMembers", summary = "Lists the members of the company.")
    @ApiResponse(responseCode = "200", description = "A page of members.")
    @GetMapping
    @RequiresRole("STAFF")
    PageOf<Member> list(
            @Parameter(description = "The number of the page, from 0.")
                    @RequestParam(defaultValue = "0")
                    @Min(0) @Max(10_000) int page,
            @Parameter(description = "The most members that the page may hold.")
                    @RequestParam(defaultValue = "20")
                    @Min(1) @Max(200) int size) {
        List<Member> rows = members.in(Caller.company(), page, size).stream()
                .map(Member::of)
                .toList();
        long total = members.count(Caller.company());
        return new PageOf<>(
                rows,
                new PageOf.Position(size, page, total, (total + size - 1) / size, (page + 1L) * size >= total, null));
    }

    @Operation(operationId = "changeMemberRole", summary = "Gives a member another role.")
    @ApiResponse(responseCode = "200", description = "The member as it is now.")
    @ApiResponse(responseCode = "409", ref = AccessDocument.CONFLICT)
    @PatchMapping("/{userId}")
    @RequiresRole("ADMIN")
    Member changeRole(@MemberId @PathVariable String userId, @Valid @RequestBody RoleChange change) {
        return Member.of(members.changeRole(Caller.company(), Caller.id(), Members.uuid(userId), change.role()));
    }

    /** Of oneself: to leave. */
    @Operation(operationId = "removeMember", summary = "Removes a member, or leaves the company.")
    @ApiResponse(responseCode = "204", description = "The user is no member any more.")
    @ApiResponse(responseCode = "409", ref = AccessDocument.CONFLICT)
    @DeleteMapping("/{userId}")
    @RequiresRole("STAFF")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@MemberId @PathVariable String userId) {
        members.remove(Caller.company(), Caller.id(), Members.uuid(userId));
    }
}
