package timesheets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.ForeignReferenceException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The schema's own wall: plain SQL cannot join rows of two companies. */
class SchemaTest extends TimesheetsTest {

    @Autowired
    private JdbcClient jdbc;

    @Test
    void aProjectRefersToACustomerOfItsOwnCompanyOnly() {
        UUID company = company(acme);
        assertThatExceptionOfType(ForeignReferenceException.class)
                .isThrownBy(() -> insertProject(company, globex.id(CUSTOMERS)));
        assertThat(insertProject(company, acme.id(CUSTOMERS))).isEqualTo(1);
    }

    @Test
    void aTimeEntryRefersToAProjectOfItsOwnCompanyOnly() {
        UUID company = company(acme);
        assertThatExceptionOfType(ForeignReferenceException.class)
                .isThrownBy(() -> insertEntry(company, globex.id(PROJECTS)));
        assertThat(insertEntry(company, acme.id(PROJECTS))).isEqualTo(1);
    }

    private static UUID company(Api api) {
        return UUID.fromString(api.get("/api/me").json().at("/tenant/id").asString());
    }

    private int insertProject(UUID company, String customer) {
        return CurrentTenant.callAs(
                company,
                () -> jdbc.sql("insert into project (tenant_id, id, version, name, customer_id, status)"
                                + " values (?, ?, 0, ?, ?, 'ACTIVE')")
                        .params(company, UUID.randomUUID(), unique("By SQL"), UUID.fromString(customer))
                        .update());
    }

    private int insertEntry(UUID company, String project) {
        UUID user = UUID.fromString(acme.get("/api/me").json().at("/user/id").asString());
        return CurrentTenant.callAs(
                company,
                () -> jdbc.sql(
                                "insert into time_entry (tenant_id, id, version, project_id, user_id, worked_on, minutes,"
                                        + " billable) values (?, ?, 0, ?, ?, date '2020-03-02', 60, true)")
                        .params(company, UUID.randomUUID(), UUID.fromString(project), user)
                        .update());
    }
}
