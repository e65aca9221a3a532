package dev.tenancy.shop;

import jakarta.persistence.EntityManager;
import java.util.List;

public interface CustomerSearch {

    List<Customer> search(String text);

    class CustomerSearchImpl implements CustomerSearch {

        private final EntityManager entities;

        CustomerSearchImpl(EntityManager entities) {
            this.entities = entities;
        }

        @Override
        public List<Customer> search(String text) {
            return entities.createQuery(
                            "select c from Customer c where c.name = :text or c.email = :text", Customer.class)
                    .setParameter("text", text)
                    .getResultList();
        }
    }
}
