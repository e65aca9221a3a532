package dev.tenancy.spring.client;

import dev.tenancy.spring.TenancyProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.client.ClientHttpRequestInterceptor;

/** Has RestClient, RestTemplate and interfaces with {@code @HttpExchange} over them tell declared hosts of the tenant. */
@AutoConfiguration
@ConditionalOnClass({RestClientCustomizer.class, ClientHttpRequestInterceptor.class})
@EnableConfigurationProperties({TenancyClientProperties.class, TenancyProperties.class})
@Lazy(false)
public final class TenancyClientAutoConfiguration {

    @Bean
    RestClientCustomizer tenantOfRestClients(TenancyClientProperties client, TenancyProperties properties) {
        return builder -> builder.requestInterceptor(new TenantHeader(properties.header(), client.hosts()));
    }

    @Bean
    RestTemplateCustomizer tenantOfRestTemplates(TenancyClientProperties client, TenancyProperties properties) {
        return template -> template.getInterceptors().add(new TenantHeader(properties.header(), client.hosts()));
    }
}
