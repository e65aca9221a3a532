package compatibility;

import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.spring.task.ActiveTenants;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** One application that uses many other libraries at once. Alice works for Acme, Carol for Globex. */
@SpringBootApplication
public class CompatibilityApplication {

    static final UUID ACME = new UUID(1, 1);
    static final UUID GLOBEX = new UUID(2, 2);

    public static void main(String[] arguments) {
        SpringApplication.run(CompatibilityApplication.class, arguments);
    }

    @Bean
    Memberships memberships() {
        Map<String, UUID> members = Map.of("alice", ACME, "carol", GLOBEX);
        return (user, tenant) -> Optional.ofNullable(members.get(user))
                .filter(company -> company.toString().equals(tenant))
                .map(company -> new Membership(company, "OWNER"));
    }

    @Bean
    ActiveTenants activeTenants() {
        return () -> List.of(ACME, GLOBEX);
    }
}
