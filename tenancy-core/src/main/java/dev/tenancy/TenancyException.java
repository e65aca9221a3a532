package dev.tenancy;

/**
 * The parent of every refusal of this library. Its message names the entity or setting, what was refused, and the fix; it
 * never holds a value of any row.
 */
public abstract class TenancyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    protected TenancyException(String message) {
        super(message);
    }
}
