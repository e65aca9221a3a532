package dev.tenancy.spring.task;

import dev.tenancy.TenancyException;

/** Thrown when a job or a message names nobody who may act. Its message holds none of the names. */
public final class PropagationRefusedException extends TenancyException {

    private static final long serialVersionUID = 1L;

    PropagationRefusedException(String why) {
        super("The work was refused: " + why + ".");
    }
}
