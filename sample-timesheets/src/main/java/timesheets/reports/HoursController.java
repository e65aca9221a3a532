package timesheets.reports;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Roles;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.spring.Problem;
import dev.tenancy.spring.RequiresRole;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.persistence.TypedQuery;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** How many hours were worked. Nothing here names the company, and none of another company's rows is counted. */
@RestController
@Tag(name = "Reports", description = "What the time entries of the company add up to.")
@RequestMapping("/api/reports/hours")
class HoursController {

    private static final int LONGEST_YEARS = 5;
    private static final int LAST_YEAR = 9999;

    /** What a sum is for: the expressions of its key and of its label. */
    private enum Group {
        PROJECT("p.id", "p.name"),
        CUSTOMER("c.id", "c.name"),
        MEMBER("u.id", "u.name"),
        // Databases number weeks in their own ways, so the days of a week are added up here.
        WEEK("e.date", "e.date");

        final String key;
        final String label;

        Group(String key, String label) {
            this.key = key;
            this.label = label;
        }
    }

    /** @param key an id, or a week such as {@code 2026-W48} (ISO 8601) */
    record Hours(
            @Schema(description = "An id, or a week of ISO 8601.", example = "2026-W48")
            String key,

            @Schema(example = "2026-W48") String label,
            long minutes,
            long billableMinutes) {

        private Hours plus(Hours other) {
            return new Hours(key, label, minutes + other.minutes, billableMinutes + other.billableMinutes);
        }
    }

    private final EntityManager entityManager;
    private final Roles roles;

    HoursController(EntityManager entityManager, Roles roles) {
        this.entityManager = entityManager;
        this.roles = roles;
    }

    @Operation(
            operationId = "sumHours",
            summary = "Sums the hours of a time span by project, customer, member or week.")
    @ApiResponse(
            responseCode = "200",
            description = "The sums, those of weeks in order of time and others by their labels.")
    @GetMapping
    @RequiresRole("STAFF")
    @Transactional(readOnly = true)
    public List<Hours> hours(
            @Parameter(description = "The first day.", example = "2026-11-01") @RequestParam LocalDate from,
            @Parameter(description = "The last day, at most five years after the first.", example = "2026-11-30")
                    @RequestParam
                    LocalDate to,
            @Parameter(
                            description = "What the sums are for.",
                            schema = @Schema(allowableValues = {"project", "customer", "member", "week"}))
                    @RequestParam
                    String groupBy) {
        checkYear("from", from);
        checkYear("to", to);
        if (from.isAfter(to) || to.isAfter(from.plusYears(LONGEST_YEARS))) {
            throw Problem.parameter(
                    "to", "must not be before from, nor more than " + LONGEST_YEARS + " years after it");
        }
        Group group = group(groupBy);
        List<Hours> sums = sums(group, from, to);
        return group == Group.WEEK ? weeks(sums) : sums;
    }

    // As in the fields of the resources: databases know no other years alike, and a date has an end.
    private static void checkYear(String parameter, LocalDate date) {
        if (date.getYear() < 1 || date.getYear() > LAST_YEAR) {
            throw Problem.parameter(parameter, "must be in the years 1 to " + LAST_YEAR);
        }
    }

    private List<Hours> sums(Group group, LocalDate from, LocalDate to) {
        TenantPrincipal member = CurrentTenant.require();
        boolean all = roles.includes(member.role(), "ADMIN");
        TypedQuery<Tuple> query = entityManager
                .createQuery("""
                        select %1$s, %2$s, sum(e.minutes), sum(case when e.billable then e.minutes else 0 end)
                        from TimeEntry e join e.project p join p.customer c join User u on u.id = e.userId
                        where e.date between :from and :to %3$s
                        group by %1$s, %2$s
                        order by %2$s, %1$s""".formatted(group.key, group.label, all ? "" : "and e.userId = :user"), Tuple.class)
                .setParameter("from", from)
                .setParameter("to", to);
        if (!all) {
            query.setParameter("user", UUID.fromString(member.getName()));
        }
        return query.getResultStream()
                .map(row -> new Hours(
                        row.get(0).toString(), row.get(1).toString(), row.get(2, Long.class), row.get(3, Long.class)))
                .toList();
    }

    private static List<Hours> weeks(List<Hours> days) {
        Map<String, Hours> weeks = new TreeMap<>();
        for (Hours day : days) {
            LocalDate date = LocalDate.parse(day.key());
            String week = "%04d-W%02d"
                    .formatted(date.get(IsoFields.WEEK_BASED_YEAR), date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            weeks.merge(week, new Hours(week, week, day.minutes(), day.billableMinutes()), Hours::plus);
        }
        return List.copyOf(weeks.values());
    }

    private static Group group(String name) {
        return Arrays.stream(Group.values())
                .filter(group -> text(group).equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.parameter(
                        "groupBy",
                        "must be one of "
                                + Arrays.stream(Group.values())
                                        .map(HoursController::text)
                                        .collect(Collectors.joining(", "))));
    }

    private static String text(Group group) {
        return group.name().toLowerCase(Locale.ROOT);
    }
}
