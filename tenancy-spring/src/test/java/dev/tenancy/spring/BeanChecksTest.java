package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.Memberships;
import dev.tenancy.Roles;
import dev.tenancy.TenancySetupException;
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
