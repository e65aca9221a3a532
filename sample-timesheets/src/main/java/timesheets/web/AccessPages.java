package timesheets.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.web.WebAttributes;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The way in: what this is, signing in and up, joining a company, and going from one company to another. */
@Controller
class AccessPages {

    private static final List<String> PAGES = List.of("week", "customers", "projects", "hours", "members", "break-in");

    private final Api api;
    private final BrowserSession session;

    AccessPages(Api api, BrowserSession session) {
        this.api = api;
        this.session = session;
    }

    @GetMapping("/")
    String home() {
        return "home";
    }

    @GetMapping("/sign-in")
    String signIn(Model model) {
        return form("sign-in", Map.of(), model);
    }

    /** Where Spring Security forwards to when it could not sign somebody in. */
    @PostMapping("/sign-in/refused")
    String signInRefused(
            @RequestAttribute(name = WebAttributes.AUTHENTICATION_EXCEPTION, required = false) @Nullable Exception refusal,
            HttpServletResponse response,
            Model model) {
        response.setStatus(
                refusal != null && refusal.getCause() instanceof ResponseStatusException answer
                        ? answer.getStatusCode().value()
                        : HttpStatus.UNAUTHORIZED.value());
        String message = refusal == null ? "Write an address and a password." : String.valueOf(refusal.getMessage());
        return form("sign-in", Map.of("", message), model);
    }

    @GetMapping("/sign-up")
    String signUp(Model model) {
        return form("sign-up", Map.of(), model);
    }

    @PostMapping("/sign-up")
    String signUp(
            @RequestParam String email,
            @RequestParam String company,
            HttpServletResponse response,
            RedirectAttributes next,
            Model model) {
        Api.Answer answer = api.post("/api/auth/registrations", Map.of("email", email, "company", company));
        if (answer.isGood()) {
            next.addFlashAttribute("sent", true);
            return "redirect:/sign-up";
        }
        response.setStatus(answer.status());
        return form("sign-up", answer.faults(), model);
    }

    /** Where the letter to whoever signs up leads to. */
    @GetMapping("/welcome")
    String welcome(Model model) {
        return form("welcome", Map.of(), model);
    }

    @PostMapping("/welcome")
    String welcome(
            @RequestParam String token,
            @RequestParam String name,
            @RequestParam String password,
            HttpServletRequest request,
            HttpServletResponse response,
            Model model) {
        return enter("welcome", "/api/auth/registrations/complete", token, name, password, request, response, model);
    }

    /** Where the letter to whoever is invited leads to. */
    @GetMapping("/join")
    String join(Model model) {
        return form("join", Map.of(), model);
    }

    @PostMapping("/join")
    String join(
            @RequestParam String token,
            @RequestParam String name,
            @RequestParam String password,
            HttpServletRequest request,
            HttpServletResponse response,
            Model model) {
        return enter("join", "/api/auth/invitations/accept", token, name, password, request, response, model);
    }

    private String enter(
            String view,
            String path,
            String token,
            String name,
            String password,
            HttpServletRequest request,
            HttpServletResponse response,
            Model model) {
        Map<String, String> body = new LinkedHashMap<>(Map.of("token", token, "password", password));
        if (!name.isBlank()) {
            body.put("name", name);
        }
        Api.Answer answer = api.post(path, body);
        if (!answer.isGood()) {
            response.setStatus(answer.status());
            return form(view, answer.faults(), model);
        }
        session.goOn(answer, request, response);
        return "redirect:/week";
    }

    /** Goes on in another company, on the same page. */
    @PostMapping("/company")
    String switchCompany(
            @RequestParam String tenant,
            @RequestParam(defaultValue = "") String page,
            HttpServletRequest request,
            HttpServletResponse response) {
        session.goOn(api.post("/api/auth/switch", Map.of("tenant", tenant)), request, response);
        return "redirect:/" + (PAGES.contains(page) ? page : "week");
    }

    private static String form(String view, Map<String, String> faults, Model model) {
        model.addAttribute("faults", faults);
        return view;
    }
}
