package dev.tenancy.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.slf4j.MDC;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

/** Test classes that leave a tenant behind, and others that do not. */
class NoTenantLeftTest {

    private static final UUID ACME = UUID.fromString(WithTenantTest.ACME);
    private static final String DETECTION = "junit.jupiter.extensions.autodetection.enabled";

    @Test
    void aTestThatLeavesATenantFailsAndNoOtherDoes() {
        Map<String, Throwable> failures = failures(Leaving.class, false);

        assertThat(failures).containsOnlyKeys("aLeaves()", "cLeavesAnotherInside()");
        assertThat(failures.get("aLeaves()"))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith(
                        Leaving.class.getName() + ".aLeaves left tenant " + ACME + " current on the thread ")
                .hasMessageContaining("try-with-resources")
                .hasMessageContaining("@WithTenant");
        assertThat(CurrentTenant.find()).isEmpty();
        assertThat(MDC.get(CurrentTenant.MDC_KEY)).isNull();
    }

    @Test
    void itIsFoundByJUnitWhereDetectionIsOn() {
        assertThat(failures(Plain.class, true)).containsOnlyKeys("leaves()");
    }

    @Test
    void withoutItTheTenantStays() {
        assertThat(failures(Plain.class, false)).isEmpty();
        assertThat(CurrentTenant.find()).isPresent();
        assertThat(failures(Poisoned.class, true))
                .as("what was current before is not this test's doing")
                .isEmpty();

        // What the class before has left is closed as the extension does it.
        assertThat(failures(Clearing.class, false)).containsOnlyKeys("leaves()");
        assertThat(CurrentTenant.find()).isEmpty();
    }

    @Test
    void aClassThatLeavesATenantFails() {
        Map<String, Throwable> failures = failures(LeavingClass.class, true);

        assertThat(failures).containsOnlyKeys("NoTenantLeftTest$LeavingClass");
        assertThat(failures.get("NoTenantLeftTest$LeavingClass"))
                .hasMessageStartingWith(LeavingClass.class.getName() + " left tenant " + ACME);
        assertThat(CurrentTenant.find()).isEmpty();
    }

    @Test
    void whatIsClosedInTimeIsNotLeft() {
        assertThat(failures(Honest.class, true)).isEmpty();
        assertThat(failures(HonestInSpring.class, true)).isEmpty();
    }

    private static Map<String, Throwable> failures(Class<?> test, boolean detection) {
        Map<String, Throwable> failures = new TreeMap<>();
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(test))
                .configurationParameter(DETECTION, String.valueOf(detection))
                .execute()
                .allEvents()
                .failed()
                .stream()
                .forEach(event -> failures.put(
                        event.getTestDescriptor().getDisplayName(),
                        event.getRequiredPayload(TestExecutionResult.class)
                                .getThrowable()
                                .orElseThrow()));
        return failures;
    }

    private static CurrentTenant.Scope enter(UUID tenant) {
        return CurrentTenant.enter(TenantPrincipal.system(tenant));
    }

    @NoTenantLeft
    @TestMethodOrder(MethodOrderer.MethodName.class)
    static class Leaving {

        @Test
        void aLeaves() {
            enter(ACME);
        }

        @Test
        void bDoesNotFindIt() {
            assertThat(CurrentTenant.find()).isEmpty();
        }

        @Test
        @WithTenant(WithTenantTest.ACME)
        void cLeavesAnotherInside() {
            enter(UUID.randomUUID());
        }

        @Test
        void dDoesNotFindItEither() {
            assertThat(CurrentTenant.find()).isEmpty();
        }
    }

    static class Plain {

        @Test
        void leaves() {
            enter(ACME);
        }
    }

    static class Poisoned {

        @Test
        void isHonest() {}
    }

    @NoTenantLeft
    static class Clearing {

        @Test
        void leaves() {
            enter(UUID.randomUUID());
        }
    }

    static class LeavingClass {

        @BeforeAll
        static void enters() {
            enter(ACME);
        }

        @Test
        void isHonest() {}
    }

    @WithTenant(WithTenantTest.ACME)
    @NoTenantLeft
    static class Honest {

        private static CurrentTenant.Scope ofClass;
        private CurrentTenant.Scope ofTest;

        @BeforeAll
        static void enterForAll() {
            ofClass = enter(ACME);
        }

        @AfterAll
        static void leaveForAll() {
            ofClass.close();
        }

        @BeforeEach
        void enterForEach() {
            ofTest = enter(UUID.randomUUID());
        }

        @AfterEach
        void leaveForEach() {
            ofTest.close();
        }

        @Test
        void works() {
            CurrentTenant.runAs(UUID.randomUUID(), () -> {});
        }

        @Nested
        class Inside {

            @Test
            void works() {}
        }
    }

    @NoTenantLeft
    @SpringJUnitConfig
    @ContextConfiguration(classes = HonestInSpring.class)
    @WithTenant(WithTenantTest.ACME)
    static class HonestInSpring {

        @Test
        void works() {
            assertThat(CurrentTenant.find()).isPresent();
        }
    }
}
