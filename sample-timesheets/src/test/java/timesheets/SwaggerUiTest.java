package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;
import tools.jackson.databind.json.JsonMapper;

/** The page of the API document in a real browser. */
@Tag("browser")
@DisabledIfSystemProperty(
        named = "timesheets.database",
        matches = "postgres",
        disabledReason = "The document is the same on each database.")
class SwaggerUiTest extends TimesheetsTest {

    private static final Path SCREENSHOT = Path.of("target", "swagger-ui.png");

    @TempDir
    private Path profile;

    private Browser page;
    private ChromeDriver browser;
    private WebDriverWait soon;

    @BeforeEach
    void open() {
        page = new Browser(profile).as("light", 1280, 1600);
        browser = page.driver;
        soon = new WebDriverWait(browser, Duration.ofSeconds(30));
        browser.get(anonymous.server() + "/swagger-ui.html");
    }

    @AfterEach
    void close() {
        if (page != null) {
            page.close();
        }
    }

    @Test
    void aVisitorLogsInAndListsTheCustomersOfTheOwnCompanyAlone() throws IOException {
        WebElement login = tryOut("login");
        WebElement body = login.findElement(By.cssSelector("textarea.body-param__text"));
        body.clear();
        body.sendKeys("{\"email\":\"owner@acme.test\",\"password\":\"demo-password\"}");
        String token = new JsonMapper()
                .readTree(answer(login, "200"))
                .get("accessToken")
                .asString();

        authorize(token);
        WebElement list = tryOut("listCustomers");
        String customers = answer(list, "200");
        Files.write(SCREENSHOT, browser.getScreenshotAs(OutputType.BYTES));

        assertThat(names(globex)).noneMatch(customers::contains);
        assertThat(names(acme)).filteredOn(customers::contains).hasSizeGreaterThan(5);
    }

    @Test
    void withoutATokenThePageShowsThatOneIsNeeded() {
        assertThat(answer(tryOut("listCustomers"), "401")).contains("valid bearer token");
    }

    private static Stream<String> names(Api company) {
        return company.all(CUSTOMERS).stream().map(row -> row.get("name").asString());
    }

    private void authorize(String token) {
        click(By.cssSelector(".scheme-container button.authorize"));
        soon.until(ExpectedConditions.elementToBeClickable(By.cssSelector(".auth-container input")))
                .sendKeys(token);
        click(By.cssSelector(".auth-container button.authorize"));
        click(By.cssSelector(".auth-container button.btn-done"));
    }

    /** Opens an operation, ready to be executed. */
    private WebElement tryOut(String operationId) {
        By operation = By.cssSelector("[id$='-" + operationId + "']");
        soon.until(ExpectedConditions.presenceOfElementLocated(operation));
        WebElement block = browser.findElement(operation);
        page.scrollTo(block.findElement(By.cssSelector(".opblock-summary-control")))
                .click();
        page.scrollTo(soon.until(ExpectedConditions.presenceOfNestedElementLocatedBy(
                        operation, By.cssSelector(".try-out__btn"))))
                .click();
        return browser.findElement(operation);
    }

    /** Executes an operation and returns the body of its answer. */
    private String answer(WebElement operation, String status) {
        page.scrollTo(operation.findElement(By.cssSelector("button.execute"))).click();
        WebElement live = soon.until(ExpectedConditions.presenceOfNestedElementLocatedBy(
                operation, By.cssSelector(".live-responses-table .response")));
        assertThat(live.findElement(By.cssSelector(".response-col_status")).getText())
                .startsWith(status);
        return live.findElement(By.cssSelector(".highlight-code code, .microlight"))
                .getText();
    }

    private void click(By button) {
        page.scrollTo(soon.until(ExpectedConditions.elementToBeClickable(button)))
                .click();
    }
}
