package dev.tenancy.spring;

import dev.tenancy.jwt.TokenKeys;
import io.swagger.v3.oas.annotations.Hidden;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Publishes the keys that others verify our tokens with (RFC 7517, section 8.5.2 for the media type), where there are any. */
// For verifiers, and no part of what an API document of the application offers.
@Hidden
@ProblemDetails
@RestController
class PublicKeysController {

    static final String PATH = "/.well-known/jwks.json";

    private static final MediaType JWK_SET = new MediaType("application", "jwk-set+json");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final TokenKeys keys;

    PublicKeysController(TokenKeys keys) {
        this.keys = keys;
    }

    boolean hasAny() {
        return hasAny(keys.publicKeys());
    }

    private static boolean hasAny(String set) {
        return !JSON.readTree(set).path("keys").isEmpty();
    }

    @GetMapping(PATH)
    ResponseEntity<byte[]> publicKeys() {
        String set = keys.publicKeys();
        if (!hasAny(set)) {
            throw Problem.missing();
        }
        // As long as a verifier may miss a new key, if it does not ask again for an id that it does not know.
        return ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(Duration.ofMinutes(5)).cachePublic())
                .contentType(JWK_SET)
                .body(set.getBytes(StandardCharsets.UTF_8));
    }
}
