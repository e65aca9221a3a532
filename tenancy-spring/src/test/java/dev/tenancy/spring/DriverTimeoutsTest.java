package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class DriverTimeoutsTest {

    @Test
    void aServerThatDoesNotAnswerIsWaitedForOnlySoLong() {
        assertThat(settings("jdbc:postgresql://localhost/shop", Map.of()))
                .containsEntry("socketTimeout", "30")
                .containsEntry("connectTimeout", "5")
                .containsEntry("tcpKeepAlive", "true");
    }

    @Test
    void whatTheApplicationSetsIsLeft() {
        assertThat(settings("jdbc:postgresql://localhost/shop", Map.of("socketTimeout", "90")))
                .containsEntry("socketTimeout", "90");
    }

    @Test
    void otherDriversAreLeftAlone() {
        assertThat(settings("jdbc:h2:mem:shop", Map.of())).isEmpty();
        assertThat(settings("jdbc:aws-wrapper:postgresql://localhost/shop", Map.of()))
                .isEmpty();
        assertThat(settings(null, Map.of())).isEmpty();
    }

    private static Properties settings(String url, Map<String, String> own) {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(url);
            own.forEach(pool::addDataSourceProperty);
            new DriverTimeouts("archive"::equals).postProcessBeforeInitialization(pool, "dataSource");
            return pool.getDataSourceProperties();
        }
    }
}
