package dev.tenancy.shop;

import dev.tenancy.GlobalEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
@GlobalEntity(reason = "the same for all")
public class Country {

    @Id
    private String code;

    private String title;

    public String getTitle() {
        return title;
    }
}
