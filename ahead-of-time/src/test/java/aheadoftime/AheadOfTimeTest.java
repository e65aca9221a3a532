package aheadoftime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample with the classes that were made of it ahead of time, each run in a virtual machine of its own. */
class AheadOfTimeTest {

    @TempDir
    private Path folder;

    @Test
    void tenantsAndRolesAreHeldAsWithoutIt() throws Exception {
        try (RunningSample sample = start()) {
            String address = sample.address();
            assertThat(sample.output()).contains("Starting AOT-processed TimesheetsApplication");
            String acme = sample.login(address, "owner@acme.test");
            String globex = sample.login(address, "owner@globex.test");
            String staff = sample.login(address, "staff@acme.test");

            String customer = RunningSample.id(sample.get(address + "/api/customers", acme));
            assertThat(sample.get(address + "/api/customers/" + customer, acme).statusCode())
                    .isEqualTo(200);
            assertThat(sample.get(address + "/api/customers/" + customer, globex)
                            .statusCode())
                    .isEqualTo(404);
            assertThat(sample.get(address + "/api/customers", null).statusCode())
                    .isEqualTo(401);
            assertThat(sample.post(address + "/api/customers", acme, "{\"name\": \"New\"}")
                            .statusCode())
                    .isEqualTo(201);
            assertThat(sample.post(address + "/api/customers", staff, "{\"name\": \"Newer\"}")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(sample.get(address + "/v3/api-docs", null).body()).contains("/api/customers/{id}");
        }
    }

    @Test
    void aSecretWhosePlaceholderHasNoValueIsRefusedByALazyStartToo() throws Exception {
        try (RunningSample sample = start(
                "--spring.main.lazy-initialization=true",
                "--tenancy.jwt.secret=${A_VARIABLE_WITH_A_NAME_OF_MORE_THAN_32_BYTES}")) {
            assertThat(sample.exit()).isNotZero();
            assertThat(sample.output())
                    .contains("Could not resolve placeholder 'A_VARIABLE_WITH_A_NAME_OF_MORE_THAN_32_BYTES'");
        }
    }

    private RunningSample start(String... arguments) throws IOException {
        return new RunningSample(
                folder.resolve("log"),
                System.getProperty("java.class.path"),
                List.of("-Dspring.aot.enabled=true"),
                arguments);
    }
}
