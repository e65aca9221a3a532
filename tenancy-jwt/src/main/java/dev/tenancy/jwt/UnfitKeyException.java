package dev.tenancy.jwt;

/** A key that must not be used. The message goes on from "the key is refused:", and holds nothing of the key. */
final class UnfitKeyException extends Exception {

    private static final long serialVersionUID = 1L;

    UnfitKeyException(String fault) {
        super(fault);
    }
}
