package timesheets;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.ExpectedCondition;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * Chromium or Chrome, with nobody before the screen: the one on the path with its driver, or else one that Selenium downloads. Where there
 * is neither, the tests fail: what was skipped is soon forgotten.
 */
final class Browser implements AutoCloseable {

    private static final String[] NAMES = {"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"};

    final ChromeDriver driver;
    private final WebDriverWait soon;

    Browser(Path profile) {
        this.driver = start(profile);
        this.soon = new WebDriverWait(driver, Duration.ofSeconds(30));
    }

    private static ChromeDriver start(Path profile) {
        ChromeOptions options = new ChromeOptions();
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--hide-scrollbars",
                "--user-data-dir=" + profile);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        Optional<File> chrome = onPath(NAMES);
        Optional<File> driver = onPath("chromedriver");
        ChromeDriverService.Builder service = new ChromeDriverService.Builder();
        if (chrome.isPresent() && driver.isPresent()) {
            options.setBinary(chrome.get());
            service.usingDriverExecutable(driver.get());
        }
        try {
            return new ChromeDriver(service.build(), options);
        } catch (RuntimeException none) {
            throw new AssertionError(
                    "The pages are tested in a real browser, and there is none: the path has no Chromium or Chrome with its"
                            + " chromedriver, and Selenium could not download one. Install them, on Debian and Ubuntu with"
                            + " apt-get install chromium chromium-driver; or leave these tests out with"
                            + " -DexcludedGroups=browser.",
                    none);
        }
    }

    private static Optional<File> onPath(String... names) {
        return Stream.of(names)
                .flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .map(folder -> new File(folder, name)))
                .filter(File::canExecute)
                .findFirst();
    }

    /** @param theme light or dark */
    Browser as(String theme, int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
        return this;
    }

    WebElement find(String css) {
        return soon.until(ExpectedConditions.presenceOfElementLocated(By.cssSelector(css)));
    }

    List<String> texts(String css) {
        return driver.findElements(By.cssSelector(css)).stream()
                .map(WebElement::getText)
                .toList();
    }

    void click(String css) {
        scrollTo(soon.until(ExpectedConditions.elementToBeClickable(By.cssSelector(css))))
                .click();
    }

    WebElement scrollTo(WebElement element) {
        driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", element);
        return element;
    }

    void write(String css, String text) {
        WebElement field = find(css);
        field.clear();
        field.sendKeys(text);
    }

    <T> T until(ExpectedCondition<T> condition) {
        return soon.until(condition);
    }

    /** Waits until an element shows a text. */
    void see(String css, String text) {
        soon.until(ExpectedConditions.textToBe(By.cssSelector(css), text));
    }

    String body() {
        return driver.findElement(By.tagName("body")).getText();
    }

    /** What axe-core finds wrong with the page, each as a rule and the elements. */
    List<String> inaccessible() {
        return new AxeBuilder()
                .analyze(driver).getViolations().stream().map(Browser::told).toList();
    }

    private static String told(Rule rule) {
        return rule.getId() + ": " + rule.getHelp() + " "
                + rule.getNodes().stream().map(node -> node.getHtml()).toList();
    }

    boolean isWiderThanTheScreen() {
        return Boolean.TRUE.equals(driver.executeScript(
                "return document.documentElement.scrollWidth > document.documentElement.clientWidth"));
    }

    /** What the console tells of scripts that failed, and of what the content security policy has refused. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .filter(message -> !message.contains("Failed to load resource"))
                .toList();
    }

    /** Keeps a picture of the page, in {@code target/pages}. */
    void picture(String name) {
        try {
            Files.createDirectories(Path.of("target", "pages"));
            Files.write(Path.of("target", "pages", name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
