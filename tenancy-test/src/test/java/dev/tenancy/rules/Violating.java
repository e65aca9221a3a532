package dev.tenancy.rules;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.zaxxer.hikari.HikariDataSource;
import dev.tenancy.GlobalEntity;
import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.NamedNativeQuery;
import jakarta.servlet.ServletContext;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.stereotype.Service;
import org.springframework.web.context.annotation.ApplicationScope;

/** What each rule refuses: one finding for each member of a class. */
public final class Violating {

    public static class NativeQueries {

        Object jpa(EntityManager entities) {
            return entities.createNativeQuery("select 1");
        }

        Object template(JdbcTemplate jdbc) {
            return jdbc.queryForList("select 1");
        }

        Object client(JdbcClient jdbc) {
            return jdbc.sql("select 1");
        }

        Object plain(Connection connection) throws SQLException {
            return connection.prepareStatement("select 1");
        }

        interface Rows extends Repository<Owned, UUID> {

            @Query(value = "select * from owned", nativeQuery = true)
            List<Owned> flagged();

            @NativeQuery("select * from owned")
            List<Owned> annotated();
        }

        @NamedNativeQuery(name = "named", query = "select * from owned")
        static class Named {}
    }

    public static class Connections {

        Object unwrapped(DataSource guarded) throws SQLException {
            return guarded.unwrap(HikariDataSource.class);
        }

        Object ofTheDriver() throws SQLException {
            return DriverManager.getConnection("jdbc:h2:mem:");
        }

        Object noBean() {
            return new HikariDataSource();
        }
    }

    @Service
    public static class Caches {

        static final Map<String, Object> CONSTANT_BY_NAME_ONLY = new HashMap<>();
        static Map<String, Object> replaced = Map.of();
        private final Cache<String, Object> caffeine = Caffeine.newBuilder().build();
        private final ConcurrentHashMap<String, Object> ofTheBean = new ConcurrentHashMap<>();
    }

    @Service
    public static class SharedFields {

        static Owned row;
        static final List<Owned> ROWS = new ArrayList<>();
        private Owned ofTheBean;
        private Owned[] array;
        private final AtomicReference<Owned> last = new AtomicReference<>();
    }

    public static class Threads {

        void thread(Runnable work) {
            new Thread(work).start();
        }

        Object pool() {
            return Executors.newFixedThreadPool(2);
        }

        Object future() {
            return CompletableFuture.supplyAsync(() -> 1);
        }

        Object andThen(CompletableFuture<Integer> future) {
            return future.thenApplyAsync(one -> one);
        }

        Object parallel(List<Integer> rows) {
            return rows.parallelStream();
        }

        Object made(Stream<Integer> rows) {
            return rows.parallel();
        }

        Object common() {
            return ForkJoinPool.commonPool();
        }

        Object timer() {
            return new Timer();
        }

        Executor noBean() {
            return new ThreadPoolTaskExecutor();
        }
    }

    public static class Application {

        void keep(ServletContext servlets) {
            servlets.setAttribute("last", 1);
        }

        @ApplicationScope
        static class Scoped {}

        @Bean
        @Scope("application")
        Object scoped() {
            return 1;
        }
    }

    @Entity
    public static class Undecided {

        @Id
        UUID id;
    }

    @Entity
    @GlobalEntity(reason = "a contradiction")
    public static class Both extends TenantOwned {}

    @Entity
    public static class Owned extends TenantOwned {}
}
