package dev.tenancy.rules;

import com.zaxxer.hikari.HikariDataSource;
import dev.tenancy.GlobalEntity;
import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.servlet.http.HttpSession;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.annotations.TenantId;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.TaskDecorator;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.stereotype.Service;
import org.springframework.web.context.annotation.RequestScope;

/** What the rules let pass, beside each thing that they refuse. */
public final class Honest {

    public static class NativeQueries {

        private JdbcTemplate handedOn;

        Object jpa(EntityManager entities) {
            return entities.createQuery("select e from Owned e");
        }

        interface Rows extends JpaRepository<Owned, UUID> {

            @Query("select e from Owned e")
            List<Owned> all();
        }
    }

    public static class Connections {

        Object session(EntityManager entities) {
            return entities.unwrap(Session.class);
        }

        @Bean
        DataSource bean() {
            return new HikariDataSource();
        }
    }

    @Service
    public static class Caches {

        static final Map<String, Integer> CONSTANTS = Map.of("one", 1);
        private CacheManager parted;

        @Cacheable(cacheNames = "names", key = "#id")
        public String name(UUID id) {
            Map<String, String> local = new ConcurrentHashMap<>();
            return local.computeIfAbsent(id.toString(), key -> key);
        }
    }

    @Service
    public static class SharedFields {

        static final Comparator<Owned> ORDER = Comparator.comparing(TenantOwned::getVersion);
        static final Class<Owned> TYPE = Owned.class;
        static Optional<Global> everybodys;
        private NativeQueries.Rows rows;
    }

    @Service
    @RequestScope
    public static class OfOneRequest {

        private Owned row;
        private Map<String, Owned> rows = new HashMap<>();
    }

    public static class Threads {

        @Bean
        Executor bean() {
            return new ThreadPoolTaskExecutor();
        }

        Executor decorated(TaskDecorator carrying) {
            ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
            pool.setTaskDecorator(carrying);
            return pool;
        }

        Object future(Executor executor) {
            return CompletableFuture.supplyAsync(() -> 1, executor);
        }

        @Async
        public void async() {
            Thread.currentThread().getName();
        }
    }

    public static class Application {

        void keep(HttpSession session) {
            session.setAttribute("last", 1);
        }

        @RequestScope
        static class Scoped {}
    }

    @Entity
    public static class Owned extends TenantOwned {

        @ManyToOne
        private Owned parent;
    }

    @Entity
    public static class Subclass extends Owned {}

    @Entity
    public static class OfItsOwn {

        @Id
        UUID id;

        private UUID tenant;

        @TenantId
        public UUID getTenant() {
            return tenant;
        }
    }

    @Entity
    @GlobalEntity(reason = "countries are the same for everybody")
    public static class Global {

        @Id
        UUID id;
    }
}
