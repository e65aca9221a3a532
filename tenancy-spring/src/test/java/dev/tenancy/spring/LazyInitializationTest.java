package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import dev.tenancy.UnprovenStatementException;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.spring.crud.TenantReadController;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/** With {@code spring.main.lazy-initialization} the application's beans wait for who needs them, and the library's do not. */
class LazyInitializationTest {

    private static final String LAZY = "spring.main.lazy-initialization=true";
    private static final UUID UNGUARDED = UUID.randomUUID();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static ConfigurableApplicationContext application;
    private static Set<String> madeAtStart;

    @BeforeAll
    static void start() {
        application = TestApplication.start(Beans.class, LAZY);
        madeAtStart = Set.of(application.getBeanFactory().getSingletonNames());
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void whatTheLibraryMakesIsMadeAtTheStartAndControllersAreNot() {
        ConfigurableListableBeanFactory beans = application.getBeanFactory();
        List<String> ours = new ArrayList<>();
        for (String name : beans.getBeanDefinitionNames()) {
            BeanDefinition definition = beans.getMergedBeanDefinition(name);
            String factory = definition.getFactoryBeanName();
            Class<?> maker = factory == null ? null : beans.getType(factory);
            if (maker != null
                    && maker.getName().startsWith("dev.tenancy.spring.")
                    && maker.getName().contains("AutoConfiguration")) {
                ours.add(name);
            }
        }
        assertThat(ours).hasSizeGreaterThan(20).allMatch(madeAtStart::contains);
        assertThat(beans.getBeanNamesForType(TenantReadController.class, true, false))
                .isNotEmpty()
                .noneMatch(madeAtStart::contains);
    }

    @Test
    void theGuardIsBeforeTheFirstStatement() {
        JdbcTemplate jdbc = application.getBean(JdbcTemplate.class);
        String sql = "select count(*) from shelf where tenant_id = ?";
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> jdbc.queryForObject(sql, Long.class, TestApplication.ACME));
        CurrentTenant.runAs(TestApplication.ACME, () -> {
            assertThat(jdbc.queryForObject(sql, Long.class, TestApplication.ACME))
                    .isNotNull();
            assertThatExceptionOfType(UnprovenStatementException.class)
                    .isThrownBy(() -> jdbc.queryForObject(sql, Long.class, TestApplication.GLOBEX));
        });
    }

    @Test
    void aCrossingIsHeardBeforeAnybodyAskedForABean() {
        Listener listener = application.getBean(Listener.class);
        CurrentTenant.acrossTenants("a lazy start", () -> 1);
        assertThat(listener.heard).containsExactly("a lazy start");
    }

    @Test
    void rolesAndTenantsAreHeldByTheFirstRequest() throws Exception {
        assertThat(send("POST", "/shelves", "bob", "acme").statusCode()).isEqualTo(403);
        HttpResponse<String> made = send("POST", "/shelves", "alice", "acme");
        assertThat(made.statusCode()).isEqualTo(201);
        String shelf = "/shelves/"
                + JsonMapper.shared().readTree(made.body()).get("id").asString();
        assertThat(send("GET", shelf, "bob", "acme").statusCode()).isEqualTo(200);
        assertThat(send("GET", shelf, "carol", "globex").statusCode()).isEqualTo(404);
        assertThat(send("GET", shelf, null, null).statusCode()).isEqualTo(401);
        assertThatExceptionOfType(RoleRequiredException.class).isThrownBy(application.getBean(Books.class)::burn);
    }

    @ParameterizedTest
    @CsvSource({"tenancy.jwt.secret=short, openssl rand -base64 48", "tenancy.open=/actuator/health, tenancy.open"})
    void aWrongSettingIsRefusedAtTheStart(String setting, String message) {
        refused(message, Beans.class, setting);
    }

    @Test
    void aWrongBeanIsRefusedAtTheStart() {
        refused("@RequiresRole", Misspelt.class);
        refused(
                "The data source of the bean besideTheGuard",
                Unguarded.class,
                "spring.datasource.url=jdbc:h2:mem:" + UNGUARDED);
        refused(
                "The data source leftOut",
                LeftOut.class,
                "spring.datasource.url=jdbc:h2:mem:" + UNGUARDED,
                "tenancy.data-sources.unguarded.leftOut=a test");
    }

    @Test
    void anApplicationThatDoesNotSayWhoIsAMemberIsRefusedAtTheStart() {
        assertThatException()
                .isThrownBy(() -> new SpringApplicationBuilder(StartTest.NoMemberships.class)
                        .properties(
                                LAZY,
                                "server.port=0",
                                "logging.level.root=off",
                                "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                                "tenancy.jwt.secret=0123456789abcdef0123456789abcdef",
                                "tenancy.jwt.issuer=test",
                                "tenancy.jwt.audience=test")
                        .run()
                        .close())
                .havingRootCause()
                .withMessageContaining("dev.tenancy.Memberships");
    }

    private static void refused(String message, Class<?> source, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add(LAZY);
        assertThatException()
                .isThrownBy(() -> TestApplication.start(source, all.toArray(String[]::new))
                        .close())
                .withStackTraceContaining(message);
    }

    private static HttpResponse<String> send(String method, String path, String user, String company) throws Exception {
        String port = application.getEnvironment().getProperty("local.server.port");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        method.equals("POST")
                                ? HttpRequest.BodyPublishers.ofString("{\"name\": \"low\"}")
                                : HttpRequest.BodyPublishers.noBody());
        if (user != null) {
            request.header(
                    "Authorization",
                    "Bearer " + application.getBean(TokenIssuer.class).issue(user, company));
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static class Beans {

        @Bean
        Listener listener() {
            return new Listener();
        }

        @Bean
        Books books() {
            return new Books();
        }
    }

    static class Listener {

        private final List<String> heard = new ArrayList<>();

        @EventListener
        void hear(CurrentTenant.Crossing crossing) {
            heard.add(crossing.reason());
        }
    }

    @Service
    static class Books {

        @RequiresRole("OWNER")
        void burn() {}
    }

    static class Misspelt {

        @RequiresRole("BISHOP")
        static class Bishops {}

        @Bean
        Bishops misspelt() {
            return new Bishops();
        }
    }

    static class Unguarded {

        @Bean
        JdbcTemplate besideTheGuard() {
            DataSource none = new DriverManagerDataSource("jdbc:h2:mem:" + UNGUARDED);
            return new JdbcTemplate(none);
        }
    }

    static class LeftOut {

        @Bean(defaultCandidate = false)
        DataSource leftOut() {
            return new DriverManagerDataSource("jdbc:h2:mem:" + UNGUARDED);
        }
    }
}
