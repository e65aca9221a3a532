package dev.tenancy.jwt;

import dev.tenancy.TenancyException;

/** Thrown for a token that is not accepted, whatever is wrong with it. The message says what, and holds no text of the token. */
public final class InvalidTokenException extends TenancyException {

    private static final long serialVersionUID = 1L;

    InvalidTokenException(String fault) {
        super("The token is refused: " + fault + ".");
    }
}
