package dev.tenancy.spring;

import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.web.WebProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.servlet.filter.OrderedHiddenHttpMethodFilter;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.filter.FormContentFilter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/** Who answers errors, how much is read of whom, and what may be called without a credential. */
@AutoConfiguration(
        after = {TenancyAutoConfiguration.class, TenancyHealthAutoConfiguration.class},
        before = {ErrorMvcAutoConfiguration.class, WebMvcAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(TenancyProperties.class)
@Lazy(false)
public final class TenancyWebAutoConfiguration {

    private static final int BEFORE_ALL_READERS = OrderedHiddenHttpMethodFilter.DEFAULT_ORDER - 100;

    @Bean
    OpenEndpoints openEndpoints(
            TenancyProperties properties,
            ObjectProvider<OpenEndpoints.ByDefault> more,
            ObjectProvider<ActuatorRequests> actuator) {
        List<String> open = new ArrayList<>(properties.open());
        more.forEach(one -> open.addAll(one.endpoints()));
        return new OpenEndpoints(open, actuator.getIfAvailable(() -> ActuatorRequests.NONE));
    }

    @Bean
    TenantBulkhead tenantBulkhead(TenancyProperties properties) {
        TenancyProperties.Requests requests = properties.requests();
        return new TenantBulkhead(requests.atOnce(), requests.waiting(), requests.maxWait());
    }

    // Before Spring MVC is there: what it needs of the rest, it asks for at the first error.
    @Bean
    static ErrorResolvers errorResolvers(
            ObjectProvider<ProblemAnswer> answer,
            ObjectProvider<RequestMappingHandlerMapping> mappings,
            ObjectProvider<TenancyProperties> properties) {
        return new ErrorResolvers(
                answer::getObject,
                () -> mappings.stream().toList(),
                () -> properties.getObject().errors().answerUnhandled());
    }

    @Bean
    ProblemAnswer problemAnswer(ObjectProvider<JsonMapper> json, MessageSource messages) {
        return new ProblemAnswer(json.getIfAvailable(JsonMapper::shared), messages);
    }

    @Bean
    @ConditionalOnMissingBean(ErrorController.class)
    ProblemErrorController problemErrorController(
            ErrorAttributes attributes,
            WebProperties web,
            ObjectProvider<ErrorViewResolver> resolvers,
            ErrorResolvers errors,
            TenancyProperties properties) {
        return new ProblemErrorController(
                attributes,
                web.getError(),
                resolvers.orderedStream().toList(),
                path -> properties.errors().answerUnhandled() || errors.isOurs(path));
    }

    @Bean
    FilterRegistrationBean<BodyLimit> bodyLimit(TenancyProperties properties, ProblemAnswer answer) {
        FilterRegistrationBean<BodyLimit> registration = new FilterRegistrationBean<>(
                new BodyLimit(properties.maxBodySize().toBytes(), answer));
        registration.setOrder(BEFORE_ALL_READERS);
        return registration;
    }

    @Bean
    @ConditionalOnMissingBean(FormContentFilter.class)
    @ConditionalOnBooleanProperty(name = "spring.mvc.formcontent.filter.enabled", matchIfMissing = true)
    FormBodies formContentFilter(ProblemAnswer answer) {
        return new FormBodies(answer);
    }
}
