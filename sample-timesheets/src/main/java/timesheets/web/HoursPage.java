package timesheets.web;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The hours report with a bar for each sum, and the same as CSV. */
@Controller
class HoursPage {

    /** @param billable of the longest bar, in percent, as is {@code rest} */
    record Bar(String label, String hours, String billableHours, double billable, double rest) {}

    private final Api api;
    private final Today today;

    HoursPage(Api api, Today today) {
        this.api = api;
        this.today = today;
    }

    @GetMapping("/hours")
    String hours(
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(defaultValue = "customer") String groupBy,
            Model model) {
        LocalDate now = today.date();
        Map<String, String> asked = new LinkedHashMap<>();
        asked.put("from", from == null ? now.minusDays(30).toString() : from);
        asked.put("to", to == null ? now.toString() : to);
        asked.put("groupBy", groupBy);
        Api.Answer answer = api.get("/api/reports/hours", asked);
        List<Map<String, Object>> sums = answer.isGood() ? answer.rows() : List.of();
        long longest =
                sums.stream().mapToLong(sum -> minutes(sum, "minutes")).max().orElse(1);
        model.addAttribute("asked", asked);
        model.addAttribute("faults", answer.faults());
        model.addAttribute("groups", List.of("project", "customer", "member", "week"));
        model.addAttribute("bars", sums.stream().map(sum -> bar(sum, longest)).toList());
        model.addAttribute("total", Hours.text(total(sums, "minutes")));
        model.addAttribute("billable", Hours.text(total(sums, "billableMinutes")));
        return "hours";
    }

    private static Bar bar(Map<String, Object> sum, long longest) {
        long minutes = minutes(sum, "minutes");
        long billable = minutes(sum, "billableMinutes");
        return new Bar(
                String.valueOf(sum.get("label")),
                Hours.text(minutes),
                Hours.text(billable),
                100.0 * billable / longest,
                100.0 * (minutes - billable) / longest);
    }

    private static long minutes(Map<String, Object> sum, String field) {
        return Long.parseLong(String.valueOf(sum.get(field)));
    }

    private static long total(List<Map<String, Object>> sums, String field) {
        return sums.stream().mapToLong(sum -> minutes(sum, field)).sum();
    }

    @GetMapping("/hours.csv")
    ResponseEntity<String> csv(@RequestParam LocalDate from, @RequestParam LocalDate to, @RequestParam String groupBy) {
        List<Map<String, Object>> sums = api.get(
                        "/api/reports/hours", Map.of("from", from, "to", to, "groupBy", groupBy))
                .rows();
        String lines = sums.stream()
                .map(sum -> quoted(String.valueOf(sum.get("label"))) + "," + sum.get("minutes") + ","
                        + sum.get("billableMinutes") + "\r\n")
                .collect(Collectors.joining("", quoted(groupBy) + ",minutes,billableMinutes\r\n", ""));
        return ResponseEntity.ok()
                .contentType(new MediaType("text", "csv", StandardCharsets.UTF_8))
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename("hours.csv")
                                .build()
                                .toString())
                .body(lines);
    }

    // A spreadsheet would take such text for a formula, and run what somebody has called a project.
    private static String quoted(String text) {
        String safe = text.matches("(?s)[=+\\-@\\t\\r].*") ? "'" + text : text;
        return '"' + safe.replace("\"", "\"\"") + '"';
    }
}
