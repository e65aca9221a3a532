package dev.tenancy.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.brokenqueries.Payments;
import dev.tenancy.shop.Shop;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

class QueryPartTest {

    @Test
    void ofAGoodApplicationEachTextIsProven() {
        try (Attacked shop = new Attacked("queries", Shop.class)) {
            assertThat(shop.all())
                    .containsEntry("CustomerRepository, native: counted", "")
                    .allSatisfy((path, failure) -> assertThat(failure).as(path).isEmpty());
        }
    }

    @Test
    void whatWillBeRefusedIsNamedBeforeItRuns() {
        try (Attacked shop = new Attacked("queries", Broken.class)) {
            Map<String, String> all = shop.all();

            assertThat(all)
                    .containsEntry("Payments, native: paged", "")
                    .containsEntry("Payments, native: total", "")
                    .containsEntry("named native queries, named: Payment.mine", "");
            assertThat(all.get("Payments, native: noted"))
                    .startsWith("not proven: Payments, native: noted: its SQL will be refused when it runs. "
                            + "A statement on the tenant-owned entity")
                    .contains("tenant_id");
            assertThat(all.get("Payments, native: paged (count query)")).contains("will be refused");
            assertThat(all.get("named native queries, named: Payment.all")).contains("will be refused");
            assertThat(all.get("named native queries, named: Payment.wrong")).contains("could not be prepared");
            assertThat(all.get("Means, custom SQL: delete from means")).contains("will be refused");
            assertThat(shop.evidence("Payments, native: total")).contains("because it counts only");
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EntityScan(basePackageClasses = Payments.class)
    @EnableJpaRepositories(basePackageClasses = Payments.class)
    static class Broken {}
}
