package dev.tenancy.shop;

import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import java.time.Instant;

@Entity
public class Customer extends TenantOwned {

    private String name;
    private String email;
    private boolean active;
    private int credit;
    private Instant since;

    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    private Country country;

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getEmail() {
        return email;
    }

    public Instant getSince() {
        return since;
    }

    public int getCredit() {
        return credit;
    }
}
