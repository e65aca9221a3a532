package dev.tenancy.test.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.brokenshop.BrokenCustomers;
import dev.tenancy.cachedshop.CachedShop;
import dev.tenancy.shop.CustomerRepository;
import dev.tenancy.shop.InvoiceRepository;
import dev.tenancy.shop.Shop;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

class RepositoryPartTest {

    @Test
    void eachMethodOfAGoodApplicationIsProvenAndNothingIsLeft() {
        try (Attacked shop = new Attacked("repositories", Shop.class)) {
            Map<String, String> all = shop.all();

            assertThat(all.entrySet().stream().filter(one -> !one.getValue().isEmpty()))
                    .isEmpty();
            assertThat(all.keySet())
                    .contains(
                            "CustomerRepository, inherited: findById",
                            "CustomerRepository, inherited: save",
                            "CustomerRepository, inherited: findAll(Example)",
                            "CustomerRepository, inherited: update",
                            "CustomerRepository, query: findByName",
                            "CustomerRepository, query: streamByEmail",
                            "CustomerRepository, query: counted",
                            "CustomerRepository, custom: search",
                            "CustomerRepository, custom: greeting",
                            "InvoiceRepository, query: total",
                            "CountryRepository, query: customers",
                            "CountryRepository, custom: total")
                    .doesNotContain("CountryRepository, inherited: findAll", "CustomerRepository, inherited: flush");
            CurrentTenant.acrossTenants("what is left", () -> {
                assertThat(shop.context.getBean(CustomerRepository.class).count())
                        .isZero();
                assertThat(shop.context.getBean(InvoiceRepository.class).count())
                        .isZero();
            });
        }
    }

    @Test
    void eachLeakOfABrokenOneIsNamed() {
        try (Attacked shop = new Attacked("repositories", Broken.class)) {
            Map<String, String> found = shop.failures();

            assertThat(found)
                    .containsOnlyKeys(
                            "BrokenCustomers, query: names",
                            "BrokenCustomers, query: total",
                            "BrokenCustomers, query: rename",
                            "BrokenCustomers, query: nobody",
                            "BrokenCustomers, query: filtered",
                            "BrokenCustomers, custom: beside",
                            "BrokenCustomers, custom: remembered");
            assertThat(found.get("BrokenCustomers, query: names"))
                    .startsWith("leak: BrokenCustomers, query: names: another tenant got an answer that holds");
            assertThat(found.get("BrokenCustomers, query: total"))
                    .contains("another answer than without the owner's row");
            assertThat(found.get("BrokenCustomers, query: rename")).contains("another tenant changed rows");
            assertThat(found.get("BrokenCustomers, custom: beside"))
                    .startsWith("leak: ")
                    .contains("guarded data source");
            assertThat(found.get("BrokenCustomers, query: nobody"))
                    .startsWith("not proven: ")
                    .contains("not even its owner", "arguments()", "\"BrokenCustomers.nobody\"");
            assertThat(found.get("BrokenCustomers, query: filtered"))
                    .contains("no value is known for filter", "\"BrokenCustomers.filtered\"");
        }
    }

    @Test
    void whatACacheKeepsDoesNotStandForTheMethod() {
        try (Attacked shop = new Attacked("repositories", CachedShop.class)) {
            assertThat(shop.all())
                    .containsEntry("Customers, query: findByEmail", "")
                    .containsEntry("Customers, query: countByEmailNotNull", "");
        }
    }

    @Test
    void argumentsAreGiven() {
        try (Attacked shop = new Attacked("repositories", Broken.class)) {
            BrokenCustomers customers = shop.context.getBean(BrokenCustomers.class);
            BrokenCustomers.Filter filter = () -> customers.all().get(0).getName();

            assertThat(shop.given(Map.of(
                                    "BrokenCustomers.filtered", () -> new Object[] {fixed(filter)},
                                    "BrokenCustomers.gone", () -> new Object[0]))
                            .failures())
                    .doesNotContainKey("BrokenCustomers, query: filtered")
                    .hasEntrySatisfying(
                            "arguments(), each is of a method",
                            message -> assertThat(message)
                                    .contains("\"BrokenCustomers.gone\"")
                                    .doesNotContain("BrokenCustomers.filtered"));
        }
    }

    private static BrokenCustomers.Filter fixed(BrokenCustomers.Filter filter) {
        String text = filter.text();
        return () -> text;
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EntityScan(basePackageClasses = Shop.class)
    @EnableJpaRepositories(basePackageClasses = BrokenCustomers.class, considerNestedRepositories = true)
    static class Broken {}
}
