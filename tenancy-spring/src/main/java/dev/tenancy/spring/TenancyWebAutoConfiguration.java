package dev.tenancy.spring;

import dev.tenancy.Roles;
import jakarta.persistence.EntityManagerFactory;
import jakarta.validation.Validator;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.web.WebProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What the CRUD controllers stand on, and problem details. */
@AutoConfiguration(
        after = {TenancyAutoConfiguration.class, HibernateJpaAutoConfiguration.class},
        before = {ErrorMvcAutoConfiguration.class, WebMvcAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(TenancyProperties.class)
public final class TenancyWebAutoConfiguration {

    @Bean
    @ConditionalOnBean(EntityManagerFactory.class)
    CrudEngine.Factory crudEngineFactory(
            EntityManagerFactory entityManagerFactory,
            PlatformTransactionManager transactions,
            Validator validator,
            JsonMapper json,
            Roles roles,
            TenancyProperties properties) {
        return new CrudEngine.Factory(entityManagerFactory, transactions, validator, json, roles, properties);
    }

    @Bean
    OpenEndpoints openEndpoints(TenancyProperties properties, ObjectProvider<OpenEndpoints.ByDefault> more) {
        List<String> open = new ArrayList<>(properties.open());
        more.forEach(one -> open.addAll(one.endpoints()));
        return OpenEndpoints.parse(open);
    }

    @Bean
    BodyLimit bodyLimit(TenancyProperties properties) {
        return new BodyLimit(properties.maxBodySize().toBytes());
    }

    @Bean
    WebMvcConfigurer ownActionsOfCrudControllers() {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new OwnActions());
            }
        };
    }

    // Of two members with one name, one reader would take the first and another the last.
    @Bean
    JsonMapperBuilderCustomizer membersAreUnique() {
        return builder -> builder.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
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
