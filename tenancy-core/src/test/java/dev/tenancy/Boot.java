package dev.tenancy;

import java.util.HashMap;
import java.util.Map;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.MultiTenancySettings;

/** A mapping as it is when a session factory is about to be built from it. */
record Boot(Metadata metadata, OwnedEntities owned) {

    static Boot of(String url, Class<?>... entities) {
        return of(url, Map.of(), entities);
    }

    static Boot of(String url, Map<String, Object> more, Class<?>... entities) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("hibernate.connection.url", url);
        TenantIsolation.applyTo(settings);
        MetadataSources sources = new MetadataSources(
                new StandardServiceRegistryBuilder().applySettings(settings).build());
        sources.addAnnotatedClasses(entities);
        SessionTenant resolver = (SessionTenant) settings.get(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER);
        return new Boot(sources.buildMetadata(), resolver.owned());
    }
}
