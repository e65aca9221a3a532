package dev.tenancy.spring.messaging;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import dev.tenancy.spring.task.PropagationRefusedException;
import java.util.Objects;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.Message;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.NestedExceptionUtils;

/**
 * Lets a listener of RabbitMQ act for whoever the headers of its message name. A refused message is rejected and not queued again: it
 * would come back at once, for ever.
 */
final class TenantAdvice implements MethodInterceptor {

    private final ObjectProvider<TenantMessages> messages;

    TenantAdvice(ObjectProvider<TenantMessages> messages) {
        this.messages = messages;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
        for (Object argument : call.getArguments()) {
            // Batches are lists.
            if (argument instanceof Message message) {
                try (CurrentTenant.Scope scope = enter(message)) {
                    return call.proceed();
                } catch (Exception failure) {
                    throw NestedExceptionUtils.getMostSpecificCause(failure) instanceof NoTenantException
                            ? rejected(message, "names no tenant, and its listener asked for rows of one", failure)
                            : failure;
                }
            }
        }
        return call.proceed();
    }

    private CurrentTenant.@Nullable Scope enter(Message message) {
        String queue = Objects.requireNonNullElse(message.getMessageProperties().getConsumerQueue(), "");
        try {
            return messages.getObject().enter(queue, key -> text(message, key));
        } catch (PropagationRefusedException refused) {
            throw rejected(message, "names nobody who may act", refused);
        }
    }

    private static AmqpRejectAndDontRequeueException rejected(Message message, String why, Exception refusal) {
        return new AmqpRejectAndDontRequeueException(
                "A message of the queue " + message.getMessageProperties().getConsumerQueue() + " was refused: it "
                        + why + ".",
                refusal);
    }

    private static @Nullable String text(Message message, String key) {
        Object header = message.getMessageProperties().getHeader(key);
        return header == null ? null : header.toString();
    }
}
