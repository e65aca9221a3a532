package dev.tenancy.spring.crud;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Asked first: a path that no mapping before {@link PathFirstMapping} can match, as these begin otherwise, is taken there at once.
 * Actuator's mappings come before, and each of their endpoints is compared with each request of the application otherwise.
 */
final class UndisputedMapping implements HandlerMapping, Ordered {

    private static final String BOOTS = "org.springframework.boot.";

    /** Where a path leads to {@code ours}, if it begins so and not as one {@code before}. */
    private record Ways(@Nullable PathFirstMapping ours, Beginnings before, List<RouterFunctionMapping> functions) {

        private static final Beginnings NONE = Beginnings.of(Map.of());

        static Ways of(List<HandlerMapping> all) {
            Map<RequestMappingInfo, HandlerMethod> before = new HashMap<>();
            List<RouterFunctionMapping> functions = new ArrayList<>();
            for (HandlerMapping one : all) {
                if (one instanceof PathFirstMapping ours) {
                    return new Ways(ours, Beginnings.of(before), functions);
                }
                if (one.getClass() == RouterFunctionMapping.class) {
                    functions.add((RouterFunctionMapping) one);
                } else if (one instanceof RequestMappingInfoHandlerMapping actuators && isKnown(actuators)) {
                    before.putAll(actuators.getHandlerMethods());
                } else if (!(one instanceof UndisputedMapping)) {
                    break;
                }
            }
            return new Ways(null, NONE, List.of());
        }

        // Of others it is not known what they match besides, and when they change.
        private static boolean isKnown(RequestMappingInfoHandlerMapping mapping) {
            return mapping.getClass().getName().startsWith(BOOTS)
                    && mapping.getPatternParser() != null
                    && mapping.getPatternParser().isCaseSensitive();
        }

        @Nullable PathFirstMapping to(String path) {
            if (ours == null || !ours.hasBeginningOf(path) || !before.of(path).isEmpty()) {
                return null;
            }
            for (RouterFunctionMapping one : functions) {
                if (one.getRouterFunction() != null || one.getDefaultHandler() != null) {
                    return null;
                }
            }
            return ours;
        }
    }

    private final ApplicationContext context;
    private volatile @Nullable Ways ways;

    UndisputedMapping(ApplicationContext context) {
        this.context = context;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public boolean usesPathPatterns() {
        return true;
    }

    @Override
    public @Nullable HandlerExecutionChain getHandler(HttpServletRequest request) throws Exception {
        // A servlet with a context of its own, below this one, has mappings of its own.
        if (request.getAttribute(DispatcherServlet.WEB_APPLICATION_CONTEXT_ATTRIBUTE) != context
                || !ServletRequestPathUtils.hasParsedRequestPath(request)) {
            return null;
        }
        PathFirstMapping ours = ways().to(ServletRequestPathUtils.getParsedRequestPath(request)
                .pathWithinApplication()
                .value());
        return ours == null ? null : ours.getHandler(request);
    }

    // As late as a request, when all mappings are there.
    private Ways ways() {
        Ways known = ways;
        if (known == null) {
            List<HandlerMapping> all = new ArrayList<>(
                    BeanFactoryUtils.beansOfTypeIncludingAncestors(context, HandlerMapping.class, true, false)
                            .values());
            AnnotationAwareOrderComparator.sort(all);
            known = Ways.of(all);
            ways = known;
        }
        return known;
    }
}
