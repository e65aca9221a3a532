package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.context.support.ServletRequestHandledEvent;

/** What a browser cannot show of the pages: headers, cookies, and what another site or an old tab would send. */
class PagesTest extends AccessTest {

    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    private static final Duration AFTER_AN_ACCESS_TOKEN = Duration.ofHours(13);

    @Autowired
    private ConfigurableApplicationContext application;

    private final CookieManager cookies = new CookieManager();
    private final HttpClient client =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    private static final Pattern COMPANY = Pattern.compile("name=\"tenant\" value=\"([^\"]+)\"");

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(
                    request.header("Accept", "text/html,*/*;q=0.8").build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    private HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(URI.create(anonymous.server() + path)));
    }

    private HttpResponse<String> post(String path, Map<String, String> form) {
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(HttpRequest.newBuilder(URI.create(anonymous.server() + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String csrf(HttpResponse<String> page) {
        Matcher token = TOKEN.matcher(page.body());
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    private HttpResponse<String> signIn(String email, String password) {
        return post("/sign-in", Map.of("_csrf", csrf(get("/sign-in")), "email", email, "password", password));
    }

    @Test
    void whoeverIsSignedOutIsToldWhatThisIsAndElsewhereAskedToSignIn() {
        assertThat(get("/").body()).contains("Every company behind its own wall", "owner@acme.test");
        HttpResponse<String> refused = get("/customers");
        assertThat(refused.statusCode()).isEqualTo(302);
        assertThat(refused.headers().firstValue("Location").orElseThrow()).endsWith("/sign-in");
    }

    @Test
    void aWrongPasswordIsToldInThePage() {
        HttpResponse<String> refused = signIn("owner@acme.test", "another password");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("No account has this address and password.");
    }

    @Test
    void theCookieIsOutOfReachOfScriptsAndOfOtherSites() {
        assertThat(get("/sign-in").headers().allValues("Set-Cookie"))
                .singleElement()
                .asString()
                .contains("HttpOnly", "SameSite=Lax");
        HttpCookie before = cookies.getCookieStore().getCookies().get(0);
        assertThat(signIn("owner@acme.test", "demo-password").statusCode()).isEqualTo(302);
        assertThat(cookies.getCookieStore().getCookies().get(0).getValue()).isNotEqualTo(before.getValue());
    }

    @Test
    void aFormOfAnotherSiteChangesNothing() {
        signIn("owner@acme.test", "demo-password");
        String name = unique("Forged");
        HttpResponse<String> refused = post("/customers", Map.of("name", name));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("Not allowed", "sign in again");
        assertThat(acme.total(CUSTOMERS + "?search=" + name.replace(" ", "%20")))
                .isZero();
    }

    @Test
    void noScriptAndNoStyleStandsInsideOfAPage() {
        signIn("owner@acme.test", "demo-password");
        for (String path :
                new String[] {"/week", "/customers", "/projects", "/hours", "/members", "/break-in", "/none"}) {
            HttpResponse<String> page = get(path);
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'", "script-src 'self';", "style-src 'self';")
                    .doesNotContain("unsafe");
            assertThat(page.body())
                    .doesNotContain("<style", " style=")
                    .doesNotContainPattern("<script[^>]*>[^<]|\\son[a-z]+=");
        }
    }

    @Test
    void aTextThatIsStoredIsShownAsText() {
        signIn("owner@acme.test", "demo-password");
        String name = unique("<script>alert(1)</script>");
        String id = acme.created(CUSTOMERS, customer(name));
        assertThat(get("/customers?search=alert").body())
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
                .doesNotContain("<script>alert");
        acme.delete(CUSTOMERS + "/" + id);
    }

    @Test
    void anotherCompanysRowIsAPageThatIsNotThere() {
        signIn("owner@acme.test", "demo-password");
        String own = "/customers/" + acme.id(CUSTOMERS);
        String foreign = "/customers/" + globex.id(CUSTOMERS);
        assertThat(get(own).statusCode()).isEqualTo(200);
        assertThat(get(foreign).statusCode()).isEqualTo(404);
        assertThat(get(foreign).body()).contains("There is no such page in this company");

        Map<String, String> form = Map.of("_csrf", csrf(get(own)), "name", unique("Taken over"));
        assertThat(post(foreign, form).statusCode()).isEqualTo(404);
        assertThat(globex.get("/api" + foreign).text("name")).doesNotStartWith("Taken over");
    }

    @Test
    void anotherCompanysCustomerIsNoCustomerOfAProject() {
        signIn("owner@acme.test", "demo-password");
        Map<String, String> form = Map.of(
                "_csrf", csrf(get("/projects/new")),
                "name", unique("Foreign"),
                "customerId", globex.id(CUSTOMERS),
                "status", "ACTIVE");
        HttpResponse<String> refused = post("/projects", form);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("Does not exist.");
    }

    @Test
    void aFormThatIsLeftOpenIsNotTakenIntoTheCompanyThatAnotherTabHasSwitchedTo() {
        signIn("both@consultant.test", "demo-password");
        HttpResponse<String> left = get("/customers/new");
        String name = unique("Left open");
        assertThat(left.body()).containsPattern("X-Tenant-Id&quot;: &quot;[-0-9a-f]{36}&quot;");
        Matcher companies = COMPANY.matcher(left.body());
        while (companies.find()) {
            Map<String, String> choice = Map.of("_csrf", csrf(get("/week")), "tenant", companies.group(1));
            assertThat(post("/company", choice).statusCode()).isEqualTo(302);
            assertThat(post("/customers", Map.of("_csrf", csrf(left), "name", name))
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(acme.total(CUSTOMERS + "?search=" + name.replace(" ", "%20")))
                .isZero();
    }

    @Test
    void aProgramIsAnsweredByThePagesAsByTheApi() {
        assertThat(anonymous.get("/customers").header("Content-Type")).startsWith("application/problem+json");
        assertThat(anonymous.withToken("not.a.token").get("/customers").status())
                .isEqualTo(401);
    }

    @Test
    void aSessionIsRenewedAndEndsWithThoseOfTheApi() {
        String email = newEmail();
        owner(email);
        signIn(email, PASSWORD);
        clock.forward(AFTER_AN_ACCESS_TOKEN);
        assertThat(get("/customers").statusCode()).isEqualTo(200);

        Api again = loggedIn(anonymous.loginAnswer(email, PASSWORD));
        assertThat(again.send("POST", "/api/auth/logout-all", null).status()).isEqualTo(204);
        clock.forward(AFTER_AN_ACCESS_TOKEN);
        assertThat(get("/customers").statusCode()).isEqualTo(302);
    }

    @Test
    void whoeverSignsUpIsLedByALetterIntoACompanyOfTheirOwn() {
        String email = newEmail();
        String csrf = csrf(get("/sign-up"));
        assertThat(post("/sign-up", Map.of("_csrf", csrf, "email", email, "company", ""))
                        .body())
                .contains("Must not be blank.");
        assertThat(post("/sign-up", Map.of("_csrf", csrf, "email", email, "company", "Paper & Sons"))
                        .statusCode())
                .isEqualTo(302);
        assertThat(get("/sign-up").body()).contains("We have sent you a letter");

        String token = postbox.token(email);
        assertThat(postbox.to(email).get(0).text()).contains("/welcome?token=" + token);
        Map<String, String> completion = Map.of(
                "_csrf", csrf(get("/welcome?token=" + token)), "token", token, "name", "Nora", "password", PASSWORD);
        assertThat(post("/welcome", completion).statusCode()).isEqualTo(302);
        assertThat(get("/customers").body()).contains("Paper &amp; Sons", "The company has no customers yet.");
    }

    /** A page of choices has 200 rows. */
    @Test
    void whatIsChosenIsShownThoughManyStandBeforeIt() {
        String last = "~" + unique("last");
        List<Map<String, Object>> customers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            customers.add(Map.of("name", "!" + unique("first") + i));
        }
        List<String> ids = new ArrayList<>();
        for (List<Map<String, Object>> rows : List.of(customers.subList(0, 100), customers.subList(100, 200))) {
            acme.post(CUSTOMERS + "/bulk", rows)
                    .json()
                    .forEach(row -> ids.add(row.get("id").asString()));
        }
        String customer = acme.created(CUSTOMERS, Map.of("name", last));
        ids.add(customer);
        String project = acme.created(PROJECTS, project(unique("Of the last"), customer));
        try {
            signIn("owner@acme.test", "demo-password");
            assertThat(get("/projects/" + project).body())
                    .containsPattern("<option value=\"" + customer + "\"\\s+selected=\"selected\">" + last);
            assertThat(get("/week?of=2031-06-02&add=" + project).body()).contains(last);
        } finally {
            acme.delete(PROJECTS + "/" + project);
            ids.forEach(id -> acme.delete(CUSTOMERS + "/" + id));
        }
    }

    @Test
    void anEntryIsReadOnceBeforeItIsDescribed() {
        String project = acme.created(PROJECTS, project(unique("Described"), acme.id(CUSTOMERS)));
        String entry = acme.created(ENTRIES, entry(project));
        signIn("owner@acme.test", "demo-password");
        Map<String, String> form = Map.of(
                "_csrf",
                csrf(get("/week")),
                "of",
                "2020-03-02",
                "description",
                "Drew the plan",
                "was",
                acme.get(ENTRIES + "/" + entry).json().path("description").asString(""));
        try {
            assertThat(post("/week/entries/" + UUID.randomUUID(), form).statusCode())
                    .isEqualTo(404);
            List<String> calls = new CopyOnWriteArrayList<>();
            ApplicationListener<ServletRequestHandledEvent> listener =
                    call -> calls.add(call.getMethod() + " " + call.getRequestUrl());
            application.addApplicationListener(listener);
            assertThat(post("/week/entries/" + entry, form).statusCode()).isEqualTo(302);
            application.removeApplicationListener(listener);
            assertThat(calls)
                    .filteredOn(call -> call.contains(ENTRIES))
                    .containsExactly("GET " + ENTRIES + "/" + entry, "PATCH " + ENTRIES + "/" + entry);
            assertThat(acme.get(ENTRIES + "/" + entry).text("description")).isEqualTo("Drew the plan");
        } finally {
            acme.delete(ENTRIES + "/" + entry);
            acme.delete(PROJECTS + "/" + project);
        }
    }

    @Test
    void anExportIsWhatTheApiSendsAndOfTheCompanyAlone() {
        signIn("owner@acme.test", "demo-password");
        for (String resource : List.of("customers", "projects", "time-entries")) {
            HttpResponse<String> page = get("/" + resource + ".csv?sort=id");
            assertThat(page.statusCode()).as(resource).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
            assertThat(page.body())
                    .isEqualTo(acme.get("/api/" + resource + "/export?format=csv&sort=id")
                            .body());
        }
        cookies.getCookieStore().removeAll();
        assertThat(get("/customers.csv").headers().firstValue("Location").orElseThrow())
                .endsWith("/sign-in");
    }

    @Test
    void theReportIsThereAsCsvAndNoFormula() {
        String customer = acme.created(CUSTOMERS, customer(unique("=1+1")));
        String project = acme.created(PROJECTS, project(unique("=2+2"), customer));
        String entry = acme.created(ENTRIES, entry(project));
        signIn("owner@acme.test", "demo-password");
        HttpResponse<String> csv = get("/hours.csv?from=2020-03-01&to=2020-03-31&groupBy=customer");
        assertThat(csv.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
        assertThat(csv.body())
                .startsWith("\"customer\",minutes,billableMinutes\r\n")
                .contains("\"'=1+1");
        acme.delete(ENTRIES + "/" + entry);
        acme.delete(PROJECTS + "/" + project);
        acme.delete(CUSTOMERS + "/" + customer);
    }
}
