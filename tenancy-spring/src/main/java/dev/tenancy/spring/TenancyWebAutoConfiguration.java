package dev.tenancy.spring;

import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.web.WebProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;

/** Problem details, and what may be called without a credential. */
@AutoConfiguration(
        after = TenancyAutoConfiguration.class,
        before = {ErrorMvcAutoConfiguration.class, WebMvcAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(TenancyProperties.class)
public final class TenancyWebAutoConfiguration {

    @Bean
    OpenEndpoints openEndpoints(TenancyProperties properties, ObjectProvider<OpenEndpoints.ByDefault> more) {
        List<String> open = new ArrayList<>(properties.open());
        more.forEach(one -> open.addAll(one.endpoints()));
        return OpenEndpoints.parse(open);
    }

    @Bean
    Problems tenancyProblems() {
        return new Problems();
    }

    @Bean
    @ConditionalOnMissingBean(ErrorController.class)
    ProblemErrorController problemErrorController(
            ErrorAttributes attributes, WebProperties web, ObjectProvider<ErrorViewResolver> resolvers) {
        return new ProblemErrorController(
                attributes, web.getError(), resolvers.orderedStream().toList());
    }
}
