package dev.tenancy;

import java.util.Map;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.ResourceStreamLocator;
import org.hibernate.boot.spi.AdditionalMappingContributions;
import org.hibernate.boot.spi.AdditionalMappingContributor;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.boot.spi.MetadataBuildingContext;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;

/**
 * Makes Hibernate keep to the current tenant: this is the one way in, for an application with or without Spring.
 *
 * <pre>{@code
 * Map<String, Object> settings = new HashMap<>();
 * TenantIsolation.applyTo(settings);
 * EntityManagerFactory factory = Persistence.createEntityManagerFactory("timesheets", settings);
 * }</pre>
 *
 * <p>A session belongs to the tenant that is current when it is opened. One that is opened while none is current reaches
 * the rows that no tenant owns; a statement that names a tenant-owned table is then refused with a
 * {@link NoTenantException} before it reaches the database.
 */
public final class TenantIsolation implements AdditionalMappingContributor, Integrator {

    // PersisterFactoryInitiator.IMPL_NAME, which Hibernate keeps in an internal package
    private static final String PERSISTERS = "hibernate.persister.factory";

    /** For Hibernate, which finds this class as a service. Applications call {@link #applyTo}. */
    public TenantIsolation() {}

    /**
     * Adds the isolation to the settings of one session factory, before it is built. Use a fresh map for each factory.
     *
     * @throws TenancySetupException if a setting that the isolation needs is taken
     */
    public static void applyTo(Map<String, Object> settings) {
        OwnedEntities owned = new OwnedEntities();
        claim(settings, MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new SessionTenant(owned));
        claim(settings, PERSISTERS, new OwnedPersisters(owned));
        claim(settings, JdbcSettings.STATEMENT_INSPECTOR, new StatementGuard(owned));
    }

    /** Called by Hibernate while a session factory is built; puts the isolation into its mapping. */
    @Override
    public void contribute(
            AdditionalMappingContributions contributions,
            InFlightMetadataCollector metadata,
            ResourceStreamLocator resources,
            MetadataBuildingContext context) {
        Object resolver = context.getBootstrapContext()
                .getConfigurationService()
                .getSettings()
                .get(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER);
        if (resolver instanceof SessionTenant sessionTenant) {
            sessionTenant.owned().takeOver(metadata);
        }
    }

    /** Called by Hibernate when a session factory is built; tells the isolation its tables. */
    @Override
    public void integrate(Metadata metadata, BootstrapContext context, SessionFactoryImplementor factory) {
        if (factory.getSessionFactoryOptions().getStatementInspector() instanceof StatementGuard guard) {
            guard.learn(metadata);
            new OwnedRows().register(factory.getEventListenerRegistry());
        }
    }

    private static void claim(Map<String, Object> settings, String name, Object value) {
        Object taken = settings.putIfAbsent(name, value);
        if (taken != null) {
            throw new TenancySetupException(
                    "The setting " + name + " is " + taken + ", but tenant isolation needs it.", "Remove the setting.");
        }
    }
}
