package dev.tenancy.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.tenancy.NoTenantException;
import dev.tenancy.UnprovenStatementException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.jdbc.Sql;
import org.springframework.test.context.jdbc.Sql.ExecutionPhase;

/** Scripts in tests that fail by them. */
class RefusedScriptsTest {

    @Test
    void aScriptIsHeldToItsTenant() {
        assertThat(failure("ofAnother")).hasRootCauseInstanceOf(UnprovenStatementException.class);
    }

    @Test
    void withoutATenantSqlOnOwnedRowsIsRefused() {
        assertThat(failure("withSql")).hasRootCauseInstanceOf(NoTenantException.class);
    }

    @Test
    void oneScriptWithRowsOfTwoTenantsIsRefused() {
        assertThat(failure("withSqlOfTwo")).hasRootCauseInstanceOf(UnprovenStatementException.class);
    }

    @Test
    void whatCannotRunIsRefusedInWords() {
        for (String method : List.of("nothing", "phaseOfAClass", "noId")) {
            assertThat(failure(method))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("@TenantSql(tenant = \"");
        }
    }

    private static Throwable failure(String method) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(Wrong.class, method))
                .execute()
                .testEvents()
                .failed()
                .stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .map(result -> result.getThrowable().orElseThrow())
                .findFirst()
                .orElseThrow();
    }

    @DataJpaTest(properties = "spring.jpa.hibernate.ddl-auto=create-drop")
    @ContextConfiguration(classes = SpringTestsTest.Application.class)
    static class Wrong {

        @TenantSql(tenant = WithTenantTest.ACME, statements = TenantSqlTest.OF_GLOBEX)
        @Test
        void ofAnother() {}

        @Sql(statements = TenantSqlTest.OF_ACME)
        @Test
        void withSql() {}

        @WithTenant(WithTenantTest.ACME)
        @Sql(statements = {TenantSqlTest.OF_ACME, TenantSqlTest.OF_GLOBEX})
        @Test
        void withSqlOfTwo() {}

        @TenantSql(tenant = WithTenantTest.ACME)
        @Test
        void nothing() {}

        @TenantSql(
                tenant = WithTenantTest.ACME,
                statements = TenantSqlTest.OF_ACME,
                executionPhase = ExecutionPhase.BEFORE_TEST_CLASS)
        @Test
        void phaseOfAClass() {}

        @TenantSql(tenant = "acme", statements = TenantSqlTest.OF_ACME)
        @Test
        void noId() {}
    }
}
