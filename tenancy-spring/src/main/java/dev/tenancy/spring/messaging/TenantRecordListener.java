package dev.tenancy.spring.messaging;

import dev.tenancy.CurrentTenant;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.AcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.ConsumerSeekAware;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.adapter.AbstractDelegatingMessageListenerAdapter;
import org.springframework.kafka.listener.adapter.AsyncRepliesAware;
import org.springframework.kafka.support.Acknowledgment;

/** Lets a listener act for whoever the headers of its record name. A refusal is thrown where the listener's own failures are. */
final class TenantRecordListener<K, V> extends AbstractDelegatingMessageListenerAdapter<MessageListener<K, V>>
        implements AcknowledgingConsumerAwareMessageListener<K, V>, AsyncRepliesAware {

    private final TenantMessages messages;

    TenantRecordListener(MessageListener<K, V> delegate, TenantMessages messages) {
        super(delegate);
        this.messages = messages;
    }

    // The container calls the method of the innermost listener's type.
    @Override
    public void onMessage(
            ConsumerRecord<K, V> message, @Nullable Acknowledgment acknowledgment, @Nullable Consumer<?, ?> consumer) {
        try (CurrentTenant.Scope scope = messages.enter(message.topic(), key -> text(message, key))) {
            switch (delegateType) {
                case ACKNOWLEDGING_CONSUMER_AWARE -> delegate.onMessage(message, acknowledgment, consumer);
                case ACKNOWLEDGING -> delegate.onMessage(message, acknowledgment);
                case CONSUMER_AWARE -> delegate.onMessage(message, consumer);
                case SIMPLE -> delegate.onMessage(message);
            }
        }
    }

    @Override
    public void onMessage(ConsumerRecord<K, V> message) {
        onMessage(message, null, null);
    }

    @Override
    public void onMessage(ConsumerRecord<K, V> message, @Nullable Acknowledgment acknowledgment) {
        onMessage(message, acknowledgment, null);
    }

    @Override
    public void onMessage(ConsumerRecord<K, V> message, @Nullable Consumer<?, ?> consumer) {
        onMessage(message, null, consumer);
    }

    private static @Nullable String text(ConsumerRecord<?, ?> message, String key) {
        Header header = message.headers().lastHeader(key);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public boolean isAsyncReplies() {
        return delegate instanceof AsyncRepliesAware replies && replies.isAsyncReplies();
    }

    @Override
    public void onFirstPoll() {
        if (delegate instanceof ConsumerSeekAware seeks) {
            seeks.onFirstPoll();
        }
    }

    @Override
    public void unregisterSeekCallback() {
        if (delegate instanceof ConsumerSeekAware seeks) {
            seeks.unregisterSeekCallback();
        }
    }
}
