package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.Memberships;
import dev.tenancy.Roles;
import dev.tenancy.TenancySetupException;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.PriorityOrdered;
import org.springframework.security.access.annotation.Secured;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PostFilter;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.access.prepost.PreFilter;

/** Annotations that promise what would not be kept, and with which no application starts. */
class BeanChecksTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TenancyMembershipAutoConfiguration.class))
            .withBean(Roles.class, () -> Roles.parse("OWNER > ADMIN > STAFF"));

    private void refused(ApplicationContextRunner application, String... parts) {
        application.run(context -> assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
                .isInstanceOf(TenancySetupException.class)
                .hasMessageContainingAll(parts));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                PrivateMethod.class,
                StaticMethod.class,
                FinalMethod.class,
                FinalMethodOfAnnotatedClass.class,
                FinalMethodOfSuperclass.class
            })
    void aMethodThatNoProxyCouldHoldIsRefused(Class<?> type) {
        refused(runner.withBean(type), type.getName(), "its method held is", "that a subclass could override");
    }

    @Test
    void aClassThatNoProxyCouldExtendIsRefused() {
        refused(runner.withBean(FinalClass.class), FinalClass.class.getName(), "it is final");
        refused(runner.withBean(ARecord.class), ARecord.class.getName(), "it is a record");
    }

    @Test
    void aRoleThatDoesNotExistIsRefusedWithAllOtherFaults() {
        refused(
                runner.withBean(UnknownRole.class),
                "the role BOSS is not in tenancy.roles (OWNER > ADMIN > STAFF)",
                "the role  is not in",
                "its method held is private");
    }

    @ParameterizedTest
    @ValueSource(classes = {LazyBeans.class, ManyBeans.class})
    void beansThatAreMadeLaterAreLookedAtAtTheStart(Class<?> beans) {
        refused(runner.withUserConfiguration(beans), UnknownRole.class.getName(), "BOSS");
    }

    @Test
    void aBeanThatWasMadeTooEarlyForAProxyIsRefused() {
        refused(runner.withUserConfiguration(TooEarly.class), Service.class.getName(), "is not behind a proxy");
    }

    @Test
    void aBeanThatWasRegisteredAsAnInstanceIsRefused() {
        refused(
                runner.withInitializer(context -> context.getBeanFactory().registerSingleton("own", new Service())),
                Service.class.getName(),
                "own is not behind a proxy");
    }

    @Test
    void aMembershipCacheThatKeepsForTooLongIsRefused() {
        refused(
                runner.withBean(Memberships.class, () -> (user, tenant) -> Optional.empty())
                        .withPropertyValues("tenancy.membership-cache=61s"),
                "tenancy.membership-cache is PT1M1S",
                "at most 1m");
    }

    @Test
    void rolesNeedNoSpringSecurity() {
        runner.withBean(Service.class)
                .withClassLoader(new FilteredClassLoader("org.springframework.security", "dev.tenancy.jwt"))
                .run(context -> assertThat(context.getBean(Service.class)).satisfies(service -> {
                    Supplier<Object> call = service::held;
                    assertThatExceptionOfType(RoleRequiredException.class).isThrownBy(call::get);
                }));
    }

    // ---- CRUD controllers

    @ParameterizedTest
    @ValueSource(
            classes = {
                WithPreAuthorize.class,
                WithPostAuthorize.class,
                WithPreFilter.class,
                WithPostFilter.class,
                WithSecured.class,
                WithRolesAllowed.class,
                WithPermitAll.class,
                WithDenyAll.class,
                WithInherited.class,
                WithInterface.class,
                WithMeta.class
            })
    void anAnnotationThatDoesNotReachInheritedMethodsIsRefusedOnACrudController(Class<?> controller) {
        refused(
                runner.withBean(controller),
                controller.getName(),
                "on the class does not reach the methods that it inherits",
                "@Crud");
    }

    @Test
    void aFinalMethodOfACrudControllerIsRefused() {
        refused(runner.withBean(WithFinal.class), WithFinal.class.getName(), "its method get is final");
    }

    @Test
    void suchAnnotationsAreFineOnMethodsAndOnOtherClasses() {
        runner.withBean(WithOwnMethod.class)
                .withBean(NoCrud.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    static class Controller extends TenantReadController<TestApplication.Shelf, TestApplication.ShelfDto> {

        // There is no database here.
        @Override
        void assemble(CrudEngine.Factory factory) {}
    }

    @PreAuthorize("denyAll")
    static class WithPreAuthorize extends Controller {}

    @PostAuthorize("denyAll")
    static class WithPostAuthorize extends Controller {}

    @PreFilter("false")
    static class WithPreFilter extends Controller {}

    @PostFilter("false")
    static class WithPostFilter extends Controller {}

    @Secured("OWNER")
    static class WithSecured extends Controller {}

    @RolesAllowed("OWNER")
    static class WithRolesAllowed extends Controller {}

    @PermitAll
    static class WithPermitAll extends Controller {}

    @DenyAll
    static class WithDenyAll extends Controller {}

    static class WithInherited extends WithDenyAll {}

    @PreAuthorize("denyAll")
    interface Guarded {}

    static class WithInterface extends Controller implements Guarded {}

    @Retention(RetentionPolicy.RUNTIME)
    @PreAuthorize("denyAll")
    @interface OwnersOnly {}

    @OwnersOnly
    static class WithMeta extends Controller {}

    static class WithFinal extends Controller {

        @Override
        public final org.springframework.http.ResponseEntity<TestApplication.ShelfDto> get(String id) {
            return super.get(id);
        }
    }

    static class WithOwnMethod extends Controller {

        @PreAuthorize("denyAll")
        void own() {}
    }

    @PreAuthorize("denyAll")
    static class NoCrud {}

    // ---- beans with @RequiresRole

    public static class Service {

        @RequiresRole("ADMIN")
        public Object held() {
            return "held";
        }
    }

    static class PrivateMethod {

        @RequiresRole("ADMIN")
        private void held() {}
    }

    static class StaticMethod {

        @RequiresRole("ADMIN")
        static void held() {}
    }

    static class FinalMethod {

        @RequiresRole("ADMIN")
        public final void held() {}
    }

    @RequiresRole("ADMIN")
    static class FinalMethodOfAnnotatedClass {

        public final void held() {}
    }

    @RequiresRole("ADMIN")
    static class FinalMethodOfSuperclass extends Unannotated {}

    static class Unannotated {

        public final void held() {}
    }

    static final class FinalClass {

        @RequiresRole("ADMIN")
        public void held() {}
    }

    @RequiresRole("ADMIN")
    record ARecord() {}

    @RequiresRole("BOSS")
    static class UnknownRole {

        @RequiresRole("")
        private void held() {}
    }

    static class LazyBeans {

        @Bean
        @Lazy
        UnknownRole later() {
            return new UnknownRole();
        }
    }

    static class ManyBeans {

        @Bean
        @Scope("prototype")
        UnknownRole each() {
            return new UnknownRole();
        }
    }

    static class TooEarly {

        @Bean
        static Service early() {
            return new Service();
        }

        @Bean
        static First needsIt(Service early) {
            return new First(early);
        }
    }

    record First(Service needed) implements BeanPostProcessor, PriorityOrdered {

        @Override
        public int getOrder() {
            return 0;
        }
    }
}
