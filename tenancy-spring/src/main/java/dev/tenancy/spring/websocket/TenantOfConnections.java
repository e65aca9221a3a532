package dev.tenancy.spring.websocket;

import dev.tenancy.spring.task.TenantPropagator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;
import org.springframework.web.socket.sockjs.support.SockJsHttpRequestHandler;
import org.springframework.web.socket.sockjs.transport.TransportHandlingSockJsService;

/** Keeps who opened a connection, and for which tenant, in the attributes of its WebSocket session. */
// The application declares its endpoints by itself, so their interceptors are added to.
final class TenantOfConnections implements BeanPostProcessor, HandshakeInterceptor {

    private final Supplier<TenantPropagator> propagator;

    TenantOfConnections(Supplier<TenantPropagator> propagator) {
        this.propagator = propagator;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof AbstractUrlHandlerMapping mapping) {
            mapping.getHandlerMap().values().forEach(this::addTo);
        }
        return bean;
    }

    private void addTo(Object endpoint) {
        if (endpoint instanceof WebSocketHttpRequestHandler plain) {
            plain.setHandshakeInterceptors(and(plain.getHandshakeInterceptors()));
        } else if (endpoint instanceof SockJsHttpRequestHandler handler
                && handler.getSockJsService() instanceof TransportHandlingSockJsService sockJs) {
            sockJs.setHandshakeInterceptors(and(sockJs.getHandshakeInterceptors()));
        }
    }

    private List<HandshakeInterceptor> and(List<HandshakeInterceptor> present) {
        List<HandshakeInterceptor> all = new ArrayList<>(present);
        all.add(this);
        return all;
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes) {
        // An application may copy the attributes of the HTTP session first, in which anything could stand.
        attributes.remove(TenantPropagator.TENANT);
        attributes.remove(TenantPropagator.USER);
        attributes.putAll(propagator.get().inject());
        return true;
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            @Nullable Exception failure) {}
}
