package timesheets.web;

import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

/** Customers and projects: a list with search, sort and pages, and a form for one row. A page has the name of its resource. */
@Controller
@RequestMapping({"/customers", "/projects"})
class ResourcePages {

    private static final int PAGE = 10;

    private final Api api;

    ResourcePages(Api api) {
        this.api = api;
    }

    @GetMapping
    String list(
            @ModelAttribute(name = "page", binding = false) String resource,
            @RequestParam(defaultValue = "0") int number,
            @RequestParam(defaultValue = "") String search,
            @RequestParam(defaultValue = "name") String sort,
            @RequestParam(defaultValue = "") String status,
            Model model) {
        Api.Answer rows = api.get(
                "/api/" + resource,
                Map.of("page", number, "size", PAGE, "search", search, "sort", sort, "status", status));
        model.addAttribute("rows", rows.rows());
        model.addAttribute("export", export(resource, search, sort, status));
        model.addAttribute("position", rows.object().get("page"));
        model.addAttribute("search", search);
        model.addAttribute("sort", sort);
        model.addAttribute("status", status);
        withCustomers(resource, rows.rows(), model);
        return resource;
    }

    private static String export(String resource, String search, String sort, String status) {
        UriComponentsBuilder link =
                UriComponentsBuilder.fromPath("/{resource}.csv").queryParam("sort", "{sort}");
        Map<String, String> asked = new HashMap<>(Map.of("resource", resource, "sort", sort));
        Map.of("search", search, "status", status).forEach((name, value) -> {
            if (!value.isEmpty()) {
                link.queryParam(name, "{" + name + "}");
                asked.put(name, value);
            }
        });
        return link.encode().buildAndExpand(asked).toUriString();
    }

    @GetMapping("/new")
    String create(@ModelAttribute(name = "page", binding = false) String resource, Model model) {
        return form(resource, null, Map.of(), "", Map.of(), model);
    }

    @GetMapping("/{id}")
    String edit(@ModelAttribute(name = "page", binding = false) String resource, @PathVariable UUID id, Model model) {
        Api.Answer answer = api.get(path(resource, id));
        return form(resource, id, answer.object(), answer.headers().getETag(), Map.of(), model);
    }

    @PostMapping
    String create(
            @ModelAttribute(name = "page", binding = false) String resource,
            @RequestParam Map<String, String> written,
            HttpServletResponse response,
            RedirectAttributes next,
            Model model) {
        Api.Answer answer = api.post("/api/" + resource, fields(written));
        return saved(resource, null, written, answer, response, next, model);
    }

    @PostMapping("/{id}")
    String update(
            @ModelAttribute(name = "page", binding = false) String resource,
            @PathVariable UUID id,
            @RequestParam Map<String, String> written,
            HttpServletResponse response,
            RedirectAttributes next,
            Model model) {
        Api.Answer answer = api.patch(path(resource, id), fields(written), written.get("version"));
        return saved(resource, id, written, answer, response, next, model);
    }

    @PostMapping("/{id}/delete")
    String delete(
            @ModelAttribute(name = "page", binding = false) String resource,
            @PathVariable UUID id,
            RedirectAttributes next) {
        Api.Answer answer = api.delete(path(resource, id), null);
        if (answer.isGood()) {
            next.addFlashAttribute("notice", "Deleted.");
            return "redirect:/" + resource;
        }
        next.addFlashAttribute("problem", answer.detail());
        return "redirect:/" + resource + "/" + id;
    }

    private String saved(
            String resource,
            @Nullable UUID id,
            Map<String, String> written,
            Api.Answer answer,
            HttpServletResponse response,
            RedirectAttributes next,
            Model model) {
        if (answer.isGood()) {
            next.addFlashAttribute("notice", "Saved.");
            return "redirect:/" + resource;
        }
        response.setStatus(answer.status());
        return form(resource, id, written, written.get("version"), answer.faults(), model);
    }

    private String form(
            String resource,
            @Nullable UUID id,
            Map<String, ?> row,
            @Nullable String version,
            Map<String, String> faults,
            Model model) {
        model.addAttribute("id", id);
        model.addAttribute("row", row);
        model.addAttribute("version", version);
        model.addAttribute("faults", faults);
        withCustomers(resource, List.of(row), model);
        return resource.substring(0, resource.length() - 1);
    }

    private void withCustomers(String resource, List<? extends Map<String, ?>> rows, Model model) {
        if (resource.equals("projects")) {
            Set<String> chosen = new LinkedHashSet<>();
            rows.forEach(row -> chosen.add(Objects.toString(row.get("customerId"), "")));
            chosen.remove("");
            Map<String, Object> names = new LinkedHashMap<>();
            api.choices("/api/customers", chosen).forEach((id, customer) -> names.put(id, customer.get("name")));
            model.addAttribute("customers", names);
        }
    }

    private static String path(String resource, UUID id) {
        return "/api/" + resource + "/" + id;
    }

    /** What is left of a form when it becomes the body of a call; what was left empty is no value. */
    private static Map<String, @Nullable String> fields(Map<String, String> written) {
        Map<String, @Nullable String> fields = new HashMap<>();
        written.forEach((name, value) -> fields.put(name, value.isBlank() ? null : value));
        fields.remove("_csrf");
        fields.remove("version");
        return fields;
    }
}
