package dev.tenancy;

import java.util.Collection;
import org.hibernate.boot.registry.selector.spi.StrategySelector;
import org.hibernate.cache.internal.StandardTimestampsCacheFactory;
import org.hibernate.cache.spi.CacheImplementor;
import org.hibernate.cache.spi.TimestampsCache;
import org.hibernate.cache.spi.TimestampsCacheFactory;
import org.hibernate.cache.spi.TimestampsRegion;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a query cache holds for a session's tenant from whoever else uses the session. The cache asks here whether a result
 * is still good; where it is not, the query runs, and is refused like any other.
 */
final class SessionQueries implements TimestampsCacheFactory {

    private final @Nullable Object configured;

    /** @param configured what the application's own setting names, null if it leaves the choice to Hibernate */
    SessionQueries(@Nullable Object configured) {
        this.configured = configured;
    }

    @Override
    public TimestampsCache buildTimestampsCache(CacheImplementor caches, TimestampsRegion region) {
        TimestampsCache standard = caches.getSessionFactory()
                .getServiceRegistry()
                .requireService(StrategySelector.class)
                .resolveDefaultableStrategy(
                        TimestampsCacheFactory.class, configured, StandardTimestampsCacheFactory.INSTANCE)
                .buildTimestampsCache(caches, region);
        return new OfCurrentTenant(standard);
    }

    private static final class OfCurrentTenant implements TimestampsCache {

        private final TimestampsCache standard;

        OfCurrentTenant(TimestampsCache standard) {
            this.standard = standard;
        }

        @Override
        public boolean isUpToDate(String[] spaces, Long timestamp, SharedSessionContractImplementor session) {
            return isOwn(session) && standard.isUpToDate(spaces, timestamp, session);
        }

        @Override
        public boolean isUpToDate(Collection<String> spaces, Long timestamp, SharedSessionContractImplementor session) {
            return isOwn(session) && standard.isUpToDate(spaces, timestamp, session);
        }

        private static boolean isOwn(SharedSessionContractImplementor session) {
            return !SessionTenant.isOfAnother(session) && !SessionTenant.isCrossing(session);
        }

        @Override
        public TimestampsRegion getRegion() {
            return standard.getRegion();
        }

        @Override
        public void preInvalidate(String[] spaces, SharedSessionContractImplementor session) {
            standard.preInvalidate(spaces, session);
        }

        @Override
        public void invalidate(String[] spaces, SharedSessionContractImplementor session) {
            standard.invalidate(spaces, session);
        }

        @Override
        public void clear() {
            standard.clear();
        }

        @Override
        public void destroy() {
            standard.destroy();
        }
    }
}
