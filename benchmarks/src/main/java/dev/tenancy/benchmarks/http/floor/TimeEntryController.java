package dev.tenancy.benchmarks.http.floor;

import dev.tenancy.benchmarks.http.floor.Caller.Role;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/time-entries")
class TimeEntryController {

    private final TimeEntries entries;

    TimeEntryController(TimeEntries entries) {
        this.entries = entries;
    }

    // Text, since Spring would take "date,desc" for two values of a list.
    @GetMapping
    PageOf<TimeEntryDto> list(
            @RequestParam(required = false) @Nullable UUID projectId,
            @RequestParam(defaultValue = "id") @Pattern(regexp = "(id|date|minutes)(,(asc|desc))?") String sort,
            @RequestParam(defaultValue = "0") @Min(0) int page,
            @RequestParam(defaultValue = "20") @Min(1) @Max(200) int size) {
        Caller caller = Caller.current();
        caller.need(Role.STAFF);
        String[] words = sort.split(",");
        return entries.list(
                caller.tenantId(),
                projectId,
                caller.is(Role.ADMIN) ? null : caller.userId(),
                TimeEntries.Sort.valueOf(words[0].toUpperCase(Locale.ROOT)),
                words.length > 1 && words[1].equals("desc"),
                page,
                size);
    }
}
