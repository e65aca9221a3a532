package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import java.util.List;
import liquibase.exception.LiquibaseException;
import liquibase.integration.spring.SpringLiquibase;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.jdbc.core.simple.JdbcClient;

class LiquibaseTest extends Compatibility {

    @Autowired
    private SpringLiquibase liquibase;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void theHistoryIsServed() {
        assertThat(get("olga", "/actuator/liquibase"))
                .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(200))
                .satisfies(answer -> assertThat(answer.body()).contains("changelog.yml"));
    }

    @Test
    void changesRunWhoeverIsCurrent() throws LiquibaseException {
        SpringLiquibase later = new SpringLiquibase();
        later.setDataSource(liquibase.getDataSource());
        later.setChangeLog("classpath:db/changelog-later.yml");
        later.setResourceLoader(new DefaultResourceLoader());
        CurrentTenant.runAs(ACME, later::afterPropertiesSet);
        later.afterPropertiesSet();
        assertThat(jdbc.sql("select count(*) from by_liquibase_later")
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(acme(() -> jdbc.sql("select id from databasechangelog")
                        .query(String.class)
                        .list()))
                .containsAll(List.of("1", "2"));
    }
}
