package dev.tenancy.spring;

import dev.tenancy.spring.cache.TenancyCacheProperties;
import java.util.Map;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** The actuator endpoint {@code tenancy}. */
@AutoConfiguration
@Lazy(false)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
public final class TenancyEndpointAutoConfiguration {

    @Bean
    @ConditionalOnAvailableEndpoint(TenancyEndpoint.class)
    TenancyEndpoint tenancyEndpoint(ListableBeanFactory beans, ObjectProvider<TenancyCacheProperties> caches) {
        TenancyCacheProperties settings = caches.getIfAvailable();
        return new TenancyEndpoint(beans, settings == null ? Map.of() : settings.shared());
    }
}
