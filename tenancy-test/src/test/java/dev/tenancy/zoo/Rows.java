package dev.tenancy.zoo;

import dev.tenancy.CurrentTenant;
import dev.tenancy.zoo.Shop.Customer;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What specimens ask for, rightly and wrongly. */
final class Rows {

    private Rows() {}

    static List<String> own(EntityManager entities) {
        return entities.createQuery("select name from Customer order by name", String.class)
                .getResultList();
    }

    static List<String> ofAll(EntityManager entities) {
        return CurrentTenant.acrossTenants("nobody thought of the others", () -> own(entities));
    }

    static long countOfAll(EntityManager entities) {
        return ofAll(entities).size();
    }

    static Optional<Customer> ofAnyone(EntityManager entities, UUID id) {
        return CurrentTenant.acrossTenants(
                "nobody thought of the others",
                () -> entities
                        .createQuery("from Customer where id = :id", Customer.class)
                        .setParameter("id", id)
                        .getResultList()
                        .stream()
                        .findFirst());
    }

    static Optional<Customer> byEmailOfAnyone(EntityManager entities, String email) {
        return CurrentTenant.acrossTenants(
                "nobody thought of the others",
                () -> entities
                        .createQuery("from Customer where email = :email", Customer.class)
                        .setParameter("email", email)
                        .getResultList()
                        .stream()
                        .findFirst());
    }
}
