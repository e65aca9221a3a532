package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import dev.tenancy.UnprovenStatementException;
import dev.tenancy.spring.TenancyAutoConfiguration;
import jakarta.persistence.EntityManagerFactory;
import java.util.UUID;
import org.apache.ibatis.annotations.Mapper;
import org.jooq.DSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.mybatis.spring.annotation.MapperScan;
import org.mybatis.spring.boot.autoconfigure.MybatisAutoConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jooq.autoconfigure.JooqAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** What writes SQL of its own for each database, on H2. */
class OnH2Test {

    private static ConfigurableApplicationContext context;
    private static DSLContext jooq;
    private static MyBatisNotes notes;

    @BeforeAll
    static void start() {
        context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.datasource.url=jdbc:p6spy:h2:mem:" + UUID.randomUUID(),
                        "--spring.datasource.username=sa");
        jooq = context.getBean(DSLContext.class);
        notes = context.getBean(MyBatisNotes.class);
        EntityManagerFactory factory = context.getBean(EntityManagerFactory.class);
        CurrentTenant.runAs(
                GLOBEX, () -> factory.runInTransaction(session -> session.persist(new Note("theirs", null))));
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @Test
    void jooqInsertsAndReads() {
        assertThat(CurrentTenant.<String, RuntimeException>callAs(ACME, () -> JooqTest.inserted(jooq, ACME)))
                .isEqualTo("by jOOQ");
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> CurrentTenant.runAs(ACME, () -> JooqTest.inserted(jooq, GLOBEX)));
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> CurrentTenant.runAs(ACME, () -> jooq.fetchCount(JooqTest.NOTE)));
        assertThatExceptionOfType(NoTenantException.class).isThrownBy(() -> jooq.fetchCount(JooqTest.NOTE));
        assertThat(jooq.fetchCount(JooqTest.COUNTRY)).isZero();
    }

    @Test
    void myBatisInsertsAndReads() {
        CurrentTenant.runAs(ACME, () -> {
            assertThat(notes.add(UUID.randomUUID(), ACME, "by MyBatis")).isEqualTo(1);
            assertThat(notes.of(ACME)).contains("by MyBatis").doesNotContain("theirs");
            MyBatisTest.refused(UnprovenStatementException.class, () -> notes.of(GLOBEX));
            MyBatisTest.refused(UnprovenStatementException.class, notes::ofAll);
        });
        MyBatisTest.refused(NoTenantException.class, () -> notes.of(ACME));
        assertThat(notes.countries()).isEmpty();
    }

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Note.class)
    @MapperScan(basePackageClasses = MyBatisNotes.class, annotationClass = Mapper.class)
    @ImportAutoConfiguration({
        DataSourceAutoConfiguration.class,
        HibernateJpaAutoConfiguration.class,
        JooqAutoConfiguration.class,
        MybatisAutoConfiguration.class,
        TenancyAutoConfiguration.class,
        TransactionAutoConfiguration.class
    })
    static class Application {}
}
