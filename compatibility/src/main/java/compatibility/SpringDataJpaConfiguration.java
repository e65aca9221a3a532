package compatibility;

import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.data.jpa.repository.query.QueryEnhancerFactories;
import org.springframework.data.jpa.repository.query.QueryEnhancerSelector.DefaultQueryEnhancerSelector;

/**
 * Keeps Spring Data from parsing native queries with the JSqlParser that PageHelper brings, which does not know all of
 * PostgreSQL.
 */
@Configuration(proxyBeanMethods = false)
@EnableJpaRepositories(queryEnhancerSelector = SpringDataJpaConfiguration.WithoutJSqlParser.class)
class SpringDataJpaConfiguration {

    static class WithoutJSqlParser extends DefaultQueryEnhancerSelector {

        WithoutJSqlParser() {
            super(QueryEnhancerFactories.fallback(), DEFAULT_JPQL);
        }
    }
}
