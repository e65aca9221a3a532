package dev.tenancy.test.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenancy.brokenqueries.Payment;
import dev.tenancy.brokenqueries.Payments;
import dev.tenancy.shop.Shop;
import java.util.Map;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.spi.SessionFactoryImplementor;
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

    @Test
    void aGuardThatJudgesNothingProvesNothing() {
        Configuration configuration = new Configuration().addAnnotatedClass(Payment.class);
        configuration.setProperty("hibernate.connection.url", "jdbc:h2:mem:" + UUID.randomUUID());
        configuration.setProperty("hibernate.hbm2ddl.auto", "create-drop");
        configuration.getProperties().put("hibernate.tenant_identifier_resolver", new NoTenants());
        try (SessionFactory plain = configuration.buildSessionFactory()) {
            OwnedMapping mapping = new OwnedMapping(plain.unwrap(SessionFactoryImplementor.class));
            UUID other = UUID.randomUUID();
            Tenants tenants = new Tenants(UUID.randomUUID(), other, other);
            StatementJudge judge = new StatementJudge(
                    mapping, new SampleRows(mapping, Map.of(), new GivenValues(Map.of()), "test"), tenants);

            assertThatThrownBy(() -> judge.judge(new QueryPart.Text("Payments", "good", "select 1")))
                    .hasMessageStartingWith("leak: a query of all rows of Payment is not refused");
        }
    }

    private static final class NoTenants implements CurrentTenantIdentifierResolver<UUID> {

        @Override
        public UUID resolveCurrentTenantIdentifier() {
            return new UUID(0, 0);
        }

        @Override
        public boolean validateExistingCurrentSessions() {
            return false;
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EntityScan(basePackageClasses = Payments.class)
    @EnableJpaRepositories(basePackageClasses = Payments.class)
    static class Broken {}
}
