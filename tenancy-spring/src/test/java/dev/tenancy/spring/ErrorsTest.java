package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.spring.TestApplication.Book;
import dev.tenancy.spring.TestApplication.Shelf;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.UUID;
import org.hibernate.StaleStateException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.servlet.ModelAndView;

/** Who answers an error: the application where it is its own, and the library where it is the library's. */
class ErrorsTest {

    private static final String HTML = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private static final String PROBLEM = "application/problem+json";
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";

    private static ConfigurableApplicationContext shop;
    private static ConfigurableApplicationContext advised;

    @BeforeAll
    static void start() {
        shop = TestApplication.start(
                Shop.class, "spring.thymeleaf.prefix=classpath:/guest/", "tenancy.open=POST /open");
        advised = TestApplication.start(Advised.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
        advised.close();
    }

    @Test
    void aStatusOfTheApplicationsExceptionIsKept() throws Exception {
        RawHttp.Response answer = get(shop, "/own/status");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("\"path\":\"/own/status\"");
        ownPage(get(shop, "/own/status", HTML), 404);
    }

    @Test
    void aFailureOfTheApplicationIsAnsweredAsWithoutTheLibrary() throws Exception {
        RawHttp.Response answer = get(shop, "/own/fails");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("\"path\":\"/own/fails\"").doesNotContain("secret");
        ownPage(get(shop, "/own/fails", HTML), 500);
        ownPage(get(shop, "/own/nothing", HTML), 404);
        assertThat(get(shop, "/own/nothing").body()).contains("\"path\":\"/own/nothing\"");
        assertThat(get(shop, "/own/typed?number=x").body()).contains("\"path\":\"/own/typed\"");
    }

    @Test
    void anAdviceOfTheApplicationIsAskedForItsControllersOnly() throws Exception {
        for (String path : new String[] {"/own/status", "/own/fails", "/own/nothing", "/own/typed?number=x"}) {
            assertThat(get(advised, path).body()).as(path).contains("advised");
        }
        problem(get(advised, "/shelves/" + UUID.randomUUID()), 404);
        problem(get(advised, "/shelves?size=-1"), 400);
        problem(post(advised, "POST", "/shelves", "x", "Content-Type: text/plain"), 415);
        problem(post(advised, "PUT", "/shelves", "{}", "Content-Type: application/json"), 405);
        problem(get(advised, "/shelves", "Accept: text/csv"), 406);
        problem(post(advised, "POST", "/shelves", "{", "Content-Type: application/json"), 400);
    }

    @Test
    void whatTheFiltersRefuseStaysRefusedWhateverTheApplicationsAdviceIs() throws Exception {
        for (ConfigurableApplicationContext application : new ConfigurableApplicationContext[] {shop, advised}) {
            problem(get(application, "/own/fails", "X-Tenant-Id: globex"), 403);
            problem(get(application, "/own/fails", "X-Tenant-Id: acme", "X-Tenant-Id: acme"), 400);
            problem(RawHttp.to(application).get("/own/fails", "Authorization: Bearer x"), 401);
            problem(RawHttp.to(application).get("/own/fails"), 401);
        }
    }

    @Test
    void aBrowserGetsThePageOfTheApplication() throws Exception {
        ownPage(get(shop, "/own/fails", HTML, "X-Tenant-Id: globex"), 403);
        ownPage(get(shop, "/own/fails", HTML, "X-Tenant-Id: acme", "X-Tenant-Id: acme"), 400);
        ownPage(RawHttp.to(shop).get("/own/fails", HTML), 401);
        ownPage(get(shop, "/shelves/" + UUID.randomUUID(), HTML), 404);
        ownPage(get(shop, "/shelves?size=-1", HTML), 400);
        problem(get(shop, "/shelves?size=-1", "Accept: application/json, text/html;q=0.9"), 400);
        problem(get(shop, "/shelves?size=-1", "Accept: */*"), 400);
        problem(get(shop, "/shelves?size=-1", "Accept: no such thing"), 406);
        problem(get(shop, "/shelves?size=-1", "Accept: application/json, text/html;q=0"), 400);
    }

    @Test
    void aPageThatCannotBeShownIsAnsweredByThePageOfTheApplication() throws Exception {
        UUID book = CurrentTenant.callAs(TestApplication.ACME, () -> {
            Shelf shelf = new Shelf();
            shelf.name = "Poetry";
            shop.getBean(ShelfRepository.class).save(shelf);
            Book one = new Book();
            one.title = "Leaves";
            one.shelf = shelf;
            return shop.getBean(BookRepository.class).save(one).getId();
        });
        ownPage(get(shop, "/own/books/" + book, HTML), 500);
        try (ConfigurableApplicationContext users = TestApplication.start(
                WithUsers.class,
                "spring.thymeleaf.prefix=classpath:/guest/",
                "spring.jpa.hibernate.ddl-auto=none",
                "spring.datasource.url=" + url(shop))) {
            String alice = "Authorization: Basic YWxpY2U6c2VjcmV0";
            ownPage(RawHttp.to(users).get("/own/books/" + book, alice, HTML), 500);
            ownPage(RawHttp.to(users).get("/own/fails", alice, HTML), 500);
            ownPage(RawHttp.to(users).get("/own/fails", alice, HTML, "X-Tenant-Id: globex"), 403);
            // Its filters ask for parameters before anybody is known.
            problem(RawHttp.to(users).post("POST", "/own/books", "%".getBytes(), FORM), 400);
            problem(RawHttp.to(users).post("PUT", "/own/books", "%".getBytes(), FORM), 400);
            problem(RawHttp.to(users).post("PUT", "/own/books", new byte[1_000_000], FORM), 413);
            for (String body : new String[] {"abc", "--x\r\n", "--x\r\nA\r\n", "--x\r\n\r\nabc\r\n--x--"}) {
                assertThat(RawHttp.to(users)
                                .post(
                                        "POST",
                                        "/own/books",
                                        body.getBytes(),
                                        "Content-Type: multipart/form-data; boundary=x",
                                        alice)
                                .status())
                        .isBetween(400, 499);
            }
        }
    }

    private static String url(ConfigurableApplicationContext application) {
        return application.getEnvironment().getProperty("spring.datasource.url");
    }

    @Test
    void theErrorPageIsNoResource() throws Exception {
        assertThat(get(shop, "/error").status()).isEqualTo(404);
        ownPage(get(shop, "/error", HTML), 404);
        assertThat(RawHttp.to(shop).get("/error").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/shelves/%25", "/shelves/%3b", "/shelves/%0a"})
    void aPathThatTheFirewallRefusesIsAProblem(String path) throws Exception {
        problem(get(shop, path), 400);
        problem(get(advised, path), 400);
        ownPage(get(shop, path, HTML), 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"commit", "flush", "get"})
    void aReferenceToAForeignRowIsTheCallersMistakeAndAsOneToNone(String how) throws Exception {
        UUID foreign = CurrentTenant.callAs(TestApplication.GLOBEX, () -> {
            Shelf shelf = new Shelf();
            shelf.name = "Elsewhere";
            return shop.getBean(ShelfRepository.class).save(shelf).getId();
        });
        String path = "/own/books?how=" + how + "&shelf=";
        RawHttp.Response refused = post(shop, "POST", path + foreign, "");
        problem(refused, how.equals("get") ? 404 : 400);
        assertThat(post(shop, "POST", path + UUID.randomUUID(), "")).isEqualTo(refused);
        ownPage(post(shop, "POST", path + foreign, "", HTML), refused.status());
        assertThat(post(advised, "POST", path + UUID.randomUUID(), "").body())
                .isEqualTo(
                        how.equals("get")
                                ? "advised jakarta.persistence.EntityNotFoundException"
                                : "advised " + DataIntegrityViolationException.class.getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH", "DELETE"})
    void aFormIsReadUpToALimitAndIsTheCallers(String method) throws Exception {
        String path = "/shelves/" + UUID.randomUUID();
        problem(RawHttp.to(shop).post(method, path, new byte[1_000_000], FORM), 413);
        problem(RawHttp.to(shop).post(method, path, "%".getBytes(), FORM), 400);
        problem(RawHttp.to(shop).post(method, path, "a=%zz&b".getBytes(), FORM), 400);
        problem(post(shop, method, path, "%", FORM), 400);
        problem(RawHttp.to(shop).post(method, path, "a=b".getBytes(), FORM), 401);
        assertThat(RawHttp.to(shop)
                        .post(method, path, "%".getBytes(), FORM + ";charset=none")
                        .status())
                .isIn(400, 401);
        ownPage(RawHttp.to(shop).post(method, path, "%".getBytes(), FORM, HTML), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data",
                "multipart/mixed",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"\"",
                "multipart/form-data; charset=UTF-8",
                "Multipart/Form-Data;boundary"
            })
    void partsThatCannotBeToldApartAreTheCallers(String type) throws Exception {
        for (String path : new String[] {"/open", "/shelves"}) {
            for (ConfigurableApplicationContext application : new ConfigurableApplicationContext[] {shop, advised}) {
                RawHttp.Response refused = post(application, "POST", path, "abc", "Content-Type: " + type);
                assertThat(refused.status()).as(refused.toString()).isIn(400, 415);
                assertThat(RawHttp.to(application)
                                .post("POST", path, "abc".getBytes(), "Content-Type: " + type)
                                .status())
                        .isIn(400, 401, 415);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "--x", "--x\r\n", "--x\r\nA\r\n", "--x\r\n\r\nabc", "--x\r\n\r\nabc\r\n--x--"})
    void norArePartsThatEndTooSoon(String body) throws Exception {
        for (ConfigurableApplicationContext application : new ConfigurableApplicationContext[] {shop, advised}) {
            for (String path : new String[] {"/own/books?how=get", "/shelves"}) {
                String type = "Content-Type: multipart/form-data; boundary=x";
                RawHttp.Response refused = post(application, "POST", path, body, type);
                assertThat(refused.status() < 500 || refused.body().contains("advised"))
                        .as(refused.toString())
                        .isTrue();
            }
        }
    }

    @Test
    void springBootsProblemDetailsAreSpringBoots() throws Exception {
        try (ConfigurableApplicationContext boot =
                TestApplication.start(Shop.class, "spring.mvc.problemdetails.enabled=true")) {
            assertThat(get(boot, "/own/typed?number=x").body()).contains("\"instance\":\"/own/typed\"");
            assertThat(get(boot, "/shelves?size=-1").body()).doesNotContain("instance");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/yaml",
                "application/json",
                "text/plain",
                "application/xml",
                "application/octet-stream",
                "application/vnd.any",
                "no type"
            })
    void aBodyOfSomebodyWhoIsNotLetInIsLimitedWhateverItIs(String type) throws Exception {
        byte[] large = "a".repeat(600_000).getBytes();
        for (String path : new String[] {"/open", "/open?as=map", "/open?as=stream"}) {
            assertThat(RawHttp.to(shop)
                            .post("POST", path, large, "Content-Type: " + type)
                            .status())
                    .as(path)
                    .isIn(413, 415);
        }
        problem(RawHttp.to(shop).post("POST", "/open?as=stream", large, "Content-Type: " + type), 413);
    }

    @Test
    void whoIsLetInSendsWhatTheApplicationTakes() throws Exception {
        byte[] large = "a".repeat(600_000).getBytes();
        String octets = "Content-Type: application/octet-stream";
        assertThat(RawHttp.to(shop)
                        .post("POST", "/open?as=stream", large, octets, token(shop))
                        .body())
                .isEqualTo("600000");
        assertThat(RawHttp.to(shop)
                        .post("POST", "/open?as=stream", new byte[200_000], octets)
                        .body())
                .isEqualTo("200000");
        problem(post(shop, "POST", "/open?as=map", "a: " + "b".repeat(600_000), "Content-Type: application/yaml"), 413);
    }

    @Test
    void aBodyOfUnknownLengthIsReadUpToTheLimit() throws Exception {
        for (String path : new String[] {"/open", "/open?as=map", "/open?as=stream"}) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(
                            "http://localhost:" + shop.getEnvironment().getProperty("local.server.port") + path))
                    .POST(BodyPublishers.ofInputStream(
                            () -> new ByteArrayInputStream(("a: " + "b".repeat(600_000)).getBytes())))
                    .header("Content-Type", path.contains("map") ? "application/yaml" : "text/plain")
                    .build();
            HttpResponse<String> refused = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
            assertThat(refused.statusCode()).as(path).isEqualTo(413);
        }
    }

    @Test
    void resourcesSpeakJsonOnly() throws Exception {
        assertThat(get(shop, "/shelves").status()).isEqualTo(200);
        for (String type : new String[] {"application/yaml", "application/xml", "text/csv", "application/cbor"}) {
            problem(get(shop, "/shelves", "Accept: " + type), 406);
            problem(get(shop, "/shelves/" + UUID.randomUUID(), "Accept: " + type), 406);
            problem(post(shop, "POST", "/shelves", "name: a", "Content-Type: " + type), 415);
            problem(post(shop, "PATCH", "/shelves/bulk", "name: a", "Content-Type: " + type), 415);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0080", "acme\u0085", "\u009f", "acme\u00ad"})
    void aHeaderThatCannotBeReadIsTheCallers(String value) throws Exception {
        assertThat(get(shop, "/own/fails", "X-Tenant-Id: " + value).status()).isIn(400, 403);
        RawHttp.Response refused = get(advised, "/own/fails", "X-Tenant-Id: " + value);
        assertThat(refused.status()).isIn(400, 403);
        assertThat(refused.header("Content-Type")).isEqualTo(PROBLEM);
    }

    @Test
    void withTheSettingWhatNobodyElseAnswersIsAProblem() throws Exception {
        try (ConfigurableApplicationContext all = TestApplication.start(
                Shop.class, "spring.thymeleaf.prefix=classpath:/guest/", "tenancy.errors.answer-unhandled=true")) {
            problem(get(all, "/own/fails"), 500);
            problem(get(all, "/own/stale"), 409);
            problem(get(all, "/own/status"), 404);
            problem(get(all, "/own/nothing"), 404);
            problem(get(all, "/error"), 404);
            assertThat(get(all, "/own/typed?number=x").body()).contains("must be a whole number");
            ownPage(get(all, "/own/fails", HTML), 500);
            ownPage(get(all, "/own/typed?number=x", HTML), 400);
        }
        try (ConfigurableApplicationContext all =
                TestApplication.start(Advised.class, "tenancy.errors.answer-unhandled=true")) {
            assertThat(get(all, "/own/fails").body()).contains("advised");
            assertThat(get(all, "/own/typed?number=x").body()).contains("advised");
        }
    }

    @Test
    void springDataRestAnswersForItself() throws Exception {
        try (ConfigurableApplicationContext rest = TestApplication.start(
                Shop.class, "spring.autoconfigure.exclude=", "spring.data.rest.base-path=/rest")) {
            RawHttp.Response missing = get(rest, "/rest/shelves/" + UUID.randomUUID());
            assertThat(missing.status()).isEqualTo(404);
            assertThat(missing.header("Content-Type")).isNotEqualTo(PROBLEM);
            assertThat(get(rest, "/rest/shelves").body()).contains("\"_links\"");
            RawHttp.Response malformed = post(rest, "POST", "/rest/shelves", "{", "Content-Type: application/json");
            assertThat(malformed.status()).isEqualTo(400);
            assertThat(malformed.body()).contains("JSON parse error");
            problem(get(rest, "/shelves/" + UUID.randomUUID()), 404);
        }
        try (ConfigurableApplicationContext rest = TestApplication.start(
                Shop.class,
                "spring.autoconfigure.exclude=",
                "spring.data.rest.base-path=/rest",
                "tenancy.errors.answer-unhandled=true")) {
            assertThat(get(rest, "/rest/shelves/" + UUID.randomUUID()).status()).isEqualTo(404);
            assertThat(post(rest, "POST", "/rest/shelves", "{", "Content-Type: application/json")
                            .body())
                    .contains("JSON parse error");
        }
    }

    private static void problem(RawHttp.Response answer, int status) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo(PROBLEM);
        assertThat(answer.body()).contains("\"status\":" + status).doesNotContain("Exception");
    }

    private static void ownPage(RawHttp.Response answer, int status) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).startsWith("text/html");
        assertThat(answer.body()).contains("our shop: <span>" + status + "</span>");
    }

    private static String token(ConfigurableApplicationContext application) {
        return "Authorization: Bearer " + application.getBean(TokenIssuer.class).issue("alice", "acme");
    }

    private static RawHttp.Response get(ConfigurableApplicationContext application, String path, String... headers)
            throws IOException {
        return post(application, "GET", path, "", headers);
    }

    private static RawHttp.Response post(
            ConfigurableApplicationContext application, String method, String path, String body, String... headers)
            throws IOException {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = token(application);
        return RawHttp.to(application).post(method, path, body.getBytes(), all);
    }

    @Configuration(proxyBeanMethods = false)
    @Import(Pages.class)
    static class Shop {}

    @Configuration(proxyBeanMethods = false)
    @Import({Pages.class, Advice.class})
    static class Advised {}

    @Configuration(proxyBeanMethods = false)
    @Import(Pages.class)
    static class WithUsers {

        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.httpBasic(Customizer.withDefaults())
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(User.withUsername("alice")
                    .password("{noop}secret")
                    .roles("READER")
                    .build());
        }

        @Bean
        TenantClaimResolver claims() {
            return principal -> java.util.Optional.of(new TenantClaim(principal.getName(), "acme"));
        }
    }

    @ControllerAdvice
    static class Advice {

        @ExceptionHandler
        ResponseEntity<String> anything(Exception failure) {
            return ResponseEntity.internalServerError()
                    .contentType(MediaType.TEXT_PLAIN)
                    .body("advised " + failure.getClass().getName());
        }
    }

    @ResponseStatus(HttpStatus.NOT_FOUND)
    static class NoSuchPageException extends RuntimeException {}

    /** Handlers of the application. */
    @Controller
    static class Pages {

        private final BookRepository books;
        private final ShelfRepository shelves;
        private final TransactionTemplate transaction;

        Pages(
                BookRepository books,
                ShelfRepository shelves,
                org.springframework.transaction.PlatformTransactionManager transactions) {
            this.books = books;
            this.shelves = shelves;
            this.transaction = new TransactionTemplate(transactions);
        }

        @GetMapping("/own/status")
        String status() {
            throw new NoSuchPageException();
        }

        @GetMapping("/own/fails")
        String fails() {
            throw new IllegalStateException("secret");
        }

        @GetMapping("/own/stale")
        String stale() {
            throw new StaleStateException("no row was found");
        }

        @GetMapping("/own/typed")
        @ResponseBody
        String typed(@RequestParam int number) {
            return "" + number;
        }

        @GetMapping("/own/books/{id}")
        ModelAndView book(@PathVariable UUID id) {
            return new ModelAndView("book", Map.of("book", books.findById(id).orElseThrow()));
        }

        @PostMapping("/own/books")
        @ResponseBody
        String add(@RequestParam String how, @RequestParam UUID shelf) {
            Book book = new Book();
            book.title = "Anything";
            if (how.equals("flush")) {
                book.shelf = shelves.getReferenceById(shelf);
                books.saveAndFlush(book);
            } else {
                transaction.executeWithoutResult(status -> {
                    book.shelf = shelves.getReferenceById(shelf);
                    if (how.equals("get")) {
                        book.title = org.hibernate.Hibernate.unproxy(book.shelf, Shelf.class).name;
                    }
                    books.save(book);
                });
            }
            return "added";
        }

        @PostMapping("/open")
        @ResponseBody
        String text(@RequestBody(required = false) String body) {
            return String.valueOf(body == null ? 0 : body.length());
        }

        @PostMapping(path = "/open", params = "as=map")
        @ResponseBody
        String map(@RequestBody Map<String, Object> body) {
            return "" + body.size();
        }

        @PostMapping(path = "/open", params = "as=stream")
        @ResponseBody
        String stream(java.io.InputStream body) throws IOException {
            return "" + body.readAllBytes().length;
        }
    }
}
