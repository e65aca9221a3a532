package dev.tenancy.zoo;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantOwned;
import dev.tenancy.zoo.Shop.Customer;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.jpa.repository.support.JpaRepositoryFactoryBean;
import org.springframework.data.repository.Repository;
import org.springframework.data.repository.core.support.RepositoryComposition.RepositoryFragments;
import org.springframework.data.repository.core.support.RepositoryFragment;
import org.springframework.data.repository.query.Param;
import org.springframework.jdbc.core.JdbcTemplate;

/** Repositories whose methods go further than they should. */
public final class RepositorySpecimens {

    private RepositorySpecimens() {}

    /** SQL without the tenant. */
    @Leak(
            at = "NativeCustomers",
            shownBy = "native: names",
            told = {"not proven", "will be refused", "tenant_id"})
    @Configuration(proxyBeanMethods = false)
    public static class NativeQuery {

        public interface NativeCustomers extends Repository<Customer, UUID> {

            @Query(value = "select name from customer where email = :email", nativeQuery = true)
            List<String> names(@Param("email") String email);
        }

        @Bean
        JpaRepositoryFactoryBean<NativeCustomers, Customer, UUID> customers() {
            return new JpaRepositoryFactoryBean<>(NativeCustomers.class);
        }
    }

    /** SQL with the tenant. */
    @Sound
    @Configuration(proxyBeanMethods = false)
    public static class NativeQueryOfTenant {

        public interface SoundCustomers extends Repository<Customer, UUID> {

            @Query(
                    value = "select name from customer where tenant_id = :tenantId and email = :email",
                    nativeQuery = true)
            List<String> names(@Param("tenantId") UUID tenantId, @Param("email") String email);

            default List<String> namesBy(String email) {
                return names(CurrentTenant.require(UUID.class), email);
            }
        }

        @Bean
        JpaRepositoryFactoryBean<SoundCustomers, Customer, UUID> customers() {
            return new JpaRepositoryFactoryBean<>(SoundCustomers.class);
        }
    }

    /** Declares an inherited method again with the type of its ids, which compilers complete with a bridge. */
    @Sound
    @Configuration(proxyBeanMethods = false)
    public static class DeclaredAgain {

        public interface CustomersDeclaredAgain extends JpaRepository<Customer, UUID> {

            @Override
            Optional<Customer> findById(UUID id);
        }

        @Bean
        JpaRepositoryFactoryBean<CustomersDeclaredAgain, Customer, UUID> customers() {
            return new JpaRepositoryFactoryBean<>(CustomersDeclaredAgain.class);
        }
    }

    /** SQL that its author declared safe. */
    @Leak(
            at = "TrustedCustomers",
            shownBy = "query: names",
            told = {"leak", "trust a statement"})
    @Configuration(proxyBeanMethods = false)
    public static class TrustedQuery {

        public interface TrustedCustomers extends Repository<Customer, UUID> {

            @Query(
                    value =
                            "/* tenancy: trusted because emails are unique */ select name from customer where email = :email",
                    nativeQuery = true)
            List<String> names(@Param("email") String email);
        }

        @Bean
        JpaRepositoryFactoryBean<TrustedCustomers, Customer, UUID> customers() {
            return new JpaRepositoryFactoryBean<>(TrustedCustomers.class);
        }
    }

    /** A change by an id that is trusted. */
    @Leak(
            at = "RenamedCustomers",
            shownBy = "query: rename",
            told = {"leak", "changed rows of their owner"})
    @Configuration(proxyBeanMethods = false)
    public static class TrustedUpdate {

        public interface RenamedCustomers extends Repository<Customer, UUID> {

            @Modifying
            @Query(
                    value =
                            "/* tenancy: trusted because ids are secret */ update customer set name = 'x' where id = :id",
                    nativeQuery = true)
            int rename(@Param("id") UUID id);
        }

        @Bean
        JpaRepositoryFactoryBean<RenamedCustomers, Customer, UUID> customers() {
            return new JpaRepositoryFactoryBean<>(RenamedCustomers.class);
        }
    }

    /** A fragment of its own, over JDBC. */
    @Leak(
            at = "FoundCustomers",
            shownBy = "custom: countByMail",
            told = {"leak", "trust a statement"})
    @Configuration(proxyBeanMethods = false)
    public static class JdbcFragment {

        public interface Found {
            long countByMail(String email);
        }

        public interface FoundCustomers extends Repository<Customer, UUID>, Found {}

        @Bean
        JpaRepositoryFactoryBean<FoundCustomers, Customer, UUID> customers(JdbcTemplate jdbc) {
            JpaRepositoryFactoryBean<FoundCustomers, Customer, UUID> made =
                    new JpaRepositoryFactoryBean<>(FoundCustomers.class);
            Found found = email -> jdbc.queryForObject(
                    "/* tenancy: trusted because it is a count */ select count(*) from customer where email = ?",
                    Long.class,
                    email);
            made.setRepositoryFragments(RepositoryFragments.of(RepositoryFragment.implemented(Found.class, found)));
            return made;
        }
    }

    /** A projection across tenants. */
    @Leak(
            at = "ProjectedCustomers",
            shownBy = "custom: everybody",
            told = {"not proven", "ForeignSessionException", "arguments()"})
    @Configuration(proxyBeanMethods = false)
    public static class ProjectionOfAll {

        public interface Named {
            String getName();
        }

        public interface ProjectedCustomers extends Repository<Customer, UUID> {

            List<Named> findAllBy();

            default List<Named> everybody() {
                return CurrentTenant.acrossTenants("only names", this::findAllBy);
            }
        }

        @Bean
        JpaRepositoryFactoryBean<ProjectedCustomers, Customer, UUID> customers() {
            return new JpaRepositoryFactoryBean<>(ProjectedCustomers.class);
        }
    }

    /** All that a repository has by itself, with a projection of the tenant's own rows. */
    @Sound
    @Configuration(proxyBeanMethods = false)
    public static class Projection {

        public interface Named {
            String getName();
        }

        public interface OwnCustomers extends JpaRepository<Customer, UUID> {

            List<Named> findAllBy();
        }

        @Bean
        JpaRepositoryFactoryBean<OwnCustomers, Customer, UUID> customers() {
            return new JpaRepositoryFactoryBean<>(OwnCustomers.class);
        }
    }

    /** What a made-up row is only on purpose: open, and below another. */
    @Sound
    @Configuration(proxyBeanMethods = false)
    public static class Tree {

        @Entity(name = "Folder")
        static class Folder extends TenantOwned {
            @ManyToOne(fetch = FetchType.LAZY)
            Folder parent;

            LocalDate closedOn;
        }

        public interface Folders extends Repository<Folder, UUID> {

            List<Folder> findByParentId(UUID parentId);

            List<Folder> findByClosedOnIsNull();
        }

        @Bean
        JpaRepositoryFactoryBean<Folders, Folder, UUID> folders() {
            return new JpaRepositoryFactoryBean<>(Folders.class);
        }
    }
}
