package dev.tenancy.spring.messaging;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.config.ContainerCustomizer;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.core.RoutingKafkaTemplate;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.util.ReflectionUtils;

/**
 * Has the producers and the listeners of Kafka carry who acts, those of Spring Boot and the application's own, beside what was
 * set on their factories already.
 *
 * <p>Listeners are wrapped. What a {@code RecordInterceptor} throws before a transaction of the container is told to no error handler that
 * knows the record, so that the record would be skipped.
 */
final class TenantKafka implements BeanPostProcessor {

    private static final Logger LOG = LoggerFactory.getLogger(TenantKafka.class);

    private final ObjectProvider<TenantMessages> messages;

    TenantKafka(ObjectProvider<TenantMessages> messages) {
        this.messages = messages;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof AbstractKafkaListenerContainerFactory<?, ?, ?> factory) {
            enterIn(factory, name);
        } else if (bean instanceof ProducerFactory<?, ?> factory) {
            addHeadersTo(factory);
        } else if (bean instanceof KafkaTemplate<?, ?> template && !(bean instanceof RoutingKafkaTemplate)) {
            // Its factory need not be a bean.
            addHeadersTo(template.getProducerFactory());
        }
        return bean;
    }

    private <K, V> void addHeadersTo(ProducerFactory<K, V> factory) {
        if (factory.getPostProcessors().stream().noneMatch(TenantProducers.class::isInstance)) {
            factory.addPostProcessor(new TenantProducers<>(messages));
        }
    }

    private <C extends AbstractMessageListenerContainer<K, V>, K, V> void enterIn(
            AbstractKafkaListenerContainerFactory<C, K, V> factory, String name) {
        try {
            ContainerCustomizer<K, V, C> before = before(factory);
            factory.setContainerCustomizer(container -> {
                if (before != null) {
                    before.configure(container);
                }
                wrapListener(container);
            });
        } catch (RuntimeException unable) {
            LOG.warn(
                    "What customizes the containers of {} cannot be seen, so that its listeners act for no tenant. Let them use"
                            + " TenantPropagator.",
                    name,
                    unable);
        }
    }

    private <K, V> void wrapListener(AbstractMessageListenerContainer<K, V> container) {
        // Batches have a type of their own.
        if (container.getContainerProperties().getMessageListener() instanceof MessageListener<?, ?> listener) {
            container.setupMessageListener(new TenantRecordListener<>(listener, messages.getObject()));
        }
    }

    @SuppressWarnings("unchecked")
    private static <C extends AbstractMessageListenerContainer<K, V>, K, V> @Nullable ContainerCustomizer<K, V, C> before(AbstractKafkaListenerContainerFactory<C, K, V> factory) {
        Field field = ReflectionUtils.findField(
                AbstractKafkaListenerContainerFactory.class, "containerCustomizer", ContainerCustomizer.class);
        if (field == null) {
            throw new IllegalStateException(
                    AbstractKafkaListenerContainerFactory.class.getName() + " keeps no containerCustomizer");
        }
        ReflectionUtils.makeAccessible(field);
        return (ContainerCustomizer<K, V, C>) ReflectionUtils.getField(field, factory);
    }
}
