package dev.tenancy.numbered;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import org.hibernate.annotations.TenantId;

/** Its tenants have numbers, so that it cannot be in one application with the entities of other tests. */
@Entity
public class Numbered {

    @Id
    @GeneratedValue
    private Long id;

    @TenantId
    @Column(nullable = false)
    private Long company;

    private String text;
}
