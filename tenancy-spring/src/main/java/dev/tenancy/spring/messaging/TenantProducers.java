package dev.tenancy.spring.messaging;

import dev.tenancy.spring.task.TenantPropagator;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.kafka.core.ProducerPostProcessor;

/** Puts who acts into the headers of each record that is sent, unless it names a tenant already. */
final class TenantProducers<K, V> implements ProducerPostProcessor<K, V> {

    private final ObjectProvider<TenantMessages> messages;

    TenantProducers(ObjectProvider<TenantMessages> messages) {
        this.messages = messages;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Producer<K, V> apply(Producer<K, V> producer) {
        ProxyFactory proxy = new ProxyFactory(Producer.class, (MethodInterceptor) this::withHeaders);
        proxy.setTarget(producer);
        return (Producer<K, V>) proxy.getProxy(Producer.class.getClassLoader());
    }

    private @Nullable Object withHeaders(MethodInvocation call) throws Throwable {
        Object[] arguments = call.getArguments();
        if (call.getMethod().getName().equals("send") && arguments[0] instanceof ProducerRecord<?, ?> sent) {
            arguments[0] = withHeaders(sent);
        }
        return call.proceed();
    }

    private ProducerRecord<?, ?> withHeaders(ProducerRecord<?, ?> sent) {
        if (sent.headers().lastHeader(TenantPropagator.TENANT) != null) {
            return sent;
        }
        Map<String, String> carried = messages.getObject().headers(sent.topic());
        if (carried.isEmpty()) {
            return sent;
        }
        // A copy, since whoever sends the same record again may act for another tenant.
        ProducerRecord<?, ?> copy = new ProducerRecord<>(
                sent.topic(), sent.partition(), sent.timestamp(), sent.key(), sent.value(), sent.headers());
        carried.forEach((key, text) -> copy.headers().add(key, text.getBytes(StandardCharsets.UTF_8)));
        return copy;
    }
}
