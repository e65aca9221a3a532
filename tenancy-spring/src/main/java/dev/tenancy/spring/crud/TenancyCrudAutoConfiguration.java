package dev.tenancy.spring.crud;

import dev.tenancy.Roles;
import dev.tenancy.spring.TenancyAutoConfiguration;
import dev.tenancy.spring.TenancyProperties;
import jakarta.persistence.EntityManagerFactory;
import jakarta.validation.Validator;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/** What the CRUD controllers stand on. */
@AutoConfiguration(
        after = {TenancyAutoConfiguration.class, HibernateJpaAutoConfiguration.class},
        before = WebMvcAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties({TenancyProperties.class, TenancyCrudProperties.class})
@Lazy(false)
public final class TenancyCrudAutoConfiguration {

    @Bean
    @ConditionalOnBean(EntityManagerFactory.class)
    CrudEngine.Factory crudEngineFactory(
            EntityManagerFactory entityManagerFactory,
            PlatformTransactionManager transactions,
            Validator validator,
            JsonMapper json,
            Roles roles,
            TenancyCrudProperties properties,
            RequestBodies bodies,
            BeanFactory beans) {
        return new CrudEngine.Factory(
                entityManagerFactory,
                transactions,
                validator,
                json,
                roles,
                properties,
                bodies,
                new ExportShare(properties.maxExports()),
                beans);
    }

    @Bean
    RequestBodies requestBodies(TenancyProperties properties) {
        return new RequestBodies(properties.maxBodySize().toBytes());
    }

    @Bean
    WebMvcConfigurer handlerRoles() {
        return new WebMvcConfigurer() {

            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new HandlerRoles()).order(Ordered.HIGHEST_PRECEDENCE);
            }
        };
    }

    // Boot takes none of two; one of another library comes before ours.
    @Bean
    @Fallback
    @ConditionalOnMissingBean
    WebMvcRegistrations pathFirstMappings() {
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

    @Bean
    static ControllerTraps controllerTraps(ConfigurableListableBeanFactory beans) {
        return new ControllerTraps(beans, TenantReadController.class);
    }
}
