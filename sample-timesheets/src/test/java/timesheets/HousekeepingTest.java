package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/** The jobs are run as the scheduler runs them, locks and all. */
class HousekeepingTest extends TimesheetsTest {

    private static final String USER = "staff@globex.test";
    private static final int SPENT = 35_000;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private ScheduledTaskHolder scheduled;

    @Autowired
    private LockProvider locks;

    private final UUID family = UUID.randomUUID();

    @AfterEach
    void leaveNothing() {
        jdbc.update("delete from refresh_token where family = ?", family);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/auth/logout-all", "/api/auth/logout"})
    void sessionsEndQuicklyHoweverManySpentTokensTheirUserHas(String path) {
        Api.Answer pair = anonymous.loginAnswer(USER, "demo-password");
        Api user = anonymous.withToken(pair.text("accessToken"));
        Map<String, String> shown = Map.of("refreshToken", pair.text("refreshToken"));
        tokens(SPENT, true, Duration.ofDays(1));
        jdbc.update("update refresh_token set family = ? where not used and user_id = ?", family, userId());
        Instant before = Instant.now();
        assertThat(user.post(path, shown).status()).isEqualTo(204);
        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(3));
        assertThat(anonymous.post("/api/auth/refresh", shown).status()).isEqualTo(401);
    }

    @Test
    void tokensPastTheirEndAreDeletedAndNoOthers() {
        tokens(2_500, true, Duration.ofSeconds(-1));
        tokens(1, false, Duration.ofSeconds(-1));
        tokens(3, true, Duration.ofHours(1));
        tokens(1, false, Duration.ofHours(1));
        run();
        assertThat(count("select count(*) from refresh_token where family = ?", family))
                .isEqualTo(4);
    }

    @Test
    void registrationsPastTheirEndAreDeletedAndNoOthers() {
        String company = unique("Never completed");
        for (Duration left : List.of(Duration.ofSeconds(-1), Duration.ofHours(1))) {
            jdbc.update(
                    "insert into registration (id, token_hash, email, company, expires_at) values (?, ?, 'ada@people.test', ?, ?)",
                    UUID.randomUUID(),
                    hash(),
                    company,
                    in(left));
        }
        run();
        assertThat(count("select count(*) from registration where company = ?", company))
                .isEqualTo(1);
    }

    @Test
    void invitationsPastTheirEndAreDeletedInEachCompanyAndNoOthers() {
        for (Api company : List.of(acme, globex)) {
            invitation(company, Duration.ofSeconds(-1));
            invitation(company, Duration.ofHours(1));
        }
        run();
        for (Api company : List.of(acme, globex)) {
            assertThat(ends(company)).hasSize(1).allMatch(end -> end.isAfter(OffsetDateTime.now()));
            in(company, () -> jdbc.update("delete from invitation where tenant_id = ?", id(company)));
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "timesheets.database", matches = "postgres")
    void countsOfAttemptsPastTheirEndAreDeletedAndNoOthers() {
        jdbc.update(
                "insert into attempt_count (id, expires_at) select 'past ' || i, 1 from generate_series(1, 2500) i");
        jdbc.update("insert into attempt_count (id, expires_at) values ('past not yet', ?)", Long.MAX_VALUE);
        run();
        assertThat(count("select count(*) from attempt_count where id like ?", "past %"))
                .isEqualTo(1);
        jdbc.update("delete from attempt_count where id = 'past not yet'");
    }

    @Test
    void whileAnotherNodeIsAtItNothingIsDone() {
        tokens(1, true, Duration.ofSeconds(-1));
        List<SimpleLock> held = new ArrayList<>();
        for (String name : List.of("housekeeping", "housekeeping-of-companies")) {
            held.add(locks.lock(new LockConfiguration(Instant.now(), name, Duration.ofMinutes(1), Duration.ZERO))
                    .orElseThrow());
        }
        run();
        assertThat(count("select count(*) from refresh_token where family = ?", family))
                .isEqualTo(1);
        held.forEach(SimpleLock::unlock);
        run();
        assertThat(count("select count(*) from refresh_token where family = ?", family))
                .isZero();
    }

    private void run() {
        List<Runnable> jobs = scheduled.getScheduledTasks().stream()
                .filter(task -> task.toString().contains("Housekeeping"))
                .map(task -> task.getTask().getRunnable())
                .toList();
        assertThat(jobs).hasSize(2);
        jobs.forEach(Runnable::run);
    }

    private void tokens(int count, boolean used, Duration left) {
        boolean onPostgres = System.getProperty("timesheets.database", "h2").equals("postgres");
        String some = onPostgres ? "generate_series(1, ?)" : "system_range(1, ?)";
        String uuid = onPostgres ? "gen_random_uuid()" : "random_uuid()";
        jdbc.update(
                "insert into refresh_token (id, token_hash, family, user_id, company_id, expires_at, used)"
                        + " select id, cast(id as varchar(64)), ?, ?, ?, ?, ? from (select " + uuid + " as id from "
                        + some + ") as fresh",
                family,
                userId(),
                id(globex),
                in(left),
                used,
                count);
    }

    private UUID userId() {
        return jdbc.queryForObject("select id from app_user where email = ?", UUID.class, USER);
    }

    private void invitation(Api company, Duration left) {
        in(
                company,
                () -> jdbc.update(
                        "insert into invitation (tenant_id, id, version, email, role, token_hash, expires_at)"
                                + " values (?, ?, 0, ?, 'STAFF', ?, ?)",
                        id(company),
                        UUID.randomUUID(),
                        UUID.randomUUID() + "@people.test",
                        hash(),
                        in(left)));
    }

    private List<OffsetDateTime> ends(Api company) {
        List<OffsetDateTime> ends = new ArrayList<>();
        in(
                company,
                () -> ends.addAll(jdbc.queryForList(
                        "select expires_at from invitation where tenant_id = ?", OffsetDateTime.class, id(company))));
        return ends;
    }

    private static void in(Api company, Runnable work) {
        CurrentTenant.runAs(id(company), work::run);
    }

    private static UUID id(Api company) {
        return UUID.fromString(company.get("/api/me").json().at("/tenant/id").asString());
    }

    private long count(String sql, Object parameter) {
        return jdbc.queryForObject(sql, Long.class, parameter);
    }

    private static String hash() {
        return UUID.randomUUID().toString().replace("-", "").repeat(2);
    }

    private static OffsetDateTime in(Duration time) {
        return OffsetDateTime.now(ZoneOffset.UTC).plus(time);
    }
}
