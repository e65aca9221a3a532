package compatibility;

import dev.tenancy.CurrentTenant;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.test.isolation.ApplicationIsolationTests;
import dev.tenancy.test.isolation.Standing;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.springframework.beans.factory.annotation.Autowired;

/** The application with all its libraries, attacked as a whole. */
class IsolationTest extends Compatibility {

    @Nested
    class Isolation extends ApplicationIsolationTests {

        @Autowired
        private TokenIssuer tokens;

        @Autowired
        private Notes notes;

        @Autowired
        private Folders folders;

        /** Without the rows of the other tests, which keep some from being deleted. */
        @Override
        protected List<?> tenants(Class<?> type) {
            List<UUID> tenants = List.of(CompatibilityApplication.ACME, CompatibilityApplication.GLOBEX);
            for (UUID tenant : tenants) {
                CurrentTenant.runAs(tenant, () -> {
                    notes.deleteAll();
                    folders.deleteAll();
                });
            }
            return tenants;
        }

        @Override
        protected Map<String, String> signIn(Object tenant, Standing standing) {
            boolean acme = tenant.equals(CompatibilityApplication.ACME);
            String user = switch (standing) {
                case MEMBER -> acme ? "alice" : "carol";
                case FORMER_MEMBER -> "nobody";
                case STRANGER -> acme ? "carol" : "alice";
            };
            return Map.of("Authorization", "Bearer " + tokens.issue(user, tenant.toString()));
        }

        @Override
        protected Map<String, String> notProven() {
            String search = "Hibernate Search refuses stateless sessions";
            return Map.of(
                    "Note, stateless update",
                    search,
                    "Note, stateless delete",
                    search,
                    "Notes, query: nativeOfAll",
                    "it has no tenant, and is there to be refused",
                    "Notes, native: nativeOfAll",
                    "it has no tenant, and is there to be refused",
                    "Spring Data REST",
                    "SpringDataRestTest",
                    "functional endpoints",
                    "Spring for GraphQL has one: SpringGraphQlTest");
        }
    }
}
