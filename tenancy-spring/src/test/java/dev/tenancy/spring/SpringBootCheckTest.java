package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tenancy.TenancySetupException;
import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Spring Boot 3 itself starts an application, which is refused in words. */
class SpringBootCheckTest {

    /** The application. */
    public static final class Application {}

    @Test
    void springBoot3IsRefusedFirstOfAll() throws Exception {
        try (URLClassLoader classPath = withSpringBoot3()) {
            ClassLoader before = Thread.currentThread().getContextClassLoader();
            Thread.currentThread().setContextClassLoader(classPath);
            try {
                Method run = classPath
                        .loadClass("org.springframework.boot.SpringApplication")
                        .getMethod("run", Class.class, String[].class);
                Class<?> application = classPath.loadClass(Application.class.getName());
                Throwable refused = catchThrowable(() -> run.invoke(null, application, new String[0]));
                assertThat(refused.getCause().getClass().getName()).isEqualTo(TenancySetupException.class.getName());
                assertThat(refused.getCause())
                        .hasMessageContainingAll("Spring Boot 3.5.7 is too old", "Use Spring Boot 4.0.1 or later");
            } finally {
                Thread.currentThread().setContextClassLoader(before);
            }
        }
    }

    // The library and this class, over Spring Boot 3 in place of the tests' own.
    private static URLClassLoader withSpringBoot3() throws Exception {
        List<URL> classPath = new ArrayList<>();
        try (Stream<Path> jars = Files.list(Path.of("target/refused"))) {
            for (Path jar : jars.toList()) {
                classPath.add(jar.toUri().toURL());
            }
        }
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("spring-") && !entry.contains("micrometer-") || entry.contains("tenancy-")) {
                classPath.add(Path.of(entry).toUri().toURL());
            }
        }
        return new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }
}
