package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.spring.crud.Crud;
import dev.tenancy.spring.crud.TenantReadController;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.MethodBeforeAdvice;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.NameMatchMethodPointcutAdvisor;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AliasFor;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.data.repository.Repository;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.BeanFactoryTransactionAttributeSourceAdvisor;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Roles on handlers and services: alice is OWNER and bob is STAFF of the company. */
class RequiresRoleTest {

    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application = TestApplication.start(Beans.class, "tenancy.open=GET /handlers/open");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/handlers/admins", "/handlers/through-service", "/rooms", "/inherited"})
    void aRoleThatIsTooLowIsRefusedInTheWordsOfTheCrudControllers(String path) throws Exception {
        HttpResponse<String> refusal = send("GET", path, "bob");
        HttpResponse<String> crud = send("POST", "/shelves", "bob");
        assertThat(refusal.statusCode()).isEqualTo(403);
        assertThat(refusal.body()).isEqualTo(crud.body()).contains("Your role does not allow this.");
        assertThat(refusal.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(send("GET", path, "alice").statusCode()).isEqualTo(200);
    }

    @Test
    void whereNothingIsAskedEverybodyGetsIn() throws Exception {
        assertThat(send("GET", "/handlers/everybody", "bob").body()).isEqualTo("welcome");
    }

    @Test
    void whoActsForNoTenantIsAskedForACredential() throws Exception {
        HttpResponse<String> refusal = send("GET", "/handlers/open", null);
        assertThat(refusal.statusCode()).isEqualTo(401);
        assertThat(refusal.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(refusal.body()).contains("This needs a valid credential.").doesNotContain("STAFF", "Handlers");
        assertThat(send("GET", "/handlers/open", "bob").statusCode()).isEqualTo(200);
    }

    // ---- services, without a request

    private static void as(String role, Runnable call) {
        try (CurrentTenant.Scope scope =
                CurrentTenant.enter(new TenantPrincipal(TestApplication.ACME, "somebody", role))) {
            call.run();
        }
    }

    private static void neededBy(Runnable call, String lowest) {
        List<String> roles = List.of("STAFF", "ADMIN", "OWNER");
        for (String role : roles) {
            if (roles.indexOf(role) < roles.indexOf(lowest)) {
                assertThatExceptionOfType(RoleRequiredException.class)
                        .as(role)
                        .isThrownBy(() -> as(role, call))
                        .satisfies(refusal ->
                                assertThat(roles.indexOf(refusal.required())).isGreaterThan(roles.indexOf(role)));
            } else {
                as(role, call);
            }
        }
    }

    @Test
    void anAnnotationOnTheClassHoldsInheritedMethodsToo() {
        Invoices invoices = application.getBean(Invoices.class);
        neededBy(invoices::own, "ADMIN");
        neededBy(invoices::inherited, "ADMIN");
        neededBy(invoices::visibleInThePackage, "ADMIN");
    }

    @Test
    void classAndMethodBothHaveToBeMet() {
        Invoices invoices = application.getBean(Invoices.class);
        neededBy(invoices::lower, "ADMIN");
        neededBy(invoices::higher, "OWNER");
    }

    @Test
    void anAnnotationOnAnInterfaceOrASuperclassHolds() {
        Exports exports = application.getBean(Exports.class);
        neededBy(exports::exported, "ADMIN");
        neededBy(exports::byDefault, "OWNER");
        neededBy(exports::overridden, "OWNER");
    }

    @Test
    void anAnnotationThatIsPartOfAnotherHolds() {
        Invoices invoices = application.getBean(Invoices.class);
        neededBy(invoices::meta, "OWNER");
    }

    @Test
    void anAnnotationOnARepositoryHolds() {
        Shelves shelves = application.getBean(Shelves.class);
        neededBy(shelves::count, "ADMIN");
    }

    @Test
    void equalsHashCodeAndToStringAreNotHeld() {
        Invoices invoices = application.getBean(Invoices.class);
        assertThat(invoices.toString()).isEqualTo("invoices");
        assertThat(invoices.hashCode()).isEqualTo(invoices.hashCode());
    }

    @Test
    void theMessageNamesMethodRoleAndWhatTheCallerHas() {
        Invoices invoices = application.getBean(Invoices.class);
        assertThatExceptionOfType(RoleRequiredException.class)
                .isThrownBy(() -> as("STAFF", invoices::own))
                .withMessageContaining("RequiresRoleTest$Invoices.own")
                .withMessageContaining("the role ADMIN")
                .withMessageContaining("is STAFF");
    }

    @Test
    void workOnNobodysBehalfHasNoRole() {
        Invoices invoices = application.getBean(Invoices.class);
        assertThatExceptionOfType(RoleRequiredException.class)
                .isThrownBy(() -> CurrentTenant.runAs(TestApplication.ACME, invoices::own))
                .withMessageContaining("nobody's behalf");
        assertThatExceptionOfType(RoleRequiredException.class)
                .isThrownBy(invoices::own)
                .withMessageContaining("no tenant is current");
        assertThatExceptionOfType(RoleRequiredException.class)
                .isThrownBy(() -> CurrentTenant.acrossTenants("a test", invoices::own));
    }

    @Test
    void theRoleIsAskedForBeforeATransactionBeginsOrAnythingElseHappens() {
        Invoices invoices = application.getBean(Invoices.class);
        AtomicInteger around = application.getBean(Around.class).calls;
        int before = around.get();
        assertThatExceptionOfType(RoleRequiredException.class).isThrownBy(() -> as("STAFF", invoices::own));
        assertThat(around).hasValue(before);
        as("ADMIN", invoices::own);
        assertThat(around).hasValue(before + 1);
        assertThat(((Advised) invoices).getAdvisors())
                .<Class<?>>extracting(Object::getClass)
                .containsSubsequence(
                        RoleAdvisor.class, Around.class, BeanFactoryTransactionAttributeSourceAdvisor.class);
    }

    @Test
    void aBeanThatNeedsNoRoleIsNotProxied() {
        assertThat(AopUtils.isAopProxy(application.getBean(Plain.class))).isFalse();
    }

    @Test
    void membershipsAreCachedUnlessSomebodyElseDoes() {
        assertThat(application.getBean(MembershipCache.class).find("bob", "acme"))
                .hasValueSatisfying(found -> assertThat(found.role()).isEqualTo("STAFF"));
    }

    private static HttpResponse<String> send(String method, String path, String user) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        "http://localhost:" + application.getEnvironment().getProperty("local.server.port") + path))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        method.equals("GET")
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString("{}"));
        if (user != null) {
            request.header(
                    "Authorization",
                    "Bearer " + application.getBean(TokenIssuer.class).issue(user, "acme"));
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    // ---- the application

    @Import({
        Handlers.class,
        RoomController.class,
        InheritedHandlers.class,
        Invoices.class,
        ExportService.class,
        Plain.class,
        Around.class
    })
    @EnableJpaRepositories(basePackageClasses = RequiresRoleTest.class, considerNestedRepositories = true)
    static class Beans {}

    @RestController
    @RequestMapping("/handlers")
    static class Handlers {

        private final Invoices invoices;

        Handlers(Invoices invoices) {
            this.invoices = invoices;
        }

        @GetMapping("/admins")
        @RequiresRole("ADMIN")
        public String admins() {
            return "welcome";
        }

        @GetMapping("/everybody")
        String everybody() {
            return "welcome";
        }

        @GetMapping("/open")
        @RequiresRole("STAFF")
        String open() {
            return "welcome";
        }

        @GetMapping("/through-service")
        String throughService() {
            invoices.own();
            return "done";
        }
    }

    static class BaseHandlers {

        @GetMapping
        String list() {
            return "welcome";
        }
    }

    @RestController
    @RequestMapping("/inherited")
    @RequiresRole("ADMIN")
    static class InheritedHandlers extends BaseHandlers {}

    record RoomDto(UUID id, String name) {}

    @RestController
    @RequestMapping("/rooms")
    @Crud(read = "STAFF")
    @RequiresRole("ADMIN")
    static class RoomController extends TenantReadController<TestApplication.Shelf, RoomDto> {}

    static class Base {

        public void inherited() {}
    }

    @Retention(RetentionPolicy.RUNTIME)
    @RequiresRole("")
    @interface Only {

        @AliasFor(annotation = RequiresRole.class, attribute = "value")
        String to();
    }

    @Service
    @RequiresRole("ADMIN")
    static class Invoices extends Base {

        @Transactional
        public void own() {}

        @RequiresRole("STAFF")
        public void lower() {}

        @RequiresRole("OWNER")
        public void higher() {}

        @Only(to = "OWNER")
        public void meta() {}

        void visibleInThePackage() {}

        @Override
        public String toString() {
            return "invoices";
        }
    }

    @RequiresRole("ADMIN")
    interface Exports {

        void exported();

        @RequiresRole("OWNER")
        default void byDefault() {}

        @RequiresRole("OWNER")
        void overridden();
    }

    @Service
    static class ExportService implements Exports {

        @Override
        public void exported() {}

        @Override
        @RequiresRole("STAFF")
        public void overridden() {}
    }

    @RequiresRole("ADMIN")
    interface Shelves extends Repository<TestApplication.Shelf, UUID> {

        long count();
    }

    /** Something that is done around a method, before its transaction. */
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static class Around extends NameMatchMethodPointcutAdvisor {

        private final transient AtomicInteger calls = new AtomicInteger();

        Around() {
            setMappedName("own");
            setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
            setAdvice((MethodBeforeAdvice) (method, arguments, target) -> calls.incrementAndGet());
        }
    }

    @Service
    static class Plain {

        public void anything() {}
    }
}
