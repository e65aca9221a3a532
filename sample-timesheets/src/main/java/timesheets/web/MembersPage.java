package timesheets.web;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Who works for the company, and who is invited to. */
@Controller
@RequestMapping("/members")
class MembersPage {

    private final Api api;
    private final Roles roles;

    MembersPage(Api api, Roles roles) {
        this.api = api;
        this.roles = roles;
    }

    @GetMapping
    String members(@ModelAttribute("isAdmin") boolean isAdmin, Model model) {
        return show(isAdmin, Map.of(), model);
    }

    private String show(boolean isAdmin, Map<String, String> faults, Model model) {
        model.addAttribute("faults", faults);
        model.addAttribute(
                "members", api.get("/api/members", Map.of("size", 200)).rows());
        model.addAttribute(
                "invitations",
                isAdmin ? api.get("/api/invitations", Map.of("size", 200)).rows() : List.of());
        // Nobody gives a role above their own.
        model.addAttribute(
                "roles",
                roles.reachableFrom(Objects.toString(CurrentTenant.require().role(), "")));
        return "members";
    }

    @PostMapping("/{userId}/role")
    String changeRole(
            @PathVariable UUID userId,
            @RequestParam String role,
            HttpServletResponse response,
            RedirectAttributes next,
            Model model) {
        Api.Answer answer = api.patch("/api/members/" + userId, Map.of("role", role), null);
        return answered(answer, "The role is changed.", response, next, model);
    }

    @PostMapping("/{userId}/remove")
    String remove(@PathVariable UUID userId, HttpServletResponse response, RedirectAttributes next, Model model) {
        return answered(api.delete("/api/members/" + userId, null), "The member is removed.", response, next, model);
    }

    @PostMapping("/invitations")
    String invite(
            @RequestParam String email,
            @RequestParam String role,
            HttpServletResponse response,
            RedirectAttributes next,
            Model model) {
        Api.Answer answer = api.post("/api/invitations", Map.of("email", email, "role", role));
        return answered(answer, "The invitation is on its way to " + email + ".", response, next, model);
    }

    @PostMapping("/invitations/{id}/revoke")
    String revoke(@PathVariable UUID id, HttpServletResponse response, RedirectAttributes next, Model model) {
        return answered(
                api.delete("/api/invitations/" + id, null), "The invitation is revoked.", response, next, model);
    }

    /** What is refused is shown with its status, beside its field if it has one. */
    private String answered(
            Api.Answer answer, String notice, HttpServletResponse response, RedirectAttributes next, Model model) {
        if (answer.isGood()) {
            next.addFlashAttribute("notice", notice);
            return "redirect:/members";
        }
        response.setStatus(answer.status());
        return show(Boolean.TRUE.equals(model.getAttribute("isAdmin")), answer.faults(), model);
    }
}
