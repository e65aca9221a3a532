package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.transaction.CannotCreateTransactionException;

@ExtendWith(OutputCaptureExtension.class)
class DatabaseOutageTest {

    private static void tell(Throwable failure) {
        DatabaseOutage outage = DatabaseOutage.of(failure);
        assertThat(outage).isNotNull();
        outage.tell(LoggerFactory.getLogger(DatabaseOutageTest.class), failure);
    }

    @Test
    void whatHappenedToThePoolIsToldWithWhatItSays(CapturedOutput log) {
        tell(new SQLTransientConnectionException(
                "The pool has none left", "08001", new SQLException("Connection refused\nwith more", "08001")));

        assertThat(log.getAll())
                .contains("(SQLSTATE 08001): The pool has none left: Connection refused")
                .doesNotContain("with more", "\tat ");
    }

    @Test
    void aDataSourceThatFailsByItselfIsToldWithItsCause(CapturedOutput log) {
        tell(new CannotCreateTransactionException(
                "Could not open", new IllegalStateException("No place for key null")));

        assertThat(log.getAll()).contains("No place for key null", "\tat ");
    }
}
