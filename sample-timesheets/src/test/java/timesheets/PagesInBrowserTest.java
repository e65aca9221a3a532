package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.springframework.beans.factory.annotation.Autowired;

/** The pages in a real browser. */
@Tag("browser")
class PagesInBrowserTest extends TimesheetsTest {

    private static final String ALL = Keys.chord(Keys.CONTROL, "a");
    private static final List<String> PAGES = List.of(
            "week",
            "customers",
            "customers/new",
            "projects",
            "projects/new",
            "hours",
            "hours?from=2030-01-01&to=2030-01-02",
            "members",
            "break-in",
            "no-such-page");

    @TempDir
    private Path profile;

    @Autowired
    private Postbox postbox;

    private Browser browser;

    @BeforeEach
    void open() {
        browser = new Browser(profile).as("light", 1280, 900);
    }

    @AfterEach
    void close() {
        if (browser != null) {
            browser.close();
        }
    }

    private void visit(String page) {
        browser.driver.get(anonymous.server() + "/" + page);
    }

    private void signIn(String email) {
        visit("sign-in");
        browser.write("[name=email]", email);
        browser.write("[name=password]", "demo-password" + Keys.ENTER);
        browser.find(".companies");
    }

    @Test
    void hoursAreWrittenWithTheKeyboardAndTheTotalFollows() {
        Api staff = as("staff@acme.test");
        String project = acme.created(PROJECTS, project(unique("Grid"), acme.id(CUSTOMERS)));
        signIn("staff@acme.test");
        visit("week?of=2031-03-03&add=" + project);
        String monday = "#cell-" + project + "-2031-03-03";

        browser.find(monday + " input").sendKeys("1,5", Keys.ARROW_RIGHT);
        browser.see("#row-" + project, "1:30");
        browser.driver.switchTo().activeElement().sendKeys("0:45", Keys.TAB);
        browser.see("#total", "2:15");

        assertThat(staff.all(ENTRIES + "?projectId=" + project + "&sort=date"))
                .extracting(entry -> entry.get("date").asString() + " " + entry.get("minutes"))
                .containsExactly("2031-03-03 90", "2031-03-04 45");

        browser.find(monday + " input").sendKeys(ALL, "soon", Keys.TAB);
        browser.see(monday + " .fault", "Write hours such as 1:30 or 1.5");
        assertThat(browser.inaccessible()).isEmpty();

        browser.find(monday + " input").sendKeys(ALL, "2", Keys.TAB);
        browser.see("#total", "2:45");
        browser.find(monday + " input").sendKeys(ALL, Keys.DELETE, Keys.TAB);
        browser.see("#total", "0:45");
        assertThat(staff.total(ENTRIES + "?projectId=" + project)).isEqualTo(1);

        acme.all(ENTRIES + "?projectId=" + project)
                .forEach(entry -> acme.delete(ENTRIES + "/" + entry.get("id").asString()));
        acme.delete(PROJECTS + "/" + project);
    }

    @Test
    void whatAnotherTabHasWrittenMeanwhileIsNotOverwritten() {
        Api staff = as("staff@acme.test");
        String project = acme.created(PROJECTS, project(unique("Tabs"), acme.id(CUSTOMERS)));
        String entry = staff.created(
                ENTRIES, Map.of("projectId", project, "date", "2031-04-07", "minutes", 60, "billable", true));
        signIn("staff@acme.test");
        visit("week?of=2031-04-07");
        String monday = "#cell-" + project + "-2031-04-07";
        staff.patch(ENTRIES + "/" + entry, Map.of("minutes", 90, "description", "Elsewhere"));

        browser.find(monday + " input").sendKeys(ALL, "3", Keys.TAB);
        browser.see(monday + " .fault", "Written elsewhere meanwhile");
        assertThat(browser.find(monday + " input").getAttribute("value")).isEqualTo("1:30");
        browser.find(monday + " input").sendKeys(ALL, "3", Keys.TAB);
        browser.see("#total", "3:00");

        browser.click("#entries summary");
        browser.write("#entries [name=description]", "Described" + Keys.ENTER + "here");
        browser.click("#entries .describe button");
        browser.see(".notice", "Saved.");
        browser.click("#entries summary");
        browser.write("#entries [name=description]", "Described again");
        browser.click("#entries .describe button");
        browser.see(".notice", "Saved.");
        browser.click("#entries summary");
        staff.patch(ENTRIES + "/" + entry, Map.of("description", "Elsewhere again"));
        browser.write("#entries [name=description]", "From an old page");
        browser.click("#entries .describe button");
        browser.see("p.fault", "The entry is not saved: Written elsewhere meanwhile");

        assertThat(staff.get(ENTRIES + "/" + entry).json().get("description").asString())
                .isEqualTo("Elsewhere again");
        assertThat(staff.get(ENTRIES + "/" + entry).json().get("minutes").asInt())
                .isEqualTo(180);
        acme.delete(ENTRIES + "/" + entry);
        acme.delete(PROJECTS + "/" + project);
    }

