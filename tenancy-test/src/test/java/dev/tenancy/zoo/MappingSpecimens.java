package dev.tenancy.zoo;

import dev.tenancy.CurrentTenant;
import dev.tenancy.GlobalEntity;
import dev.tenancy.TenantOwned;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.support.JpaRepositoryFactoryBean;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Entities that let tenants share what is not to be shared. */
public final class MappingSpecimens {

    private MappingSpecimens() {}

    /** A code that must be unique among all, as a migration by hand has it. */
    @Leak(
            at = "Voucher",
            shownBy = "same unique value: code",
            told = {"leak", "unique"})
    @Configuration(proxyBeanMethods = false)
    public static class UniqueAmongAll {

        @Entity(name = "Voucher")
        public static class Voucher extends TenantOwned {

            @Column(nullable = false)
            public String code;
        }

        @Bean
        InitializingBean migration(@Value("${spring.datasource.url}") String url, EntityManagerFactory tablesAreThere) {
            return () -> new JdbcTemplate(new DriverManagerDataSource(url, "sa", ""))
                    .execute("alter table voucher add constraint voucher_code unique (code)");
        }
    }

    /** A number that must be unique within its tenant. */
    @Sound
    @Configuration(proxyBeanMethods = false)
    public static class UniqueWithinTenant {

        @Entity(name = "Voucher")
        @Table(uniqueConstraints = @UniqueConstraint(columnNames = {"tenant_id", "code"}))
        public static class Voucher extends TenantOwned {

            @Column(nullable = false)
            public String code;
        }
    }

    /** Rows of companies in a table that is declared to be everybody's. */
    @Leak(
            at = "POST /memos",
            shownBy = "what is stored",
            told = {"leak", "GET /memos", "@GlobalEntity"})
    @RestController
    public static class GlobalRowsOfCompanies {

        @Entity(name = "Memo")
        @GlobalEntity(reason = "it is simpler")
        public static class Memo {

            @Id
            public UUID id;

            public String text;
        }

        record NewMemo(String text) {}

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/memos")
        public List<String> memos() {
            return entities.createQuery("select text from Memo", String.class).getResultList();
        }

        @PostMapping("/memos")
        @Transactional
        public void add(@RequestBody NewMemo added) {
            Memo memo = new Memo();
            memo.id = UUID.randomUUID();
            memo.text = added.text();
            entities.persist(memo);
        }
    }

    /** The same memos, each of them a company's own. */
    @Sound
    @RestController
    public static class OwnedMemos {

        @Entity(name = "Memo")
        public static class Memo extends TenantOwned {
            public String text;
        }

        record NewMemo(String text) {}

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/memos")
        public List<String> memos() {
            return entities.createQuery("select text from Memo", String.class).getResultList();
        }

        @PostMapping("/memos")
        @Transactional
        public void add(@RequestBody NewMemo added) {
            Memo memo = new Memo();
            memo.text = added.text();
            entities.persist(memo);
        }
    }

    /** Keeps an id without looking it up, and a report joins it across tenants. */
    @Leak(
            at = "GET /visited",
            shownBy = "what is stored",
            told = {"leak", "POST /visits body: customerId", "within the tenant"})
    @RestController
    public static class UncheckedReference {

        @Entity(name = "Visit")
        public static class Visit extends TenantOwned {
            public UUID customerId;
        }

        record NewVisit(UUID customerId) {}

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/visits")
        @Transactional
        public ResponseEntity<Void> add(@RequestBody NewVisit added) {
            Visit visit = new Visit();
            visit.customerId = added.customerId();
            entities.persist(visit);
            return ResponseEntity.noContent().build();
        }

        @GetMapping("/visited")
        public List<String> visited() {
            List<UUID> ids = entities.createQuery("select customerId from Visit", UUID.class)
                    .getResultList();
            return CurrentTenant.acrossTenants(
                    "ids are the tenant's own",
                    () -> entities.createQuery("select name from Customer where id in :ids order by name", String.class)
                            .setParameter("ids", ids)
                            .getResultList());
        }
    }

    /** Its rows are given with others that refer to them, and only one kind of these is removed with them. */
    @Sound
    @Configuration(proxyBeanMethods = false)
    public static class RowsWithChildren {

        @Entity(name = "Keeper")
        public static class Keeper extends TenantOwned {

            public String name;

            @OneToMany(cascade = CascadeType.ALL)
            @JoinColumn(name = "keeper_id")
            public List<Animal> animals = new ArrayList<>();

            @OneToMany(cascade = CascadeType.PERSIST, mappedBy = "keeper")
            public List<Visit> visits = new ArrayList<>();
        }

        @Entity(name = "Animal")
        public static class Animal extends TenantOwned {

            public String name;
        }

        @Entity(name = "Visit")
        public static class Visit extends TenantOwned {

            public String reason;

            @ManyToOne
            public Keeper keeper;
        }

        public interface Keepers extends JpaRepository<Keeper, UUID> {}

        @Bean
        JpaRepositoryFactoryBean<Keepers, Keeper, UUID> keepers() {
            return new JpaRepositoryFactoryBean<>(Keepers.class);
        }

        @Bean
        GivenRows given() {
            return new GivenRows(Map.of(Keeper.class, () -> {
                Keeper keeper = new Keeper();
                keeper.animals.add(new Animal());
                Visit visit = new Visit();
                visit.keeper = keeper;
                keeper.visits.add(visit);
                return keeper;
            }));
        }
    }
}
