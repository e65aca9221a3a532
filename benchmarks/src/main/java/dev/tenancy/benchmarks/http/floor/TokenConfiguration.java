package dev.tenancy.benchmarks.http.floor;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import tools.jackson.databind.json.JsonMapper;

/** The filter stands in the servlet container itself, unless there is Spring Security. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TokenProperties.class)
class TokenConfiguration {

    @Bean
    @Profile("!security")
    FilterRegistrationBean<TokenFilter> tokenFilter(
            TokenProperties properties, Memberships memberships, JsonMapper json) {
        return new FilterRegistrationBean<>(new TokenFilter(properties, memberships, json));
    }
}
