package dev.tenancy.jwt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Header and payload of a token in compact form (RFC 7515, section 3.1), read so strictly that no other reader can understand
 * them differently.
 */
record CompactToken(ObjectNode header, ObjectNode payload) {

    private static final int LONGEST = 8 * 1024;

    private static final ObjectReader JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxNumberLength(100)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    static CompactToken parse(@Nullable String token) {
        if (token == null) {
            throw new InvalidTokenException("there is none");
        }
        if (token.length() > LONGEST) {
            throw new InvalidTokenException("it is longer than " + LONGEST + " characters");
        }
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw new InvalidTokenException("it does not have three parts");
        }
        decoded("signature", parts[2]);
        return new CompactToken(object("header", parts[0]), object("payload", parts[1]));
    }

    private static ObjectNode object(String name, String part) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded(name, part)))
                    .toString();
            if (JSON.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (CharacterCodingException | JsonProcessingException malformed) {
            // Not passed on as a cause: its message quotes the token.
        }
        throw new InvalidTokenException("its " + name + " is not a JSON object in strict form");
    }

    private static byte[] decoded(String name, String part) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(part);
            // Java's decoder accepts padding and stray bits behind the end: several texts would be one token.
            if (bytes.length > 0
                    && Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(bytes)
                            .equals(part)) {
                return bytes;
            }
        } catch (IllegalArgumentException malformed) {
            // Not passed on as a cause: its message quotes the token.
        }
        throw new InvalidTokenException("its " + name + " is not base64url in strict form");
    }
}
