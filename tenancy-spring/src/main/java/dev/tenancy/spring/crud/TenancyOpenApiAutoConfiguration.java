package dev.tenancy.spring.crud;

import dev.tenancy.spring.TenancyProperties;
import jakarta.persistence.EntityManagerFactory;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import tools.jackson.databind.json.JsonMapper;

/** Makes springdoc's document tell what the CRUD controllers and the filters of this library really answer. */
@AutoConfiguration(after = TenancyCrudAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(GlobalOpenApiCustomizer.class)
@EnableConfigurationProperties({TenancyProperties.class, TenancyCrudProperties.class})
@Lazy(false)
public final class TenancyOpenApiAutoConfiguration {

    @Bean
    DocumentedOperations documentedOperations(
            ObjectProvider<EntityManagerFactory> entities,
            ObjectProvider<TenantReadController<?, ?>> controllers,
            TenancyCrudProperties properties,
            ObjectProvider<SpringDocConfigProperties> springdoc,
            ObjectProvider<JsonMapper> json) {
        return new DocumentedOperations(
                entities, controllers, properties, springdoc, new AnswerInclusion(json::getObject));
    }

    @Bean
    ApiDocument apiDocument(TenancyProperties properties) {
        return new ApiDocument(
                properties.header(), properties.open(), properties.requests().atOnce() > 0);
    }
}
