package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import timesheets.Api.Answer;
import tools.jackson.databind.JsonNode;

/** Hours of days long ago, when nobody else worked. */
class HoursTest extends TimesheetsTest {

    private static final String REPORT = "/api/reports/hours";

    private Api staff;
    private String customer;
    private String project;

    @BeforeEach
    void work() {
        staff = as("staff@acme.test");
        customer = acme.created(CUSTOMERS, customer(unique("Hours")));
        project = acme.created(PROJECTS, project(unique("Hours"), customer));
    }

    // Nobody deletes what others need: a customer goes with its projects, and these with their entries.
    @AfterEach
    void clean() {
        for (Api api : List.of(acme, globex)) {
            api.all(ENTRIES).stream()
                    .filter(entry -> entry.get("date").asString().compareTo("1996") < 0)
                    .forEach(entry -> api.delete(ENTRIES + "/" + entry.get("id").asString()));
        }
        acme.delete(PROJECTS + "/" + project);
        acme.delete(CUSTOMERS + "/" + customer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"project", "customer", "member", "week"})
    void minutesAddUpAndTheBillableOnesApart(String groupBy) {
        book(acme, project, "1994-01-03", 60, true);
        book(acme, project, "1994-01-04", 30, false);
        List<JsonNode> rows = hours(acme, "1994-01-01", "1994-01-31", groupBy);
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).get("minutes").asInt()).isEqualTo(90);
        assertThat(rows.get(0).get("billableMinutes").asInt()).isEqualTo(60);
    }

    @Test
    void aSumHasTheIdAndTheNameOfWhatItIsFor() {
        book(acme, project, "1994-01-03", 60, true);
        assertThat(keys(hours(acme, "1994-01-01", "1994-01-31", "project"))).containsExactly(project);
        assertThat(keys(hours(acme, "1994-01-01", "1994-01-31", "customer"))).containsExactly(customer);
        assertThat(hours(acme, "1994-01-01", "1994-01-31", "project")
                        .get(0)
                        .get("label")
                        .asString())
                .startsWith("Hours");
        JsonNode me = acme.get("/api/me").json().get("user");
        JsonNode member = hours(acme, "1994-01-01", "1994-01-31", "member").get(0);
        assertThat(member.get("key")).isEqualTo(me.get("id"));
        assertThat(member.get("label")).isEqualTo(me.get("name"));
    }

    @ParameterizedTest
    @CsvSource({
        "1994-01-01, 1993-W52",
        "1994-01-03, 1994-W01",
        "1995-12-31, 1995-W52",
        "1993-01-03, 1992-W53",
        "1992-12-31, 1992-W53",
    })
    void weeksAreThoseOfIso8601(String date, String week) {
        book(acme, project, date, 15, true);
        assertThat(keys(hours(acme, date, date, "week"))).containsExactly(week);
    }

    @Test
    void theDaysOfAWeekAreOneRow() {
        book(acme, project, "1992-12-28", 10, true);
        book(acme, project, "1993-01-03", 20, true);
        book(acme, project, "1993-01-04", 40, true);
        assertThat(hours(acme, "1992-12-01", "1993-01-31", "week"))
                .extracting(row -> row.get("key").asString() + " " + row.get("minutes"))
                .containsExactly("1992-W53 30", "1993-W01 40");
    }

    @Test
    void bothEndsOfThePeriodAreIn() {
        book(acme, project, "1994-01-03", 60, true);
        assertThat(hours(acme, "1994-01-03", "1994-01-03", "week")).hasSize(1);
        assertThat(hours(acme, "1994-01-04", "1994-01-05", "week")).isEmpty();
        assertThat(hours(acme, "1994-01-01", "1994-01-02", "week")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"project", "customer", "member", "week"})
    void theHoursOfAnotherCompanyAreNotCounted(String groupBy) {
        book(acme, project, "1994-01-03", 60, true);
        book(globex, globex.id(PROJECTS), "1994-01-03", 7, true);
        List<JsonNode> ours = hours(acme, "1994-01-01", "1994-01-31", groupBy);
        List<JsonNode> theirs = hours(globex, "1994-01-01", "1994-01-31", groupBy);
        assertThat(ours).extracting(row -> row.get("minutes").asInt()).containsExactly(60);
        assertThat(theirs).extracting(row -> row.get("minutes").asInt()).containsExactly(7);
    }

    @Test
    void staffSeeTheirOwnHoursAndAdminsAll() {
        book(acme, project, "1994-01-03", 60, true);
        book(staff, project, "1994-01-03", 5, true);
        String me = staff.get("/api/me").json().at("/user/id").asString();
        assertThat(keys(hours(staff, "1994-01-01", "1994-01-31", "member"))).containsExactly(me);
        assertThat(hours(as("admin@acme.test"), "1994-01-01", "1994-01-31", "member"))
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "'', from",
        "from=1994-01-01, to",
        "from=1994-01-01&to=1994-01-31, groupBy",
        "from=1994-01-32&to=1994-01-31&groupBy=week, from",
        "from=yesterday&to=1994-01-31&groupBy=week, from",
        "from=1994-01-01&to=&groupBy=week, to",
        "from=1994-01-02&to=1994-01-01&groupBy=week, not be before from",
        "from=1994-01-01&to=1999-01-02&groupBy=week, 5 years",
        "from=1994-01-01&to=1994-01-31&groupBy=tenant, 'project, customer, member, week'",
        "from=1994-01-01&to=1994-01-31&groupBy=PROJECT, 'project, customer, member, week'",
    })
    void aMissingOrMalformedParameterIsNamed(String query, String named) {
        Answer answer = acme.get(REPORT + "?" + query);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains(named);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-999999999-01-01",
                "-0001-01-01",
                "0000-12-31",
                "%2B10000-01-01",
                "%2B999999995-01-01",
                "%2B999999999-12-31",
                "%2B1000000000-01-01"
            })
    void aYearThatNoDatabaseHasIsNamed(String date) {
        for (String groupBy : List.of("week", "project")) {
            Answer from = acme.get(REPORT + "?from=" + date + "&to=2026-01-01&groupBy=" + groupBy);
            assertThat(from.status()).isEqualTo(400);
            assertThat(from.json().get("errors").findValuesAsString("field")).containsExactly("from");
            Answer to = acme.get(REPORT + "?from=2026-01-01&to=" + date + "&groupBy=" + groupBy);
            assertThat(to.status()).isEqualTo(400);
            assertThat(to.json().get("errors").findValuesAsString("field")).containsExactly("to");
        }
    }

    @ParameterizedTest
    @CsvSource({"0001-01-01, week", "9999-12-31, week", "0001-01-01, project", "9999-12-31, project"})
    void theFirstAndTheLastDayAreAnswered(String date, String groupBy) {
        assertThat(hours(acme, date, date, groupBy)).isEmpty();
    }

    @Test
    void nobodyReadsItWithoutAToken() {
        assertThat(anonymous
                        .get(REPORT + "?from=1994-01-01&to=1994-01-31&groupBy=week")
                        .status())
                .isEqualTo(401);
    }

    private static List<JsonNode> hours(Api api, String from, String to, String groupBy) {
        Answer answer = api.get(REPORT + "?from=" + from + "&to=" + to + "&groupBy=" + groupBy);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().valueStream().toList();
    }

    private static List<String> keys(List<JsonNode> rows) {
        return rows.stream().map(row -> row.get("key").asString()).toList();
    }

    private static void book(Api api, String project, String date, int minutes, boolean billable) {
        Map<String, Object> entry = new HashMap<>(entry(project));
        entry.putAll(Map.of("date", date, "minutes", minutes, "billable", billable));
        api.created(ENTRIES, entry);
    }
}
