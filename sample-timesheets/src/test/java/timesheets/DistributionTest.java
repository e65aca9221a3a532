package timesheets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.TenantIsolation;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.ClassPathResource;

/** The tables of the sample over several nodes. That it runs there is seen on a cluster, as docs/scaling.md lists. */
class DistributionTest extends TimesheetsTest {

    @Autowired
    private EntityManagerFactory factory;

    @Test
    void theMigrationIsWhatTheLibraryPrints() throws Exception {
        String migration = new ClassPathResource("db/citus/V1_1__distribution.sql").getContentAsString(UTF_8);
        assertThat(migration.replaceAll("(?m)^--.*$", "").strip().split(";\\s*"))
                .containsExactlyElementsOf(TenantIsolation.distribution(factory));
    }
}
