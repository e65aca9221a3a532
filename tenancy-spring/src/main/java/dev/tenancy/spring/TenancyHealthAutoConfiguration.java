package dev.tenancy.spring;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.AdditionalPathsMapper;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Makes the readiness probe ask the database: without it nobody's membership can be looked up, so no request can be served. Where
 * the application says itself what the probe asks, that is what counts. Also looks after the workers of Citus, and tells the filters
 * which requests are for actuator.
 */
@AutoConfiguration(after = {AvailabilityProbesAutoConfiguration.class, TenancyAutoConfiguration.class})
@ConditionalOnClass({HealthEndpointGroupsPostProcessor.class, PathMappedEndpoints.class, ManagementPortType.class})
@Lazy(false)
public final class TenancyHealthAutoConfiguration {

    private static final String READINESS = "readiness";
    private static final String CONTRIBUTOR = "db";

    @Bean
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    ActuatorRequests tenancyActuatorRequests(
            Environment environment,
            ObjectProvider<PathMappedEndpoints> endpoints,
            ObjectProvider<HealthEndpointGroups> groups) {
        return new ActuatorPaths(environment, endpoints, groups);
    }

    /** Not there if no data source that is guarded leads to a coordinator of Citus. */
    @Bean
    @ConditionalOnBean(GuardedDataSources.class)
    @ConditionalOnEnabledHealthIndicator("citus")
    @ConditionalOnMissingBean(name = {"citusHealthIndicator", "citusHealthContributor"})
    @Nullable HealthIndicator citusHealthIndicator(GuardedDataSources dataSources) {
        return ClusterHealth.of(dataSources.guarded());
    }

    // No setting with a list of members: it would refuse to start where one of them is absent.
    @Bean
    HealthEndpointGroupsPostProcessor readinessAsksTheDatabase(Environment environment) {
        boolean decided = environment.containsProperty("management.endpoint.health.group.readiness.include")
                || environment.containsProperty("management.endpoint.health.group.readiness.include[0]");
        return groups -> decided || !groups.getNames().contains(READINESS) ? groups : new ReadyWithDatabase(groups);
    }

    /** Spring Boot casts the groups to the mapper of their paths beside {@code /actuator}, such as {@code /readyz}. */
    private record ReadyWithDatabase(HealthEndpointGroups groups)
            implements HealthEndpointGroups, AdditionalPathsMapper {

        @Override
        public HealthEndpointGroup getPrimary() {
            return groups.getPrimary();
        }

        @Override
        public Set<String> getNames() {
            return groups.getNames();
        }

        @Override
        public @Nullable HealthEndpointGroup get(String name) {
            HealthEndpointGroup group = groups.get(name);
            return group == null || !name.equals(READINESS) ? group : new WithDatabase(group);
        }

        @Override
        public @Nullable List<String> getAdditionalPaths(EndpointId endpoint, WebServerNamespace server) {
            return groups instanceof AdditionalPathsMapper mapper ? mapper.getAdditionalPaths(endpoint, server) : null;
        }
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
