package dev.tenancy.spring.messaging;

import dev.tenancy.spring.task.TenantPropagator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Correlation;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessagePostProcessor;
import org.springframework.beans.factory.ObjectProvider;

/** Puts who acts into the headers of each message of RabbitMQ that is sent, unless it names a tenant already. */
final class TenantHeaders implements MessagePostProcessor {

    private final ObjectProvider<TenantMessages> messages;

    TenantHeaders(ObjectProvider<TenantMessages> messages) {
        this.messages = messages;
    }

    @Override
    public Message postProcessMessage(
            Message message, @Nullable Correlation correlation, String exchange, String routingKey) {
        // The default exchange routes by the name of the queue.
        return withHeaders(message, exchange.isEmpty() ? routingKey : exchange);
    }

    @Override
    public Message postProcessMessage(Message message) {
        return withHeaders(message, "");
    }

    private Message withHeaders(Message message, String destination) {
        if (message.getMessageProperties().getHeader(TenantPropagator.TENANT) != null) {
            return message;
        }
        Map<String, String> carried = messages.getObject().headers(destination);
        if (carried.isEmpty()) {
            return message;
        }
        // A copy, since whoever sends the same message again may act for another tenant.
        MessageBuilder copy = MessageBuilder.fromMessage(message);
        carried.forEach(copy::setHeader);
        return copy.build();
    }
}