    @Test
    void anExportTellsHowFarItIs() {
        signIn("staff@acme.test");
        visit("customers");
        browser.click("a[data-export]");
        browser.see(".export output", acme.total(CUSTOMERS) + " rows");
        assertThat(browser.driver.findElements(By.cssSelector(".export progress")))
                .isEmpty();

        browser.driver.executeScript("document.querySelector('a[data-export]').href = '/customers.csv?sort=nothing'");
        browser.click("a[data-export]");
        browser.see(".export output", "It was refused. Load the page again.");
    }

    @Test
    void aThemeThatIsChosenStays() {
        signIn("staff@acme.test");
        visit("customers");
        String light = browser.find("body").getCssValue("color");
        String lightGood = good();
        browser.find(".theme select").sendKeys("Dark");
        browser.until(driver -> !browser.find("body").getCssValue("color").equals(light));
        String dark = browser.find("body").getCssValue("color");
        assertThat(good()).isNotEqualTo(lightGood);
        assertThat(browser.inaccessible()).isEmpty();

        visit("week");
        assertThat(browser.find("body").getCssValue("color")).isEqualTo(dark);
        browser.find(".theme select").sendKeys("As the system");
        browser.until(driver -> browser.find("body").getCssValue("color").equals(light));
        assertThat(browser.complaints()).isEmpty();
    }

    /** What the style sheet makes of a colour of its own, where something has it. */
    private String good() {
        return String.valueOf(
                browser.driver.executeScript("const shown = document.body.appendChild(document.createElement('p'));"
                        + " shown.style.setProperty('color', 'var(--good)'); const colour = getComputedStyle(shown).color;"
                        + " shown.remove(); return colour;"));
    }

    @Test
    void whoeverChangesTheCompanySeesNothingOfTheOneBefore() {
        signIn("both@consultant.test");
        for (String page : List.of("customers", "projects", "hours", "members", "week")) {
            visit(page);
            assertThat(browser.body()).as(page).contains("Acme Engineering");
            assertThat(names(globex)).as(page).noneMatch(browser.body()::contains);

            browser.click(".company:not([aria-current])");
            browser.see(".company[aria-current] span", "Globex Consulting");
            assertThat(browser.driver.getCurrentUrl()).endsWith("/" + page);
            assertThat(names(acme)).as(page).noneMatch(browser.body()::contains);
            if (page.equals("customers")) {
                assertThat(names(globex)).anyMatch(browser.body()::contains);
            }

            browser.click(".company:not([aria-current])");
            browser.see(".company[aria-current] span", "Acme Engineering");
        }
    }

    private static Stream<String> names(Api company) {
        return company.all(CUSTOMERS).stream().map(row -> row.get("name").asString());
    }

    @Test
    void anOwnerInvitesAMemberWhoJoinsByTheLinkInTheLetter() {
        String email = unique("new").replace(' ', '-') + "@browser.test";
        signIn("owner@acme.test");
        visit("members");
        browser.write("[name=email]", email);
        browser.click("section form button");
        browser.see(".notice", "The invitation is on its way to " + email + ".");
        browser.click(".user button");
        browser.find(".hero");

        visit("join?token=" + postbox.token(email));
        browser.write("[name=name]", "Nora New");
        browser.write("[name=password]", "short" + Keys.ENTER);
        browser.find(".fault");
        browser.write("[name=password]", "a password of her own" + Keys.ENTER);
        browser.see(".company[aria-current] small", "STAFF");
        browser.see(".user span", "Nora New");

        acme.all("/api/members").stream()
                .filter(member -> member.get("email").asString().equals(email))
                .forEach(member ->
                        acme.delete("/api/members/" + member.get("userId").asString()));
        // What she does next: the membership is asked for on every request.
        visit("week");
        browser.see("h1", "Not allowed");
    }

