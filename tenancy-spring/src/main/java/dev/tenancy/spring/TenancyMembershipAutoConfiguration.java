package dev.tenancy.spring;

import dev.tenancy.Memberships;
import dev.tenancy.Roles;
import dev.tenancy.TenancySetupException;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.type.AnnotationMetadata;

/** Who is a member, and what a member's role allows: needs no Spring Security. */
@AutoConfiguration(after = TenancyAutoConfiguration.class)
@EnableConfigurationProperties(TenancyProperties.class)
@Import(TenancyMembershipAutoConfiguration.Proxies.class)
@Lazy(false)
public final class TenancyMembershipAutoConfiguration {

    @Bean(destroyMethod = "close")
    @ConditionalOnBean(Memberships.class)
    @ConditionalOnMissingBean
    MembershipCache membershipCache(Memberships memberships, TenancyProperties properties) {
        return new MembershipCache(memberships, properties.membershipCache());
    }

    /** For who lets requests in: an application without any needs to say nothing about members. */
    static MembershipCache asked(ObjectProvider<MembershipCache> memberships) {
        return memberships.getIfAvailable(() -> {
            throw new TenancySetupException(
                    "Nothing says who is a member of which company: there is no bean of type dev.tenancy.Memberships.",
                    "Provide one; docs/quickstart.md shows it.");
        });
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RequiredRoles requiredRoles() {
        return new RequiredRoles();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RoleAdvisor roleAdvisor(RequiredRoles required, ObjectProvider<Roles> roles) {
        return new RoleAdvisor(required, roles::getObject);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BeanChecks beanChecks(
            RequiredRoles required, ObjectProvider<Roles> roles, ConfigurableListableBeanFactory beans) {
        return new BeanChecks(required, roles::getObject, beans);
    }

    static final class Proxies implements ImportBeanDefinitionRegistrar {

        @Override
        public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
            AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
        }
    }
}
