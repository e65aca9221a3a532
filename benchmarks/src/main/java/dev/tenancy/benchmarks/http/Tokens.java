package dev.tenancy.benchmarks.http;

import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.jwt.TokenKey;
import dev.tenancy.jwt.TokenKeys;
import dev.tenancy.jwt.TokenSettings;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** A token for each tenant, of its only user; all variants accept the same. */
final class Tokens {

    static final String ISSUER = "timesheets";
    static final String AUDIENCE = "timesheets-api";

    private static final Duration LIFETIME = Duration.ofHours(20);
    private static final Duration LEEWAY = Duration.ofSeconds(30);

    private final String secret = UUID.randomUUID().toString() + UUID.randomUUID();
    private final List<String> tokens;

    Tokens(int tenants) {
        TokenIssuer issuer = new TokenIssuer(
                TokenKeys.of(TokenKey.hmac(secret)),
                new TokenSettings(ISSUER, AUDIENCE, "tenant_id", LIFETIME, LEEWAY));
        tokens = IntStream.range(0, tenants)
                .mapToObj(tenant -> issuer.issue(
                        Database.user(tenant).toString(),
                        Database.tenant(tenant).toString()))
                .toList();
    }

    String secret() {
        return secret;
    }

    String of(int tenant) {
        return tokens.get(tenant);
    }
}
