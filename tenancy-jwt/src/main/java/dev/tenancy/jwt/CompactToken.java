package dev.tenancy.jwt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** A token in compact form (RFC 7515, section 3.1), of which nothing is believed yet. */
final class CompactToken {

    static final int LONGEST = 8 * 1024;

    private final ObjectNode header;
    private final SignedText signed;
    private final byte[] payload;

    private CompactToken(ObjectNode header, SignedText signed, byte[] payload) {
        this.header = header;
        this.signed = signed;
        this.payload = payload;
    }

    static CompactToken parse(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
            throw new InvalidTokenException("it does not have three parts");
        }
        String header = token.substring(0, first);
        String payload = token.substring(first + 1, second);
        String signature = token.substring(second + 1);
        decoded("signature", signature);
        byte[] content = decoded("payload", payload);
        return new CompactToken(
                object("header", decoded("header", header)), new SignedText(header, payload, signature), content);
    }

    ObjectNode header() {
        return header;
    }

    SignedText signed() {
        return signed;
    }

    /** The claims. To be asked for once the signature is found good: before, they are a stranger's. */
    ObjectNode payload() {
        return object("payload", payload);
    }

    private static ObjectNode object(String name, byte[] json) {
        ObjectNode object = StrictJson.object(json);
        if (object == null) {
            throw new InvalidTokenException("its " + name + " is not a JSON object in strict form");
        }
        return object;
    }

    private static byte[] decoded(String name, String part) {
        byte @Nullable [] bytes = StrictJson.base64url(part);
        if (bytes == null) {
            throw new InvalidTokenException("its " + name + " is not base64url in strict form");
        }
        return bytes;
    }
}
