package dev.tenancy.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.server.PathContainer;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.handler.HandlerExceptionResolverComposite;
import org.springframework.web.servlet.mvc.method.annotation.ExceptionHandlerExceptionResolver;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Takes its two places among those who answer errors. Before every advice: what the filters refuse, and what Spring and the database refuse
 * in controllers with {@link ProblemDetails}. After every advice: what is left of these controllers, and of all others what the library
 * refused there; and with the setting all that has a status.
 */
final class ErrorResolvers implements BeanPostProcessor {

    // Spring Security answers these itself, in its filters.
    private static final Set<String> OF_SPRING_SECURITY = Set.of(
            "org.springframework.security.access.AccessDeniedException",
            "org.springframework.security.core.AuthenticationException");

    private final Supplier<ProblemAnswer> answer;
    private final Supplier<List<RequestMappingHandlerMapping>> mappings;
    private final BooleanSupplier answersUnhandled;

    ErrorResolvers(
            Supplier<ProblemAnswer> answer,
            Supplier<List<RequestMappingHandlerMapping>> mappings,
            BooleanSupplier answersUnhandled) {
        this.answer = answer;
        this.mappings = mappings;
        this.answersUnhandled = answersUnhandled;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof HandlerExceptionResolverComposite composite && name.equals("handlerExceptionResolver")) {
            List<HandlerExceptionResolver> resolvers = new ArrayList<>(
                    composite.getExceptionResolvers() == null ? List.of() : composite.getExceptionResolvers());
            int afterAdvice = 0;
            for (int i = 0; i < resolvers.size(); i++) {
                if (resolvers.get(i) instanceof ExceptionHandlerExceptionResolver) {
                    afterAdvice = i + 1;
                }
            }
            resolvers.add(afterAdvice, this::afterAdvice);
            resolvers.add(0, this::beforeAdvice);
            composite.setExceptionResolvers(resolvers);
        }
        return bean;
    }

    private @Nullable ModelAndView beforeAdvice(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        if (handler == null && failure instanceof Problem.Refusal refusal) {
            return send(request, response, refusal);
        }
        if (!isOurs(request, handler)) {
            return null;
        }
        // Of what is sent already nothing can be taken back. The failure has to reach the container, which breaks the
        // connection off: an end like any other would make half an answer look like all of it.
        if (response.isCommitted()) {
            throw new IllegalStateException("The answer had begun already; the connection is broken off.", failure);
        }
        if (handler instanceof HandlerMethod method && answersItself(method, failure) || hasStatus(failure)) {
            return null;
        }
        ErrorResponse problem = Problems.of(failure);
        return problem == null ? null : send(request, response, problem);
    }

    private @Nullable ModelAndView afterAdvice(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        if (response.isCommitted() || hasStatus(failure)) {
            return null;
        }
        boolean ours = isOurs(request, handler);
        ErrorResponse problem =
                ours || answersUnhandled.getAsBoolean() ? Problems.of(failure) : Problems.ofRefusal(failure);
        if (problem != null) {
            return send(request, response, problem);
        }
        boolean isElsewhere =
                isOfSpringSecurity(failure) || DisconnectedClientHelper.isClientDisconnectedException(failure);
        return ours && !isElsewhere ? send(request, response, Problems.failed(failure)) : null;
    }

    private ModelAndView send(HttpServletRequest request, HttpServletResponse response, ErrorResponse problem) {
        try {
            answer.get().send(request, response, problem);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
        return new ModelAndView();
    }

    private static boolean answersItself(HandlerMethod method, Exception failure) {
        return new ExceptionHandlerMethodResolver(method.getBeanType()).resolveMethodByThrowable(failure) != null;
    }

    // Spring looks for it on the causes as well.
    private static boolean hasStatus(Throwable failure) {
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (AnnotatedElementUtils.hasAnnotation(one.getClass(), ResponseStatus.class)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfSpringSecurity(Exception failure) {
        for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
            if (OF_SPRING_SECURITY.contains(type.getName())) {
                return true;
            }
        }
        return false;
    }

    private boolean isOurs(HttpServletRequest request, @Nullable Object handler) {
        if (handler instanceof HandlerMethod method) {
            return isOurs(method);
        }
        // A method or a media type that is not taken there has no handler.
        PathContainer path = handler == null ? RequestPaths.of(request) : null;
        return path != null && isOurs(path);
    }

    /** Whether a controller with {@link ProblemDetails} has the path. */
    boolean isOurs(PathContainer path) {
        return mappings.get().stream()
                .flatMap(mapping -> mapping.getHandlerMethods().entrySet().stream())
                .filter(mapped -> isOurs(mapped.getValue()))
                .map(mapped -> mapped.getKey().getPathPatternsCondition())
                .anyMatch(condition -> condition != null
                        && condition.getPatterns().stream().anyMatch(pattern -> pattern.matches(path)));
    }

    private static boolean isOurs(HandlerMethod method) {
        return AnnotatedElementUtils.hasAnnotation(method.getBeanType(), ProblemDetails.class);
    }
}
