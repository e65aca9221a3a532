package dev.tenancy.spring.task;

import dev.tenancy.Memberships;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.type.AnnotationMetadata;

/** Tasks that act for whom they were handed over by, and schedules for each tenant. */
@AutoConfiguration
@Lazy(false)
@Import(TenancyTaskAutoConfiguration.Proxies.class)
public final class TenancyTaskAutoConfiguration {

    // By its name only: an application may inject its own by type.
    @Bean(defaultCandidate = false)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static TaskDecorator tenantTaskDecorator() {
        return new TenantTaskDecorator();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CarryingExecutors carryingExecutors(@Qualifier("tenantTaskDecorator") TaskDecorator carrying) {
        return new CarryingExecutors(carrying);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static EachTenantAdvisor eachTenantAdvisor(ObjectProvider<ActiveTenants> tenants) {
        return new EachTenantAdvisor(tenants);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static EachTenantChecks eachTenantChecks(ObjectProvider<ActiveTenants> tenants) {
        return new EachTenantChecks(tenants);
    }

    @Bean
    TenantPropagator tenantPropagator(ObjectProvider<Memberships> memberships, ObjectProvider<ActiveTenants> tenants) {
        return new TenantPropagator(memberships, tenants);
    }

    static final class Proxies implements ImportBeanDefinitionRegistrar {

        @Override
        public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
            AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
        }
    }
}
