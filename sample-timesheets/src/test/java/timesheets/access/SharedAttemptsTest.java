package timesheets.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.ErrorResponseException;

/** Two nodes that have one PostgreSQL, and two guesses for each account. */
class SharedAttemptsTest {

    private static final Duration WINDOW = Duration.ofMinutes(15);
    private static final Limits LIMITS = new Limits(2, 100, 5, 50, WINDOW);

    private static EmbeddedPostgres server;
    private static DataSource database;

    private final String account = UUID.randomUUID() + "@acme.example";
    // Of the database.
    private Instant now = Instant.parse("2026-03-02T10:00:00Z");
    // Of both nodes, which go on by what passes.
    private Duration passed = Duration.ZERO;
    private Attempts one;
    private Attempts other;

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedPostgres.start();
        database = server.getPostgresDatabase();
        String migration = Files.readString(Path.of("src/main/resources/db/migration/V4__housekeeping.sql"));
        new JdbcTemplate(database).execute(migration.substring(migration.indexOf("create table attempt_count")));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void startBoth() {
        new JdbcTemplate(database).execute("truncate attempt_count");
        one = node(database);
        other = node(database);
    }

    private Attempts node(DataSource itsDatabase) {
        return node(itsDatabase, Duration.ZERO);
    }

    /** @param ahead how far its own clock is ahead of the database's */
    private Attempts node(DataSource itsDatabase, Duration ahead) {
        InstantSource clock = () -> now.plus(ahead);
        return new Attempts(LIMITS, clock.withZone(ZoneOffset.UTC), Optional.of(counts(itsDatabase)));
    }

    private SharedCounts counts(DataSource itsDatabase) {
        return new SharedCounts(itsDatabase, this::shown, () -> passed.toNanos());
    }

    private long shown() {
        return Duration.between(Instant.EPOCH, now).toNanos();
    }

    private void pass(Duration time) {
        now = now.plus(time);
        passed = passed.plus(time);
    }

    @Test
    void aGuessAtOneNodeCountsAtTheOther() {
        guess(one);
        guess(other);
        refused(one);
        refused(other);
        pass(WINDOW.dividedBy(2));
        guess(other);
        refused(one);
    }

    @Test
    void whoKnowsThePasswordIsGivenTheAttemptBack() {
        for (int i = 0; i < 5; i++) {
            assertThat(one.at(account, () -> Optional.of("right"))).contains("right");
        }
        guess(one);
        guess(other);
        refused(other);
    }

    @Test
    void aClockThatIsSetBackKeepsNobodyOutForLonger() {
        guess(one);
        guess(one);
        refused(one);
        now = now.minus(Duration.ofHours(1));
        refused(one);
        pass(WINDOW);
        guess(one);
        guess(one);
        refused(one);
    }

    @Test
    void aNodeThatStartsWithAnEarlierClockKeepsNobodyOutForLonger() {
        guess(one);
        guess(one);
        now = now.minus(Duration.ofHours(1));
        Attempts started = node(database);
        refused(started);
        pass(WINDOW);
        guess(started);
        guess(started);
        refused(started);
    }

    @Test
    void aNodeWhoseClockIsAheadGivesNothingBackTooEarly() {
        Attempts ahead = node(database, WINDOW.multipliedBy(2));
        guess(one);
        guess(ahead);
        refused(ahead);
        refused(one);
        pass(WINDOW);
        guess(one);
        guess(ahead);
        refused(one);
    }

    @Test
    void aNodeThatCountsTooFastDoesNotRunAway() {
        DatabaseTime time = new DatabaseTime(this::shown, () -> passed.toNanos(), 0);
        for (int i = 0; i < 200; i++) {
            passed = passed.plus(Duration.ofSeconds(60));
            now = now.plus(Duration.ofMillis(59_990));
            time.refresh();
            assertThat(Duration.ofNanos(time.currentTimeNanos() - shown())).isLessThan(Duration.ofMillis(20));
        }
    }

    /** With one connection, whoever asked while a count holds it would wait for himself. */
    @Test
    void theTimeIsAskedForByNobodyWhoHoldsAConnection() {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setDataSource(database);
            pool.setMaximumPoolSize(1);
            pool.setConnectionTimeout(250);
            AtomicInteger asked = new AtomicInteger();
            SharedCounts counts = new SharedCounts(pool, () -> asked(pool, asked), () -> {
                if (pool.getHikariPoolMXBean().getActiveConnections() > 0) {
                    pass(Duration.ofMinutes(2));
                }
                return passed.toNanos();
            });
            Attempts node =
                    new Attempts(LIMITS, ((InstantSource) () -> now).withZone(ZoneOffset.UTC), Optional.of(counts));
            guess(node);
            assertThat(asked).as("at the start").hasValue(1);
            assertThat(node.at(account, () -> Optional.of("right"))).contains("right");
            assertThat(asked).as("before the second count").hasValue(2);
            pass(Duration.ofMinutes(2));
            counts.deleteExpired(10);
            assertThat(asked).as("before it is deleted").hasValue(3);
        }
    }

    private long asked(DataSource itsDatabase, AtomicInteger times) {
        new JdbcTemplate(itsDatabase).execute("select 1");
        times.incrementAndGet();
        return shown();
    }

    @Test
    void theTimeIsThatOfTheDatabase() {
        long told = new SharedCounts(database).time().currentTimeNanos();
        Instant shown = new JdbcTemplate(database)
                .queryForObject("select clock_timestamp()", OffsetDateTime.class)
                .toInstant();
        assertThat(Duration.between(Instant.EPOCH.plusNanos(told), shown))
                .isBetween(Duration.ZERO, Duration.ofSeconds(10));
    }

    @Test
    void countsThatAreFullAgainAreDeletedAndNoOthers() {
        SharedCounts counts = counts(database);
        JdbcTemplate jdbc = new JdbcTemplate(database);
        guess(one);
        jdbc.update("insert into attempt_count (id, expires_at) values ('past', 1)");
        assertThat(counts.deleteExpired(10)).isEqualTo(1);
        assertThat(jdbc.queryForObject("select count(*) from attempt_count", Long.class))
                .isEqualTo(1);
        assertThat(jdbc.queryForObject("select id from attempt_count", String.class))
                .doesNotContain("acme");
        // The second guess is there again after half of it.
        pass(WINDOW.dividedBy(2));
        assertThat(counts.deleteExpired(10)).isZero();
        pass(Duration.ofSeconds(2));
        assertThat(counts.deleteExpired(10)).isEqualTo(1);
    }

    @Test
    void withoutTheDatabaseItIsAnOutageAndNoAttempt() {
        Attempts cutOff = node(database);
        JdbcTemplate jdbc = new JdbcTemplate(database);
        jdbc.execute("alter table attempt_count rename to away");
        try {
            assertThatExceptionOfType(DataAccessResourceFailureException.class).isThrownBy(() -> guess(cutOff));
        } finally {
            jdbc.execute("alter table away rename to attempt_count");
        }
    }

    private void guess(Attempts node) {
        assertThat(node.at(account, Optional::empty)).isEmpty();
    }

    private void refused(Attempts node) {
        assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(() -> guess(node));
    }
}
