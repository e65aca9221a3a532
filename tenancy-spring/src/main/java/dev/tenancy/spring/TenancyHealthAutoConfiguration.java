package dev.tenancy.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Makes the readiness probe ask the database: without it nobody's membership can be looked up, so no request can be served. Where
 * the application says itself what the probe asks, that is what counts.
 */
@AutoConfiguration(after = AvailabilityProbesAutoConfiguration.class)
@ConditionalOnClass(HealthEndpointGroupsPostProcessor.class)
public final class TenancyHealthAutoConfiguration {

    private static final String READINESS = "readiness";
    private static final String CONTRIBUTOR = "db";

    // No setting with a list of members: it would refuse to start where one of them is absent.
    @Bean
    HealthEndpointGroupsPostProcessor readinessAsksTheDatabase(Environment environment) {
        boolean decided = environment.containsProperty("management.endpoint.health.group.readiness.include")
                || environment.containsProperty("management.endpoint.health.group.readiness.include[0]");
        return groups -> decided || !groups.getNames().contains(READINESS) ? groups : withDatabase(groups);
    }

    private static HealthEndpointGroups withDatabase(HealthEndpointGroups groups) {
        Map<String, HealthEndpointGroup> all = new LinkedHashMap<>();
        for (String name : groups.getNames()) {
            HealthEndpointGroup group = groups.get(name);
            if (group != null) {
                all.put(name, name.equals(READINESS) ? new WithDatabase(group) : group);
            }
        }
        return HealthEndpointGroups.of(groups.getPrimary(), all);
    }

    private record WithDatabase(HealthEndpointGroup group) implements HealthEndpointGroup {

        @Override
        public boolean isMember(String name) {
            return name.equals(CONTRIBUTOR) || name.startsWith(CONTRIBUTOR + "/") || group.isMember(name);
        }

        @Override
        public boolean showComponents(SecurityContext securityContext) {
            return group.showComponents(securityContext);
        }

        @Override
        public boolean showDetails(SecurityContext securityContext) {
            return group.showDetails(securityContext);
        }

        @Override
        public StatusAggregator getStatusAggregator() {
            return group.getStatusAggregator();
        }

        @Override
        public HttpCodeStatusMapper getHttpCodeStatusMapper() {
            return group.getHttpCodeStatusMapper();
        }

        @Override
        public @Nullable AdditionalHealthEndpointPath getAdditionalPath() {
            return group.getAdditionalPath();
        }
    }
}
