package dev.tenancy.spring.messaging;

import org.aopalliance.aop.Advice;
import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.core.BatchingRabbitTemplate;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.util.ObjectUtils;

/**
 * Has the templates and the listeners of RabbitMQ carry who acts, those of Spring Boot and the application's own, beside what
 * was set on them already.
 */
final class TenantRabbit implements BeanPostProcessor {

    private final ObjectProvider<TenantMessages> messages;

    TenantRabbit(ObjectProvider<TenantMessages> messages) {
        this.messages = messages;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof AbstractRabbitListenerContainerFactory<?> factory) {
            // First, around retries and transactions.
            Advice[] before = factory.getAdviceChain();
            factory.setAdviceChain(ObjectUtils.addObjectToArray(before, new TenantAdvice(messages), 0));
        } else if (bean instanceof RabbitTemplate template && !(bean instanceof BatchingRabbitTemplate)) {
            // A batch has one set of headers for what several tenants may have sent.
            template.addBeforePublishPostProcessors(new TenantHeaders(messages));
        }
        return bean;
    }
}
