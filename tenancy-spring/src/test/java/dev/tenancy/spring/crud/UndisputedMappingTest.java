package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.servlet.function.RouterFunctions.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.info.InfoEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.boot.webmvc.autoconfigure.actuate.web.WebMvcEndpointManagementContextConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/** Beside the mappings that Spring MVC asks without it: the same handler, and the same refusal. */
class UndisputedMappingTest {

    @RestController
    @RequestMapping("/api/customers")
    static class Customers {

        @GetMapping
        void list() {}

        @GetMapping("/{id}")
        void get() {}

        @PostMapping(consumes = "application/json")
        void create() {}
    }

    @Configuration(proxyBeanMethods = false)
    static class Application {

        @Bean
        Customers customers() {
            return new Customers();
        }

        @Bean
        WebMvcRegistrations registrations() {
            return new WebMvcRegistrations() {

                @Override
                public RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
                    return new PathFirstMapping();
                }
            };
        }

        @Bean
        UndisputedMapping undisputedMapping(ApplicationContext context) {
            return new UndisputedMapping(context);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithFunction {

        @Bean
        RouterFunction<ServerResponse> export() {
            return route().GET(
                            "/api/customers/export",
                            request -> ServerResponse.ok().build())
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithMappingBefore {

        @Bean
        SimpleUrlHandlerMapping export() {
            return new SimpleUrlHandlerMapping(Map.of("/api/customers/export", "theirs"), -5);
        }
    }

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    WebMvcAutoConfiguration.class,
                    DispatcherServletAutoConfiguration.class,
                    EndpointAutoConfiguration.class,
                    WebEndpointAutoConfiguration.class,
                    InfoEndpointAutoConfiguration.class,
                    ManagementContextAutoConfiguration.class,
                    WebMvcEndpointManagementContextConfiguration.class))
            .withUserConfiguration(Application.class)
            .withPropertyValues("management.endpoints.web.exposure.include=*");

    private static List<HandlerMapping> mappings(AssertableWebApplicationContext context) {
        List<HandlerMapping> all =
                new ArrayList<>(context.getBeansOfType(HandlerMapping.class).values());
        AnnotationAwareOrderComparator.sort(all);
        return all;
    }

    private static MockHttpServletRequest request(String call) {
        String[] parts = call.split(" ");
        MockHttpServletRequest request = new MockHttpServletRequest(parts[0], parts[1]);
        ServletRequestPathUtils.parseAndCache(request);
        return request;
    }

    private static @Nullable String answer(
            @Nullable AssertableWebApplicationContext context, List<HandlerMapping> mappings, String call) {
        MockHttpServletRequest request = request(call);
        request.setAttribute(
                DispatcherServlet.WEB_APPLICATION_CONTEXT_ATTRIBUTE,
                context == null ? null : context.getSourceApplicationContext());
        try {
            for (HandlerMapping one : mappings) {
                HandlerExecutionChain chain = one.getHandler(request);
                if (chain != null) {
                    return chain.getHandler()
                            + Objects.toString(request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE))
                            + request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE)
                            + chain.getInterceptorList().stream()
                                    .map(Object::getClass)
                                    .toList();
                }
            }
            return null;
        } catch (Exception refusal) {
            return refusal.toString();
        }
    }

    /** Of each call, whether it was taken at once. */
    private static Map<String, Boolean> takenAtOnce(AssertableWebApplicationContext context) {
        Map<String, Boolean> taken = new LinkedHashMap<>();
        UndisputedMapping first = context.getBean(UndisputedMapping.class);
        List<HandlerMapping> all = mappings(context);
        assertThat(all).first().isSameAs(first);
        List<HandlerMapping> springs = all.subList(1, all.size());
        for (String call : List.of(
                "GET /api/customers",
                "GET /api/customers/7",
                "GET /api/customers/export",
                "GET /api/customers/info",
                "GET /api/customers/in%66o",
                "GET /api/customers;v=1/7",
                "POST /api/customers",
                "DELETE /api/customers",
                "OPTIONS /api/customers/7",
                "GET /api",
                "GET /api/info",
                "GET /api/other",
                "GET /actuator",
                "GET /actuator/info",
                "GET /info",
                "GET /none")) {
            String ours = answer(context, all, call);
            assertThat(ours).as(call).isEqualTo(answer(context, springs, call));
            assertThat(answer(null, List.of(first), call))
                    .as("another servlet's " + call)
                    .isNull();
            taken.put(call, ours != null && ours.equals(answer(context, List.of(first), call)));
        }
        return taken;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator", "/api", "/api/customers", "/"})
    void actuatorHasWhatItHas(String path) {
        runner.withPropertyValues("management.endpoints.web.base-path=" + path).run(context -> {
            Map<String, Boolean> taken = takenAtOnce(context);
            boolean apart = !path.startsWith("/api");
            assertThat(taken)
                    .containsEntry("GET /api/customers", apart)
                    .containsEntry("GET /api/customers/7", apart)
                    .containsEntry("POST /api/customers", apart)
                    .containsEntry("GET /actuator/info", false)
                    .containsEntry("GET /api/customers/in%66o", false)
                    .containsEntry("GET /api/customers;v=1/7", false)
                    .containsEntry("GET /none", false);
            assertThat(answer(context, mappings(context), "GET " + (path + "/info").replace("//", "/")))
                    .contains("info");
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {WithFunction.class, WithMappingBefore.class})
    void whatElseComesBeforeTheControllersIsAskedFirst(Class<?> other) {
        runner.withUserConfiguration(other)
                .withBean("theirs", Object.class, Object::new)
                .run(context -> assertThat(takenAtOnce(context)).doesNotContainValue(true));
    }
}
