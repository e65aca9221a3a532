package timesheets.web;

import dev.tenancy.CurrentTenant;
import jakarta.servlet.http.HttpServletResponse;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The caller's week as a grid: a row for each project, a column for each day, and hours in the cells. */
@Controller
class WeekPage {

    private static final int MOST = 200;
    private static final String ENTRIES = "/api/time-entries";
    private static final String CHANGED = "Written elsewhere meanwhile";

    /** @param text the description */
    record Entry(
            String id,
            String project,
            LocalDate date,
            long minutes,
            @Nullable Object text) {

        static Entry of(Map<String, Object> row) {
            return new Entry(
                    String.valueOf(row.get("id")),
                    String.valueOf(row.get("projectId")),
                    LocalDate.parse(String.valueOf(row.get("date"))),
                    Long.parseLong(String.valueOf(row.get("minutes"))),
                    row.get("description"));
        }

        public String hours() {
            return Hours.text(minutes);
        }
    }

    /** @param entries what the cell adds up: one is changed here, several only one by one */
    record Cell(String project, LocalDate date, List<Entry> entries) {

        public String id() {
            return "cell-" + project + "-" + date;
        }

        public String text() {
            return entries.isEmpty() ? "" : sum(entries);
        }
    }

    /** A project of the week. */
    record Row(String project, String name, String customer, List<Cell> cells, String total) {}

    private final Api api;
    private final Today today;

    WeekPage(Api api, Today today) {
        this.api = api;
        this.today = today;
    }

    /** @param add a project that gets a row although nobody has worked on it yet */
    @GetMapping("/week")
    String week(
            @RequestParam(required = false) @Nullable LocalDate of,
            @RequestParam(required = false) @Nullable String add,
            Model model) {
        return show(of == null ? today.date() : of, add, model);
    }

    /**
     * The hours of a cell become its entry: a new one, another length of the one that is there, or none.
     *
     * @param was what the cell showed before, so that nobody overwrites what somebody else, or another tab, has written meanwhile
     */
    @PostMapping("/week/{project}/{date}")
    String save(
            @PathVariable("project") UUID projectId,
            @PathVariable LocalDate date,
            @RequestParam String hours,
            @RequestParam(defaultValue = "") String was,
            HttpServletResponse response,
            Model model) {
        String project = projectId.toString();
        Cell there = new Cell(project, date, in(entries(date, date), project, date));
        if (there.entries().size() > 1) {
            return refused(project, date, "The day has several entries", hours, response, model);
        }
        // Before all else: the next try starts from what is shown with this fault.
        if (!there.text().equals(was)) {
            return refused(project, date, CHANGED, there.text(), response, model);
        }
        Integer minutes = Hours.minutes(hours);
        if (minutes == null) {
            return refused(project, date, "Write hours such as 1:30 or 1.5", hours, response, model);
        }
        String fault = saved(there, minutes);
        return fault == null ? show(date, project, model) : refused(project, date, fault, hours, response, model);
    }

    private @Nullable String saved(Cell cell, int minutes) {
        if (cell.entries().isEmpty()) {
            Map<String, Object> entry = Map.of(
                    "projectId", cell.project(), "date", cell.date().toString(), "minutes", minutes, "billable", true);
            return minutes == 0 ? null : fault(api.post(ENTRIES, entry));
        }
        String path = ENTRIES + "/" + cell.entries().get(0).id();
        return change(
                path,
                api.get(path),
                now -> now.hours().equals(cell.text()),
                minutes == 0 ? null : Map.of("minutes", minutes));
    }

    /**
     * @param now what the path answers
     * @param changes null to delete the entry
     */
    private @Nullable String change(
            String path, Api.Answer now, Predicate<Entry> expected, @Nullable Map<String, Object> changes) {
        if (!now.isGood() || !expected.test(Entry.of(now.object()))) {
            return CHANGED;
        }
        // Nor by whoever writes after that look.
        String version = now.headers().getETag();
        return fault(changes == null ? api.delete(path, version) : api.patch(path, changes, version));
    }

    private static @Nullable String fault(Api.Answer answer) {
        return answer.isGood() ? null : answer.faults().values().iterator().next();
    }

    private String refused(
            String project, LocalDate date, String fault, String hours, HttpServletResponse response, Model model) {
        response.setStatus(HttpStatus.BAD_REQUEST.value());
        model.addAttribute("faultyCell", new Cell(project, date, List.of()).id());
        model.addAttribute("fault", fault);
        model.addAttribute("hours", hours);
        return show(date, project, model);
    }

