package timesheets;

import static dev.tenancy.test.TenantAssertions.assertThatTenant;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.test.NoTenantLeft;
import dev.tenancy.test.TenantSql;
import dev.tenancy.test.WithTenant;
import jakarta.persistence.EntityManager;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.jdbc.Sql;
import org.springframework.transaction.annotation.Transactional;
import timesheets.customers.Customer;

/** Below HTTP, in a transaction that is rolled back: two companies, a customer of each, and a third that the test stores. */
@NoTenantLeft
@Transactional
@WithTenant(RowsOfTwoCompaniesTest.HOOLI)
@Sql(
        statements = "insert into company (id, slug, name, status) values ('" + RowsOfTwoCompaniesTest.HOOLI
                + "', 'hooli', 'Hooli', 'ACTIVE'), ('" + RowsOfTwoCompaniesTest.INITECH
                + "', 'initech', 'Initech', 'ACTIVE')")
@TenantSql(
        tenant = RowsOfTwoCompaniesTest.HOOLI,
        statements = "insert into customer (id, tenant_id, version, name) values ('" + RowsOfTwoCompaniesTest.ID
                + "', '" + RowsOfTwoCompaniesTest.HOOLI + "', 0, 'of Hooli')")
@TenantSql(
        tenant = RowsOfTwoCompaniesTest.INITECH,
        statements = "insert into customer (id, tenant_id, version, name) values ('" + RowsOfTwoCompaniesTest.ID
                + "', '" + RowsOfTwoCompaniesTest.INITECH + "', 0, 'of Initech')")
class RowsOfTwoCompaniesTest extends TimesheetsTest {

    static final String HOOLI = "01900000-0000-7000-8000-00000000000a";
    static final String INITECH = "01900000-0000-7000-8000-00000000000b";
    static final String ID = "01900000-0000-7000-8000-00000000000c";

    @Autowired
    private EntityManager entities;

    @Test
    void whatIsStoredIsTheCompanysOwn() {
        Customer customer = new Customer("of the test", null);
        entities.persist(customer);

        assertThatTenant(HOOLI).sees(customer);
        assertThatTenant(INITECH).cannotSee(customer).cannotChange(customer);
    }

    @Test
    void ofTheScriptsEachCompanyHasItsRow() {
        assertThat(names()).containsExactly("of Hooli");
    }

    @Test
    @WithTenant(INITECH)
    void theOtherHasOneWithTheSameId() {
        assertThat(names()).containsExactly("of Initech");
    }

    private List<String> names() {
        return entities.createQuery("select c.name from Customer c", String.class)
                .getResultList();
    }
}