    @Test
    void aCustomerIsSearchedForAddedAndRefusedBesideItsField() {
        String name = unique("Typed");
        signIn("admin@acme.test");
        visit("customers/new");
        browser.write("[name=email]", "nobody@typed.example" + Keys.ENTER);
        browser.see("#name-note", "Must not be blank.");
        browser.write("[name=name]", name + Keys.ENTER);
        browser.see(".notice", "Saved.");

        browser.write("[name=search]", name);
        browser.see("#count", "1 customer");
        assertThat(browser.texts("#rows tbody th")).containsExactly(name);
        browser.click("#rows tbody a");
        browser.click(".danger");
        browser.see(".notice", "Deleted.");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void everyAttackIsCarriedOutAndStopped() {
        signIn("staff@acme.test");
        visit("break-in");
        browser.find(".choices");
        List<String> attacks = browser.texts(".choice strong");
        assertThat(attacks).hasSize(8);
        for (int i = 0; i < attacks.size(); i++) {
            browser.click(".choice:nth-of-type(" + (i + 1) + ")");
            browser.see(".report h2", attacks.get(i));
            assertThat(browser.texts(".verdict")).as(attacks.get(i)).containsExactly("Stopped.");
            assertThat(browser.texts(".report dd").get(0)).isNotEqualTo("Acme Engineering");
            browser.picture("break-in-" + i);
        }
        assertThat(browser.inaccessible()).isEmpty();
        assertThat(browser.complaints()).isEmpty();
    }

    // They look the same over every database.
    @Test
    @DisabledIfSystemProperty(named = "timesheets.database", matches = "postgres")
    void everyPageIsAccessibleInBothThemesAndOnANarrowScreen() {
        for (String page : List.of("", "sign-in", "sign-up", "welcome", "join")) {
            look(page);
        }
        signIn("owner@acme.test");
        for (String page : PAGES) {
            look(page);
        }
        look("customers/" + acme.id(CUSTOMERS));
        assertThat(browser.complaints()).isEmpty();
    }

    private void look(String page) {
        look(page, "light", 1280);
        look(page, "dark", 1280);
        look(page, "light", 360);
    }

    private void look(String page, String theme, int width) {
        browser.as(theme, width, 900);
        visit(page);
        String name = (page.isEmpty() ? "home" : page.replaceAll("[^a-z-]+", "-")) + "-" + theme + "-" + width;
        browser.picture(name);
        assertThat(browser.inaccessible()).as(name).isEmpty();
        assertThat(browser.isWiderThanTheScreen()).as(name).isFalse();
    }

    @Test
    void whoeverUsesTheKeyboardAloneSkipsTheMenuAndReachesEveryCell() {
        signIn("owner@acme.test");
        // A week that is over: on its second day this one may have two rows, of which the last leads no further.
        visit("week?of=" + LocalDate.now().minusWeeks(1));
        browser.driver.switchTo().activeElement().sendKeys(Keys.TAB);
        WebElement skip = browser.driver.switchTo().activeElement();
        assertThat(skip.getText()).isEqualTo("Skip to the content");
        skip.sendKeys(Keys.ENTER);
        browser.until(ExpectedConditions.urlContains("#content"));

        browser.find(".week tbody tr:first-child td input").click();
        for (Keys key : List.of(Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ENTER, Keys.ARROW_UP, Keys.ARROW_LEFT)) {
            browser.driver.switchTo().activeElement().sendKeys(key);
        }
        WebElement cell = browser.driver.switchTo().activeElement();
        assertThat(browser.driver
                        .findElements(By.cssSelector(".week tbody tr"))
                        .get(1)
                        .findElement(By.cssSelector("td input")))
                .isEqualTo(cell);
        assertThat(browser.driver.findElements(By.cssSelector("[tabindex]:not([tabindex='0']):not([tabindex='-1'])")))
                .isEmpty();
    }
}
