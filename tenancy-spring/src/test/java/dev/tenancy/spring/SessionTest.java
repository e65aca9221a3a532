package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.jwt.TokenIssuer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.core.annotation.Order;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.annotation.SessionScope;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.WebUtils;

/** Two chains side by side: an API by token, and pages by form login, with a session and protection against CSRF. */
class SessionTest {

    private static ConfigurableApplicationContext application;

    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    @BeforeAll
    static void start() {
        application = TestApplication.start(Pages.class, "tenancy.session.shared.theme=a matter of taste");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void aSessionActsForTheDefaultCompanyAndForAnotherByHeader() throws Exception {
        logIn("dora");
        assertThat(get("/pages/who").body()).isEqualTo("dora acme STAFF");
        assertThat(get("/pages/who", "X-Tenant-Id", "globex").body()).isEqualTo("dora globex OWNER");
        assertThat(get("/pages/who").body()).isEqualTo("dora acme STAFF");
        assertThat(get("/pages/who", "X-Tenant-Id", "initech").statusCode()).isEqualTo(403);
    }

    @Test
    void whoIsNotLoggedInIsSentToTheFormAndActsForNoTenant() throws Exception {
        HttpResponse<String> page = get("/pages/who", "X-Tenant-Id", "acme");
        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(page.headers().firstValue("Location").orElseThrow()).endsWith("/login");
        assertThat(get("/login").statusCode()).isEqualTo(200);
    }

    @Test
    void theSessionOfAUserWhoWasRemovedActsForNothingMore() throws Exception {
        logIn("gone");
        assertThat(get("/pages/who").statusCode()).isEqualTo(200);
        Pages.REMOVED.add("gone");
        // Nobody else can tell: these memberships are in no table.
        application.getBean(MembershipCache.class).forget("gone");
        assertThat(get("/pages/who").statusCode()).isEqualTo(403);
        assertThat(get("/pages/owners").statusCode()).isEqualTo(403);
        Pages.REMOVED.remove("gone");
        assertThat(get("/pages/who").statusCode()).isEqualTo(200);
    }

    @Test
    void aRoleInOneCompanyIsNotKeptInTheSessionForAnother() throws Exception {
        logIn("dora");
        assertThat(get("/pages/owners", "X-Tenant-Id", "globex").statusCode()).isEqualTo(200);
        assertThat(get("/pages/owners", "X-Tenant-Id", "acme").statusCode()).isEqualTo(403);
        assertThat(get("/pages/owners").statusCode()).isEqualTo(403);
    }

    @Test
    void aRoleThatTheUserDetailsBringAlongDoesNotCount() throws Exception {
        logIn("pretender");
        assertThat(get("/pages/who").body()).isEqualTo("pretender acme STAFF");
        assertThat(get("/pages/owners").statusCode()).isEqualTo(403);
    }

    @Test
    void aSessionThatWasFixedBeforeTheLoginCarriesNoTenantOver() throws Exception {
        logIn("dora");
        get("/pages/who", "X-Tenant-Id", "globex");
        String before = session();
        logIn("carla");
        assertThat(session()).isNotEqualTo(before);
        assertThat(get("/pages/who").body()).isEqualTo("carla acme STAFF");
        HttpResponse<String> withTheOld = HttpClient.newHttpClient()
                .send(
                        request("/pages/who", "Cookie", "JSESSIONID=" + before).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(withTheOld.statusCode()).isEqualTo(302);
    }

    @Test
    void aChangeNeedsTheTokenAgainstForgery() throws Exception {
        logIn("dora");
        HttpRequest.Builder change = request("/pages/change").POST(HttpRequest.BodyPublishers.noBody());
        assertThat(send(change).statusCode()).isEqualTo(403);
        assertThat(send(change.header("X-CSRF-TOKEN", get("/pages/csrf").body()))
                        .body())
                .isEqualTo("changed in acme");
    }

    @Test
    void theSessionIsNoCredentialOfTheApiAndTheFormIsNoPlaceOfIt() throws Exception {
        logIn("dora");
        HttpResponse<String> api = get("/api/who");
        assertThat(api.statusCode()).isEqualTo(401);
        assertThat(api.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        String token = application.getBean(TokenIssuer.class).issue("dora", "globex");
        assertThat(get("/api/who", "Authorization", "Bearer " + token).body()).isEqualTo("dora globex OWNER");
    }

    @Test
    void anAsynchronousPageActsForItsTenantInEachDispatch() throws Exception {
        logIn("dora");
        assertThat(get("/pages/later", "X-Tenant-Id", "globex").body()).isEqualTo("{\"tenant\":\"globex\"}");
    }

    @Test
    void whatASessionHoldsIsTheCompanysInWhichItWasPut() throws Exception {
        logIn("dora");
        String session = session();
        assertThat(get("/pages/note?text=of-acme").body()).isEqualTo("attribute null, bean null, theme null");
        assertThat(get("/pages/note?text=of-globex", "X-Tenant-Id", "globex").body())
                .isEqualTo("attribute null, bean null, theme of-acme");
        assertThat(get("/pages/note?text=").body()).isEqualTo("attribute of-acme, bean of-acme, theme of-globex");
        assertThat(get("/pages/note?text=", "X-Tenant-Id", "globex").body())
                .isEqualTo("attribute of-globex, bean of-globex, theme null");
        // The name under which a company's attribute is kept is nobody else's.
        get("/pages/note?text=of-globex", "X-Tenant-Id", "globex");
        get("/pages/forget?name=tenancy:6:globex:note");
        assertThat(get("/pages/note?text=", "X-Tenant-Id", "globex").body()).startsWith("attribute of-globex,");
        assertThat(get("/pages/names").body()).isEqualTo("bean");
        assertThat(session()).isEqualTo(session);

        logIn("carla");
        assertThat(get("/pages/note?text=").body()).isEqualTo("attribute null, bean null, theme null");
    }

    @Test
    void whatWasPutBeforeTheLoginIsReadInEachCompany() throws Exception {
        assertThat(get("/pages/open/note?text=before").statusCode()).isEqualTo(200);
        logIn("dora");
        assertThat(get("/pages/note?text=of-acme").body()).startsWith("attribute before,");
        assertThat(get("/pages/note?text=", "X-Tenant-Id", "globex").body()).startsWith("attribute before,");
        assertThat(get("/pages/note?text=").body()).startsWith("attribute of-acme,");
        // Removed once, it is gone.
        assertThat(get("/pages/note?text=").body()).startsWith("attribute null,");
    }

    @Test
    void aBeanThatWasThereBeforeTheLoginIsOneCompanysOnly() throws Exception {
        assertThat(get("/pages/open/note?text=before").statusCode()).isEqualTo(200);
        logIn("dora");
        assertThat(get("/pages/note?text=of-acme").body()).contains("bean before,");
        assertThat(get("/pages/note?text=of-globex", "X-Tenant-Id", "globex").body())
                .contains("bean null,");
        assertThat(get("/pages/note?text=").body()).contains("bean of-acme,");
    }

    @Test
    void aBeanThatAFilterUsesIsTheCompanysToo() throws Exception {
        logIn("dora");
        get("/pages/filtered?text=of-acme");
        assertThat(get("/pages/filtered", "X-Tenant-Id", "globex").body()).isEqualTo("null");
        assertThat(get("/pages/filtered").body()).isEqualTo("of-acme");
    }

    @Test
    void whatAnAsynchronousPageHandsToTheNextOneArrivesThere() throws Exception {
        logIn("dora");
        String next = get("/pages/redirecting").headers().firstValue("Location").orElseThrow();
        assertThat(get(URI.create(next).getPath()).body()).isEqualTo("handed over");
    }

    @Test
    void requestsOfOneSessionExcludeEachOtherWhereTheyAreToldTo() throws Exception {
        logIn("dora");
        String mutex = get("/pages/mutex").body();
        assertThat(get("/pages/mutex").body()).isEqualTo(mutex);
        assertThat(get("/pages/mutex", "X-Tenant-Id", "globex").body()).isEqualTo(mutex);
    }

    @Test
    void anAttributeForAllCompaniesNeedsAReason() {
        assertThatThrownBy(() -> TestApplication.start(Pages.class, "tenancy.session.shared.theme= ")
                        .close())
                .hasStackTraceContaining("tenancy.session.shared.theme gives no reason");
    }

    private void logIn(String user) throws Exception {
        String page = get("/login").body();
        String csrf = page.replaceFirst("(?s).*name=\"_csrf\" type=\"hidden\" value=\"([^\"]+)\".*", "$1");
        String form = "username=" + user + "&password=secret&_csrf=" + URLEncoder.encode(csrf, StandardCharsets.UTF_8);
        HttpResponse<String> response = send(request("/login", "Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
        assertThat(response.headers().firstValue("Location").orElseThrow()).doesNotContain("error");
    }

    private String session() {
        return cookies.getCookieStore().getCookies().get(0).getValue();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return send(request(path, headers));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://localhost:" + application.getEnvironment().getProperty("local.server.port") + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    @RestController
    @EnableMethodSecurity
    static class Pages {

        private final ObjectProvider<Note> notes;

        Pages(ObjectProvider<Note> notes) {
            this.notes = notes;
        }

        static final Set<String> REMOVED = Collections.newSetFromMap(new ConcurrentHashMap<>());

        @Bean
        @Order(1)
        SecurityFilterChain api(HttpSecurity http, @Qualifier("bearerTokenEntryPoint") AuthenticationEntryPoint entry) {
            return http.securityMatcher("/api/**")
                    .csrf(csrf -> csrf.disable())
                    .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .exceptionHandling(handling -> handling.authenticationEntryPoint(entry))
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .build();
        }

        @Bean
        @Order(2)
        SecurityFilterChain pages(HttpSecurity http) {
            return http.formLogin(Customizer.withDefaults())
                    .authorizeHttpRequests(requests -> requests.requestMatchers("/pages/open/**")
                            .permitAll()
                            .anyRequest()
                            .authenticated())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    user("dora", "USER"), user("carla", "USER"), user("gone", "USER"), user("pretender", "OWNER"));
        }

        private static UserDetails user(String name, String role) {
            return User.withUsername(name).password("{noop}secret").roles(role).build();
        }

        @Bean
        TenantClaimResolver claims() {
            return principal -> Optional.of(new TenantClaim(principal.getName(), (String) null));
        }

        @Bean
        @Primary
        Memberships people() {
            return new Memberships() {
                @Override
                public Optional<Membership> find(String user, String tenant) {
                    if (REMOVED.contains(user) || !Set.of("acme", "globex").contains(tenant)) {
                        return Optional.empty();
                    }
                    return Optional.of(
                            new Membership(tenant, user.equals("dora") && tenant.equals("globex") ? "OWNER" : "STAFF"));
                }

                @Override
                public Optional<String> preferred(String user) {
                    return Optional.of("acme");
                }
            };
        }

        @GetMapping({"/pages/who", "/api/who"})
        String who() {
            var principal = CurrentTenant.require();
            return principal.userId() + " " + principal.tenantId() + " " + principal.role();
        }

        @GetMapping("/pages/owners")
        @PreAuthorize("hasRole('OWNER')")
        String owners() {
            return "welcome";
        }

        @GetMapping("/pages/csrf")
        String csrf(CsrfToken token) {
            return token.getToken();
        }

        @PostMapping("/pages/change")
        String change() {
            return "changed in " + CurrentTenant.require().tenantId();
        }

        @Bean
        @SessionScope
        Note note() {
            return new Note();
        }

        /** What the session held before, and then puts the text there; nothing is put of an empty one. */
        @GetMapping({"/pages/note", "/pages/open/note"})
        String note(@RequestParam String text, HttpSession session) {
            Note note = notes.getObject();
            String before = "attribute " + session.getAttribute("note") + ", bean " + note.getText() + ", theme "
                    + session.getAttribute("theme");
            if (text.isEmpty()) {
                session.removeAttribute("note");
                session.removeAttribute("theme");
                note.setText(null);
            } else {
                session.setAttribute("note", text);
                session.setAttribute("theme", text);
                note.setText(text);
            }
            return before;
        }

        @Bean
        FilterRegistrationBean<Filter> noting(ObjectProvider<Note> notes) {
            FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, next) -> {
                if (request.getParameter("text") != null) {
                    notes.getObject().setText(request.getParameter("text"));
                }
                request.setAttribute("seen", String.valueOf(notes.getObject().getText()));
                next.doFilter(request, response);
            });
            registration.addUrlPatterns("/pages/filtered");
            return registration;
        }

        @GetMapping("/pages/filtered")
        String filtered(@RequestAttribute String seen) {
            return seen;
        }

        @GetMapping("/pages/redirecting")
        Callable<ModelAndView> redirecting(RedirectAttributes attributes) {
            return () -> {
                attributes.addFlashAttribute("text", "handed over");
                return new ModelAndView("redirect:/pages/redirected");
            };
        }

        @GetMapping("/pages/redirected")
        String redirected(Model model) {
            return String.valueOf(model.getAttribute("text"));
        }

        @GetMapping("/pages/mutex")
        String mutex(HttpSession session) {
            return String.valueOf(System.identityHashCode(WebUtils.getSessionMutex(session)));
        }

        @GetMapping("/pages/forget")
        void forget(@RequestParam String name, HttpSession session) {
            session.removeAttribute(name);
        }

        @GetMapping("/pages/names")
        String names(HttpSession session) {
            return Collections.list(session.getAttributeNames()).stream()
                    .filter(name -> name.contains("note") || name.contains("theme"))
                    .map(name -> name.contains("scopedTarget") ? "bean" : name)
                    .distinct()
                    .collect(Collectors.joining(","));
        }

        static class Note implements Serializable {

            private static final long serialVersionUID = 1L;

            private String text;

            String getText() {
                return text;
            }

            void setText(String text) {
                this.text = text;
            }
        }

        @GetMapping("/pages/later")
        Callable<Object> later() {
            return Later::new;
        }

        /** Read while the answer is written, which is in the second dispatch. */
        static final class Later {

            public String getTenant() {
                return String.valueOf(CurrentTenant.require().tenantId());
            }
        }
    }
}
