package timesheets.access;

import dev.tenancy.jwt.RefreshTokens;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.type.LogicalType;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Limits.class)
class AccessConfiguration {

    private static final Duration SESSION = Duration.ofDays(30);

    @Bean
    PasswordEncoder passwordEncoder() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }

    /** Spring Security observes each of its filters, at a tenth of what a request costs; the requests themselves stay observed. */
    @Bean
    SecurityObservationSettings securityObservations() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    RefreshTokens refreshTokens(RefreshTokenTable table, Members members, Clock clock) {
        return new RefreshTokens(table, members, SESSION, clock);
    }

    /** Reads what the controllers here take as strictly as the resources are read: each member once, and text as text. */
    @Bean
    JsonMapperBuilderCustomizer strictJson() {
        return json -> json.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .withCoercionConfig(LogicalType.Textual, text -> {
                    for (CoercionInputShape other :
                            List.of(CoercionInputShape.Boolean, CoercionInputShape.Integer, CoercionInputShape.Float)) {
                        text.setCoercion(other, CoercionAction.Fail);
                    }
                });
    }

    @Bean
    WebMvcConfigurer webConfiguration(AddressLimit addressLimit) {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(addressLimit).addPathPatterns("/api/auth/**");
            }

            // springdoc brings YAML along, and Spring would read and answer it everywhere.
            @Override
            public void configureMessageConverters(HttpMessageConverters.ServerBuilder converters) {
                converters.configureMessageConvertersList(
                        all -> all.removeIf(one -> one.getSupportedMediaTypes().contains(MediaType.APPLICATION_YAML)));
            }
        };
    }
}
