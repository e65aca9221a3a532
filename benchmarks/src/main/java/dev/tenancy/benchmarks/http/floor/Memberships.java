package dev.tenancy.benchmarks.http.floor;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tenancy.benchmarks.http.floor.Caller.Role;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What a user is in a tenant; remembered, so that a request seldom asks. */
@Component
class Memberships {

    private static final int MOST_KEPT = 10_000;

    private record Key(UUID userId, UUID tenantId) {}

    private final JdbcClient jdbc;
    private final Cache<Key, Role> known;

    Memberships(JdbcClient jdbc, @Value("${floor.membership-cache}") Duration lasting) {
        this.jdbc = jdbc;
        this.known = Caffeine.newBuilder()
                .maximumSize(MOST_KEPT)
                .expireAfterWrite(lasting)
                .build();
    }

    /** Null if the user may not act for the tenant. */
    @Nullable Role role(UUID userId, UUID tenantId) {
        return known.get(
                new Key(userId, tenantId),
                key -> jdbc.sql("""
                        select m.role from company_member m join company c on c.id = m.company_id
                        where m.user_id = ? and m.company_id = ? and m.status = 'ACTIVE' and c.status = 'ACTIVE'""")
                        .params(key.userId(), key.tenantId())
                        .query(String.class)
                        .optional()
                        .map(Role::valueOf)
                        .orElse(null));
    }
}
