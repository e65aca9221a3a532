package dev.tenancy.business;

import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.test.isolation.ApplicationIsolationTests;
import dev.tenancy.test.isolation.Standing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/** How long an application of fifteen entities is attacked; run by its name alone, since it takes its time. */
@SpringBootTest(
        classes = Business.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:business",
            "spring.jpa.hibernate.ddl-auto=create-drop",
            "spring.jpa.properties.hibernate.cache.use_second_level_cache=false",
            "logging.level.root=error",
            "tenancy.jwt.secret=0123456789abcdef0123456789abcdef",
            "tenancy.jwt.issuer=test",
            "tenancy.jwt.audience=test"
        })
class BusinessIsolation extends ApplicationIsolationTests {

    @Autowired
    private TokenIssuer tokens;

    @Autowired
    private Customers customers;

    @Autowired
    private Companies companies;

    @AfterAll
    static void tellWhatItTook() {
        System.out.println("CPU of the process: "
                + ProcessHandle.current().info().totalCpuDuration().orElseThrow());
    }

    @Override
    protected List<?> tenants(Class<?> type) {
        List<UUID> made = List.of(UUID.randomUUID(), UUID.randomUUID());
        made.forEach(id -> companies.save(new Company(id)));
        return made;
    }

    @Override
    protected Map<String, String> signIn(Object tenant, Standing standing) {
        String user = switch (standing) {
            case MEMBER -> "member of " + tenant;
            case FORMER_MEMBER -> "member of none";
            case STRANGER -> "member of " + UUID.randomUUID();
        };
        return Map.of("Authorization", "Bearer " + tokens.issue(user, tenant.toString()));
    }

    @Override
    protected Map<String, Function<Object, ?>> values() {
        Map<String, Function<Object, ?>> values = new HashMap<>();
        values.put("GET /api/time-entries from", tenant -> "1900-01-01");
        values.put("GET /api/time-entries to", tenant -> "2999-12-31");
        values.put("Invoice.paidOn", tenant -> null);
        return values;
    }

    /** Collections of rows that are made up are empty. */
    @Override
    protected Map<String, Supplier<Object[]>> arguments() {
        return Map.of("Customers.tagged", () -> {
            Customer tagged = new Customer();
            tagged.number = UUID.randomUUID().toString().substring(0, 20);
            tagged.name = "a customer with a tag";
            tagged.tags = Set.of("regular");
            customers.save(tagged);
            return new Object[] {tagged.tags};
        });
    }
}
