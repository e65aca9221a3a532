package dev.tenancy.spring.websocket;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantPrincipal;
import dev.tenancy.spring.task.TenantPropagator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.support.ExecutorChannelInterceptor;

/** Has a client's message handled for whoever opened its connection. */
final class TenantOfMessages implements ExecutorChannelInterceptor {

    // Each handler of a message ends on the thread on which it began.
    private static final ThreadLocal<Deque<CurrentTenant.Scope>> ENTERED = ThreadLocal.withInitial(ArrayDeque::new);

    private final Supplier<TenantPropagator> propagator;

    TenantOfMessages(Supplier<TenantPropagator> propagator) {
        this.propagator = propagator;
    }

    /** Asked where a refusal still reaches the client, as an ERROR frame that ends the connection. */
    @Override
    public Message<?> preSend(Message<?> message, MessageChannel channel) {
        principal(message);
        return message;
    }

    @Override
    public Message<?> beforeHandle(Message<?> message, MessageChannel channel, MessageHandler handler) {
        TenantPrincipal principal = principal(message);
        if (principal != null) {
            ENTERED.get().push(CurrentTenant.enter(principal));
        }
        return message;
    }

    @Override
    public void afterMessageHandled(
            Message<?> message, MessageChannel channel, MessageHandler handler, @Nullable Exception failure) {
        Deque<CurrentTenant.Scope> entered = ENTERED.get();
        if (!entered.isEmpty()) {
            entered.pop().close();
        }
        if (entered.isEmpty()) {
            ENTERED.remove();
        }
    }

    /** Null for a connection that nobody opened for a tenant. */
    private @Nullable TenantPrincipal principal(Message<?> message) {
        Map<String, Object> attributes = SimpMessageHeaderAccessor.getSessionAttributes(message.getHeaders());
        if (attributes == null || !attributes.containsKey(TenantPropagator.TENANT)) {
            return null;
        }
        return propagator.get().extract(key -> (String) attributes.get(key));
    }
}
