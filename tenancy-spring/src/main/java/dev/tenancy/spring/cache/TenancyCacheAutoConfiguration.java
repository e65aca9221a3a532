package dev.tenancy.spring.cache;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.cache.metrics.CacheMeterBinderProvider;
import org.springframework.boot.cache.metrics.CacheMetricsRegistrar;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** Parts the caches of the application by tenant. */
@AutoConfiguration
@Lazy(false)
@EnableConfigurationProperties(TenancyCacheProperties.class)
public final class TenancyCacheAutoConfiguration {

    @Bean
    static TenantCaches tenantCaches(Environment environment) {
        // A post-processor that asked for the bean would have it made before other post-processors see it.
        return new TenantCaches(Binder.get(environment).bindOrCreate("tenancy.cache", TenancyCacheProperties.class));
    }

    @Bean
    CallersCaches callersCaches(ObjectProvider<CacheAspectSupport> aspects) {
        return new CallersCaches(aspects);
    }

    @Bean
    FieldsAsCaches fieldsAsCaches(ConfigurableListableBeanFactory beans) {
        return new FieldsAsCaches(beans);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({CacheMeterBinderProvider.class, MeterRegistry.class})
    @Lazy(false)
    static final class Metrics {

        /** The metrics of the application's caches, which are found by their types, and not by that of what stands before them. */
        @Bean
        CacheMeterBinderProvider<DecoratedCache> decoratedCacheMeters(
                ObjectProvider<CacheMeterBinderProvider<?>> providers) {
            // A lambda would not tell for which type of caches it is.
            return new CacheMeterBinderProvider<>() {
                @Override
                public MeterBinder getMeterBinder(DecoratedCache cache, Iterable<Tag> tags) {
                    return registry -> new CacheMetricsRegistrar(
                                    registry,
                                    providers.stream()
                                            .filter(one -> one != this)
                                            .toList())
                            .bindCacheToRegistry(
                                    cache.target(), Tags.of(tags).stream().toArray(Tag[]::new));
                }
            };
        }
    }
}
