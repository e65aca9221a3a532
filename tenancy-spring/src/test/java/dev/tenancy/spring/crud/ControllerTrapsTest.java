package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenancy.TenancySetupException;
import dev.tenancy.spring.TestApplication;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.security.access.annotation.Secured;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PostFilter;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.access.prepost.PreFilter;

/** Controllers that would be less protected than they look, and with which no application starts. */
class ControllerTrapsTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Traps.class);

    private void refused(ApplicationContextRunner application, String... parts) {
        application.run(context -> assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
                .isInstanceOf(TenancySetupException.class)
                .hasMessageContainingAll(parts));
    }

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

    @Test
    void aControllerThatIsMadeLaterIsLookedAtAtTheStart() {
        refused(
                runner.withBean(WithDenyAll.class, WithDenyAll::new, definition -> definition.setLazyInit(true)),
                WithDenyAll.class.getName());
    }

    @Test
    void aControllerThatIsMadeByHandIsLookedAtThen() {
        assertThatThrownBy(() -> new ByHand().assemble(null))
                .isInstanceOf(TenancySetupException.class)
                .hasMessageContaining("@DenyAll");
    }

    @Configuration(proxyBeanMethods = false)
    static class Traps {

        @Bean
        static ControllerTraps traps(ConfigurableListableBeanFactory beans) {
            return new ControllerTraps(beans, TenantReadController.class);
        }
    }

    @DenyAll
    static class ByHand extends TenantReadController<TestApplication.Shelf, TestApplication.ShelfDto> {}

    static class Controller extends TenantReadController<TestApplication.Shelf, TestApplication.ShelfDto> {

        // There is no database here.
        @Override
        void assemble(BeanFactory beans) {}
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
        public final TestApplication.@Nullable ShelfDto get(
                String id, HttpServletRequest request, HttpServletResponse response) {
            return super.get(id, request, response);
        }
    }

    static class WithOwnMethod extends Controller {

        @PreAuthorize("denyAll")
        void own() {}
    }

    @PreAuthorize("denyAll")
    static class NoCrud {}
}