    /** @param was the description that the form was opened with */
    @PostMapping("/week/entries/{id}")
    String describe(
            @PathVariable UUID id,
            @RequestParam LocalDate of,
            @RequestParam String description,
            @RequestParam(defaultValue = "") String was,
            RedirectAttributes next) {
        String path = ENTRIES + "/" + id;
        Api.Answer present = api.get(path).orFail();
        Map<String, Object> changes = new HashMap<>();
        changes.put("description", description.isBlank() ? null : lines(description));
        String fault = change(
                path, present, now -> lines(Objects.toString(now.text(), "")).equals(lines(was)), changes);
        next.addFlashAttribute(
                fault == null ? "notice" : "problem", fault == null ? "Saved." : "The entry is not saved: " + fault);
        return "redirect:/week?of=" + of;
    }

    // Forms send each end of a line as CR LF.
    private static String lines(String text) {
        return text.replace("\r\n", "\n");
    }

    @PostMapping("/week/entries/{id}/delete")
    String delete(@PathVariable UUID id, @RequestParam LocalDate of) {
        api.delete(ENTRIES + "/" + id, null).orFail();
        return "redirect:/week?of=" + of;
    }

    private String show(LocalDate of, @Nullable String add, Model model) {
        LocalDate monday = of.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        List<LocalDate> days = IntStream.range(0, 7).mapToObj(monday::plusDays).toList();
        List<Entry> entries = entries(monday, monday.plusDays(6));
        Set<String> inGrid = inGrid(entries, monday, add);
        Map<String, Map<String, Object>> projects = api.choices("/api/projects", inGrid);
        Map<String, Map<String, Object>> customers = api.choices(
                "/api/customers",
                inGrid.stream()
                        .map(id -> projects.getOrDefault(id, Map.of()).get("customerId"))
                        .filter(Objects::nonNull)
                        .map(String::valueOf)
                        .toList());
        List<Row> rows = inGrid.stream()
                .filter(projects::containsKey)
                .map(id -> row(id, days, entries, projects, customers))
                .toList();
        model.addAttribute("monday", monday);
        model.addAttribute("today", today.date());
        model.addAttribute("number", monday.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
        model.addAttribute("days", days);
        model.addAttribute("rows", rows);
        model.addAttribute(
                "totals", days.stream().map(day -> sum(in(entries, null, day))).toList());
        model.addAttribute("total", sum(entries));
        model.addAttribute("entries", entries);
        model.addAttribute("projects", projects);
        model.addAttribute("customers", customers);
        return "week";
    }

    private static Row row(
            String id,
            List<LocalDate> days,
            List<Entry> entries,
            Map<String, Map<String, Object>> projects,
            Map<String, Map<String, Object>> customers) {
        Map<String, Object> project = projects.getOrDefault(id, Map.of());
        Map<String, Object> customer = customers.getOrDefault(String.valueOf(project.get("customerId")), Map.of());
        return new Row(
                id,
                Objects.toString(project.get("name"), ""),
                Objects.toString(customer.get("name"), ""),
                days.stream()
                        .map(day -> new Cell(id, day, in(entries, id, day)))
                        .toList(),
                sum(entries.stream().filter(entry -> entry.project().equals(id)).toList()));
    }

    /** The projects of the week; those of the week before, as long as there is nothing. */
    private Set<String> inGrid(List<Entry> entries, LocalDate monday, @Nullable String add) {
        List<Entry> shown = entries.isEmpty() ? entries(monday.minusDays(7), monday.minusDays(1)) : entries;
        Set<String> ids = new LinkedHashSet<>();
        shown.forEach(entry -> ids.add(entry.project()));
        if (add != null) {
            ids.add(add);
        }
        return ids;
    }

    private List<Entry> entries(LocalDate from, LocalDate to) {
        // Admins see everybody's entries; a week is one's own.
        Map<String, Object> asked = Map.of(
                "userId", CurrentTenant.require().getName(),
                "date.gte", from,
                "date.lte", to,
                "sort", "date",
                "size", MOST);
        return api.get(ENTRIES, asked).rows().stream().map(Entry::of).toList();
    }

    /** @param project null for all */
    private static List<Entry> in(List<Entry> entries, @Nullable String project, LocalDate day) {
        return entries.stream()
                .filter(entry -> project == null || entry.project().equals(project))
                .filter(entry -> entry.date().equals(day))
                .toList();
    }

    private static String sum(List<Entry> entries) {
        return Hours.text(entries.stream().mapToLong(Entry::minutes).sum());
    }
}
