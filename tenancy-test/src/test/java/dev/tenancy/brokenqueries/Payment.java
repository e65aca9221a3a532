package dev.tenancy.brokenqueries;

import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import jakarta.persistence.NamedNativeQuery;

@Entity
@NamedNativeQuery(name = "Payment.all", query = "select p.* from payment p", resultClass = Payment.class)
@NamedNativeQuery(
        name = "Payment.mine",
        query = "select p.* from payment p where p.tenant_id = :tenant and p.note like :note",
        resultClass = Payment.class)
@NamedNativeQuery(
        name = "Payment.wrong",
        query = "select p.nothing from payment p where p.tenant_id = :tenant",
        resultClass = Payment.class)
public class Payment extends TenantOwned {

    private String note;

    public String getNote() {
        return note;
    }
}
