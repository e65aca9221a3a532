package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import dev.tenancy.jwt.TokenIssuer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the dashboard, the alarms and the table of metrics name is what an application with a real Prometheus registry has. */
class DashboardTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern METRIC = Pattern.compile("\\b(?:tenancy|http|cache)_\\w+");
    // A label, a role of the database, and the tables' word for what has several metrics.
    private static final Set<String> OTHERS =
            Set.of("tenancy_tenant", "tenancy_across", "http_server_requests_seconds");

    @Test
    void eachMetricThatIsNamedIsThere() throws Exception {
        try (ConfigurableApplicationContext application =
                TestApplication.start(Measured.class, "tenancy.metrics.tenants=5")) {
            String token = application.getBean(TokenIssuer.class).issue("carol", "globex");
            assertThat(RawHttp.to(application)
                            .get("/shelves", "Authorization: Bearer " + token)
                            .status())
                    .isEqualTo(200);
            CurrentTenant.acrossTenants("a test", () -> {});
            assertThatThrownBy(CurrentTenant::require).isInstanceOf(NoTenantException.class);
            String scraped = application.getBean(PrometheusMeterRegistry.class).scrape();

            Set<String> named = new TreeSet<>();
            named.addAll(named(Files.readString(DOCS.resolve("operations.md"))));
            named.addAll(named(Files.readString(DOCS.resolve("prometheus-alarms.yml"))));
            JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(DOCS.resolve("grafana-dashboard.json")));
            assertThat(dashboard.path("panels")).hasSize(6);
            for (JsonNode panel : dashboard.path("panels")) {
                named.addAll(named(panel.at("/targets/0/expr").asString()));
            }
            named.removeAll(OTHERS);
            assertThat(named)
                    .hasSizeGreaterThan(6)
                    .allSatisfy(metric -> assertThat(scraped).containsPattern("(?m)^" + metric + "[{ ]"));
            assertThat(scraped)
                    .containsPattern("tenancy_refusals_total\\{kind=\"no-tenant\"} [1-9]")
                    .containsPattern("tenancy_memberships_total\\{result=\"asked\"} 1")
                    .containsPattern("tenancy_statements_judged_total [1-9]")
                    .contains("tenancy_tenant=\"" + TestApplication.GLOBEX + "\"");
        }
    }

    private static Set<String> named(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
    }

    @EnableCaching
    static class Measured {

        @Bean
        PrometheusMeterRegistry prometheus() {
            return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        }

        @Bean
        CacheManager cacheManager() {
            CaffeineCacheManager manager = new CaffeineCacheManager("shelves");
            manager.setCacheSpecification("recordStats");
            return manager;
        }
    }
}
