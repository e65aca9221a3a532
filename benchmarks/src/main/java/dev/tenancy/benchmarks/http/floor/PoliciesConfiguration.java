package dev.tenancy.benchmarks.http.floor;

import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/** Tells PostgreSQL's policies at the beginning of each transaction whose it is. */
@Configuration(proxyBeanMethods = false)
@Profile("policies")
class PoliciesConfiguration {

    @Bean
    TransactionExecutionListener announcesTenant(DataSource dataSource) {
        JdbcClient jdbc = JdbcClient.create(dataSource);
        return new TransactionExecutionListener() {
            @Override
            public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
                Caller caller = Caller.find();
                if (failure == null && caller != null) {
                    // Until the end of the transaction: SET LOCAL takes no parameters.
                    jdbc.sql("select set_config('app.tenant', ?, true)")
                            .param(caller.tenantId().toString())
                            .query(String.class)
                            .single();
                }
            }
        };
    }
}
