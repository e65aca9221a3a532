package dev.tenancy.spring.websocket;

import dev.tenancy.spring.task.TenantPropagator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/** Messages over WebSocket act for the tenant of their connection. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(WebSocketMessageBrokerConfigurer.class)
@Lazy(false)
public final class TenancyWebSocketAutoConfiguration {

    @Bean
    static TenantOfConnections tenantOfConnections(ObjectProvider<TenantPropagator> propagator) {
        return new TenantOfConnections(propagator::getObject);
    }

    // Last, so that the application's own interceptors have said who speaks.
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebSocketMessageBrokerConfigurer tenantOfMessages(ObjectProvider<TenantPropagator> propagator) {
        return new WebSocketMessageBrokerConfigurer() {
            @Override
            public void configureClientInboundChannel(ChannelRegistration registration) {
                registration.interceptors(new TenantOfMessages(propagator::getObject));
            }
        };
    }
}
