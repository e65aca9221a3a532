package dev.tenancy;

import java.util.Map;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
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
public final class TenantIsolation implements Integrator {

    /** For Hibernate, which finds this class as a service. Applications call {@link #applyTo}. */
    public TenantIsolation() {}

    /**
     * Adds the isolation to the settings of one session factory, before it is built. Use a fresh map for each factory.
     *
     * @throws TenancySetupException if a setting that the isolation needs is taken
     */
    public static void applyTo(Map<String, Object> settings) {
        claim(settings, MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new SessionTenant());
        claim(settings, JdbcSettings.STATEMENT_INSPECTOR, new NoTenantGuard());
    }

    /** Called by Hibernate when a session factory is built; tells the isolation of that factory its entities. */
    @Override
    public void integrate(Metadata metadata, BootstrapContext context, SessionFactoryImplementor factory) {
        if (factory.getCurrentTenantIdentifierResolver() instanceof SessionTenant sessionTenant
                && factory.getSessionFactoryOptions().getStatementInspector() instanceof NoTenantGuard guard) {
            sessionTenant.learn(metadata);
            guard.learn(metadata);
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
