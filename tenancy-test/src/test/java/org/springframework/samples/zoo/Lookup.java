package org.springframework.samples.zoo;

import java.util.UUID;

/** A bean of an application that has its name from Spring's samples, as many have. */
public class Lookup {

    private UUID customerId;

    public UUID getCustomerId() {
        return customerId;
    }

    public void setCustomerId(UUID customerId) {
        this.customerId = customerId;
    }
}
