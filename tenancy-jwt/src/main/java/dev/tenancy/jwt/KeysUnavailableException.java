package dev.tenancy.jwt;

import dev.tenancy.TenancyException;

/**
 * Thrown when a token can be neither accepted nor refused, because the address of its issuer's keys gives none. It is nobody's
 * fault who sent the token: answer 503 (RFC 9110, section 15.6.4), and let them try again.
 */
public final class KeysUnavailableException extends TenancyException {

    private static final long serialVersionUID = 1L;

    KeysUnavailableException(String host) {
        super("No token can be verified: the keys at " + host
                + " cannot be had at the moment. Try again in a few seconds;"
                + " if it goes on, see the log for the reason.");
    }
}
