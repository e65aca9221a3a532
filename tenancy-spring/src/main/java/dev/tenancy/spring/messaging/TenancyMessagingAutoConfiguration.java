package dev.tenancy.spring.messaging;

import dev.tenancy.spring.task.TenantPropagator;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.kafka.core.KafkaTemplate;

/** Messages that carry who acts. */
@AutoConfiguration
@EnableConfigurationProperties(TenancyMessagingProperties.class)
@Lazy(false)
public final class TenancyMessagingAutoConfiguration {

    @Bean
    TenantMessages tenantMessages(TenantPropagator propagator, TenancyMessagingProperties properties) {
        return new TenantMessages(propagator, properties);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(KafkaTemplate.class)
    @Lazy(false)
    static class Kafka {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static TenantKafka tenantKafka(ObjectProvider<TenantMessages> messages) {
            return new TenantKafka(messages);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RabbitTemplate.class)
    @Lazy(false)
    static class Rabbit {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static TenantRabbit tenantRabbit(ObjectProvider<TenantMessages> messages) {
            return new TenantRabbit(messages);
        }
    }
}
