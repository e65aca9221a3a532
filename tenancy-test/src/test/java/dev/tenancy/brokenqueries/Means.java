package dev.tenancy.brokenqueries;

import dev.tenancy.GlobalEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.annotations.SQLDelete;

@Entity
@GlobalEntity(reason = "the same for all")
@SQLDelete(sql = "delete from payment where note = ?")
public class Means {

    @Id
    private String code;
}
