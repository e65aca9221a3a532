package dev.tenancy.test.isolation;

import dev.tenancy.test.SpringTestsTest;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.test.context.ContextConfiguration;

/** As an application with Spring has it: JUnit runs each path, and Spring injects the session factory. */
@DataJpaTest(
        properties = {
            "spring.jpa.hibernate.ddl-auto=create-drop",
            "spring.jpa.properties.hibernate.cache.use_second_level_cache=false"
        })
@ContextConfiguration(classes = SpringTestsTest.Application.class)
class DataIsolationTest extends EntityIsolationTests {

    @Override
    protected Map<Class<?>, Supplier<?>> rows() {
        return Map.of(
                EntityIsolationTestsTest.Secret.class,
                EntityIsolationTestsTest.Secret::withKey,
                EntityIsolationTestsTest.Hidden.class,
                EntityIsolationTestsTest.Hidden::shown);
    }

    @Override
    protected Map<String, Function<Object, ?>> values() {
        return Map.of("Checked.telephone", tenant -> "0123456789");
    }

    @Override
    protected Map<String, String> notProven() {
        return Map.of(
                "Kept, merge", "its rows refuse to be changed, on purpose",
                "Kept, stateless update", "its rows refuse to be changed, on purpose");
    }
}
