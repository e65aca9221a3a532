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

    private static final String BACK = "redirect:/members";

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

    @PostMapping("/{id}/role")
    String changeRole(@PathVariable UUID id, @RequestParam String role, RedirectAttributes next) {
        return back(api.patch("/api/members/" + id, Map.of("role", role), null), "The role is changed.", next);
    }

    @PostMapping("/{id}/remove")
    String remove(@PathVariable UUID id, RedirectAttributes next) {
        return back(api.delete("/api/members/" + id), "The member is removed.", next);
    }

    @PostMapping("/invitations")
    String invite(
            @ModelAttribute("isAdmin") boolean isAdmin,
            @RequestParam String email,
            @RequestParam String role,
            HttpServletResponse response,
            RedirectAttributes next,
            Model model) {
        Api.Answer answer = api.post("/api/invitations", Map.of("email", email, "role", role));
        if (answer.isGood()) {
            return back(answer, "The invitation is on its way to " + email + ".", next);
        }
        response.setStatus(answer.status());
        return show(isAdmin, answer.faults(), model);
    }

    @PostMapping("/invitations/{id}/revoke")
    String revoke(@PathVariable UUID id, RedirectAttributes next) {
        return back(api.delete("/api/invitations/" + id), "The invitation is revoked.", next);
    }

    private static String back(Api.Answer answer, String notice, RedirectAttributes next) {
        next.addFlashAttribute(answer.isGood() ? "notice" : "problem", answer.isGood() ? notice : answer.detail());
        return BACK;
    }
}
