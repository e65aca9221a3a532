package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariDataSource;
import dev.tenancy.NoTenantException;
import dev.tenancy.UnprovenStatementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class P6SpyTest extends Compatibility {

    private final Logger spy = (Logger) LoggerFactory.getLogger("p6spy");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @Autowired
    private JdbcClient jdbc;

    // The guard leaves the pool its type.
    @Autowired
    private HikariDataSource pool;

    @BeforeEach
    void listen() {
        log.start();
        spy.addAppender(log);
        spy.setLevel(Level.INFO);
    }

    @AfterEach
    void stop() {
        spy.detachAppender(log);
        spy.setLevel(Level.OFF);
    }

    @Test
    void statementsAreLoggedBehindTheGuardAndRefusedOnesAreNot() {
        acme(() -> jdbc.sql("select count(*) from country where 1 = 1").query().singleValue());
        acme(() -> jdbc.sql("select text from note where tenant_id = ? and 2 = 2")
                .param(ACME)
                .query()
                .listOfRows());
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> acme(() ->
                        jdbc.sql("select text from note where 3 = 3").query().listOfRows()));
        assertThatExceptionOfType(NoTenantException.class)
                .isThrownBy(() -> jdbc.sql("select text from note where tenant_id = ? and 4 = 4")
                        .param(GLOBEX)
                        .query()
                        .listOfRows());
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.contains("1 = 1"))
                .anyMatch(line -> line.contains("2 = 2"))
                .noneMatch(line -> line.contains("3 = 3"))
                .noneMatch(line -> line.contains("4 = 4"));
        assertThat(pool.getJdbcUrl()).startsWith("jdbc:p6spy:");
    }
}
