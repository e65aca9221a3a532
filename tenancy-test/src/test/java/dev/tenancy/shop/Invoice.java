package dev.tenancy.shop;

import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import java.math.BigDecimal;
import java.time.LocalDate;

@Entity
public class Invoice extends TenantOwned {

    private String number;
    private BigDecimal amount;
    private LocalDate due;

    @ManyToOne(optional = false, fetch = FetchType.LAZY)
    private Customer customer;

    public String getNumber() {
        return number;
    }
}
