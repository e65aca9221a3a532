package timesheets.access;

import dev.tenancy.spring.RequiresRole;
import dev.tenancy.spring.crud.PageOf;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
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
@Tag(name = "Members")
@RequestMapping("/api/members")
class MembersController {

    record RoleChange(@RoleName String role) {}

    record Member(UUID userId, String email, String name, String role, CompanyMember.Status status) {

        static Member of(CompanyMember member) {
            User user = member.user();
            return new Member(user.id(), user.email(), user.name(), member.role(), member.status());
        }
    }

    private final Members members;

    MembersController(Members members) {
        this.members = members;
    }

    @Operation(operationId = "listMembers", summary = "Lists the members of the company.")
    @GetMapping
    @RequiresRole("STAFF")
    PageOf<Member> list(
            @RequestParam(defaultValue = "0") @Min(0) @Max(10_000) int page,
            @RequestParam(defaultValue = "20") @Min(1) @Max(200) int size) {
        List<Member> rows = members.in(Caller.company(), page, size).stream()
                .map(Member::of)
                .toList();
        long total = members.count(Caller.company());
        return new PageOf<>(
                rows,
                new PageOf.Position(size, page, total, (total + size - 1) / size, (page + 1L) * size >= total, null));
    }

    @Operation(operationId = "changeMemberRole", summary = "Gives a member another role.")
    @PatchMapping("/{userId}")
    @RequiresRole("ADMIN")
    Member changeRole(@PathVariable String userId, @Valid @RequestBody RoleChange change) {
        return Member.of(members.changeRole(Caller.company(), Caller.id(), Members.uuid(userId), change.role()));
    }

    /** Of oneself: to leave. */
    @Operation(operationId = "removeMember", summary = "Removes a member, or leaves the company.")
    @DeleteMapping("/{userId}")
    @RequiresRole("STAFF")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable String userId) {
        members.remove(Caller.company(), Caller.id(), Members.uuid(userId));
    }
}
