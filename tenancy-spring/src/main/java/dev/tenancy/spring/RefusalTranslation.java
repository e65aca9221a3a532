package dev.tenancy.spring;

import dev.tenancy.ForeignReferenceException;
import dev.tenancy.ForeignRowException;
import dev.tenancy.LibraryRowException;
import dev.tenancy.TenantChangedException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.InfrastructureProxy;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.datasource.ConnectionHandle;
import org.springframework.orm.jpa.AbstractEntityManagerFactoryBean;
import org.springframework.orm.jpa.JpaDialect;
import org.springframework.transaction.TransactionDefinition;

/**
 * Tells what the core refuses because of a row's values in Spring's terms, where Spring translates: out of repositories and at commit. Refusals
 * that only the code itself can cause stay what they are.
 */
final class RefusalTranslation implements BeanPostProcessor {

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof AbstractEntityManagerFactoryBean factory) {
            JpaDialect dialect = factory.getJpaDialect();
            if (dialect == null && factory.getJpaVendorAdapter() != null) {
                dialect = factory.getJpaVendorAdapter().getJpaDialect();
            }
            if (dialect != null) {
                factory.setJpaDialect(new Translating(dialect));
            }
        }
        return bean;
    }

    private record Translating(JpaDialect dialect) implements JpaDialect, InfrastructureProxy {

        @Override
        public Object getWrappedObject() {
            return dialect;
        }

        @Override
        public @Nullable DataAccessException translateExceptionIfPossible(RuntimeException failure) {
            return failure instanceof ForeignReferenceException
                            || failure instanceof ForeignRowException
                            || failure instanceof LibraryRowException
                            || failure instanceof TenantChangedException
                    ? new DataIntegrityViolationException(failure.getMessage(), failure)
                    : dialect.translateExceptionIfPossible(failure);
        }

        @Override
        public @Nullable Object beginTransaction(EntityManager session, TransactionDefinition definition)
                throws PersistenceException, SQLException {
            return dialect.beginTransaction(session, definition);
        }

        @Override
        public @Nullable Object prepareTransaction(EntityManager session, boolean readOnly, @Nullable String name)
                throws PersistenceException {
            return dialect.prepareTransaction(session, readOnly, name);
        }

        @Override
        public void cleanupTransaction(@Nullable Object data) {
            dialect.cleanupTransaction(data);
        }

        @Override
        public @Nullable ConnectionHandle getJdbcConnection(EntityManager session, boolean readOnly)
                throws PersistenceException, SQLException {
            return dialect.getJdbcConnection(session, readOnly);
        }

        @Override
        public void releaseJdbcConnection(ConnectionHandle connection, EntityManager session)
                throws PersistenceException, SQLException {
            dialect.releaseJdbcConnection(connection, session);
        }
    }
}
