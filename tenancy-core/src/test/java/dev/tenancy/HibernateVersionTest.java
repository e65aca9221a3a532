package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An unsupported Hibernate is refused in words, and first of all. */
class HibernateVersionTest {

    @ParameterizedTest
    @CsvSource({
        "6.6.33.Final, TENANCY-301, Hibernate 6.6.33.Final has none of the places",
        "7.1.8.Final, TENANCY-301, Hibernate 7.1.8.Final does not let its own tenant filter be replaced",
        "8.0.0.Beta1, TENANCY-302, Hibernate 8.0.0.Beta1 is not supported yet"
    })
    void itIsNamedBeforeAnythingOfItIsTouched(String version, String id, String problem) throws Exception {
        try (URLClassLoader application = applicationOn(version)) {
            Object isolation = application
                    .loadClass("dev.tenancy.TenantIsolation")
                    .getConstructor()
                    .newInstance();
            assertThatCode(() -> isolation.getClass().getMethods()).doesNotThrowAnyException();
            Throwable refused = catchThrowable(
                    () -> isolation.getClass().getMethod("applyTo", Map.class).invoke(null, new HashMap<>()));
            assertThat(refused.getCause())
                    .hasMessageContainingAll(id + ": " + problem, "Use hibernate-core 7.2 or a later 7.x");
            assertThat(refused.getCause().getClass().getName()).isEqualTo(TenancySetupException.class.getName());
        }
    }

    // The tests' own class path, with another Hibernate in place of theirs.
    private static URLClassLoader applicationOn(String version) throws Exception {
        List<URL> classPath = new ArrayList<>();
        classPath.add(Path.of("target/refused/hibernate-core-" + version + ".jar")
                .toUri()
                .toURL());
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("hibernate-")) {
                classPath.add(Path.of(entry).toUri().toURL());
            }
        }
        return new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.1.99.Final", "7.0.0.Final", "6.6.50.Final", "5.6.15.Final", "[WORKING]", "7.4"})
    void oneThatIsTooOldOrDoesNotTellItsVersionIsFound(String version) {
        assertThat(HibernateVersion.examine(version, "4.0.0")).singleElement().satisfies(one -> {
            assertThat(one.id()).isEqualTo(Fault.HIBERNATE_TOO_OLD.id());
            assertThat(one.subject()).isEqualTo("Hibernate " + version + " (with Spring Boot 4.0.0)");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.0.0.Final", "8.1.3", "10.0.0.Beta1"})
    void oneThatHasPoliciesOfItsOwnIsFound(String version) {
        assertThat(HibernateVersion.examine(version, null))
                .extracting(Finding::id, Finding::subject)
                .containsExactly(tuple(Fault.HIBERNATE_TOO_NEW.id(), "Hibernate " + version));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.2.0.Final", "7.3.13.Final", "7.4.15.Final", "7.10.1.CR1"})
    void oneThatTheIsolationHoldsOnIsFine(String version) {
        assertThat(HibernateVersion.examine(version, null)).isEmpty();
    }

    @Test
    void theOneOfTheseTestsIsFine() {
        assertThat(HibernateVersion.examine(Version.getVersionString(), null)).isEmpty();
    }
}
