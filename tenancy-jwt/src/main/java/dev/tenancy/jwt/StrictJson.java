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

/** JSON and base64url, read so strictly that no other reader can understand them differently. */
final class StrictJson {

    private static final ObjectReader JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxNumberLength(100)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // A double would round: two texts would be one number.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build()
            .reader();

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private StrictJson() {}

    /** One object in UTF-8 (RFC 8259), with no member twice and nothing behind it; null if the bytes are anything else. */
    static @Nullable ObjectNode object(byte[] bytes) {
        try {
            // As bytes, Jackson would read UTF-16 and UTF-32 as well.
            return JSON.readTree(text(bytes)) instanceof ObjectNode object ? object : null;
        } catch (CharacterCodingException | JsonProcessingException malformed) {
            // Not passed on as a cause: its message quotes the text.
            return null;
        }
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        // Stands for what is malformed, or for itself: only the slower decoder can tell.
        return text.indexOf('\uFFFD') < 0
                ? text
                : StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
    }

    /** The bytes of a base64url text without padding (RFC 7515, section 2); null if it is empty or written otherwise. */
    static byte @Nullable [] base64url(String text) {
        // Java's decoder accepts padding and stray bits behind the end: several texts would be one.
        if (text.isEmpty() || text.charAt(text.length() - 1) == '=' || hasStrayBits(text)) {
            return null;
        }
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException malformed) {
            // Not passed on as a cause: its message quotes the text.
            return null;
        }
    }

    private static boolean hasStrayBits(String text) {
        int last = ALPHABET.indexOf(text.charAt(text.length() - 1));
        return switch (text.length() % 4) {
            case 2 -> (last & 0b1111) != 0;
            case 3 -> (last & 0b11) != 0;
            default -> false;
        };
    }
}
