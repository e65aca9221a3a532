package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import jakarta.persistence.EntityManagerFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows that a {@code data.sql} brings, before and after the guard knows which tables are owned. */
class SqlScriptsTest {

    private static final String INSERT = "insert into shelf (id, tenant_id, version, name) values"
            + " ('00000000-0000-0000-0000-000000000007', '00000000-0000-0001-0000-000000000001', 0, 'seed');";

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aScriptInsertsOwnedRows(boolean deferred, @TempDir Path directory) throws Exception {
        Path schema = Files.writeString(
                directory.resolve("schema.sql"),
                "create table shelf (id uuid, tenant_id uuid not null, version bigint not null, name varchar(20),"
                        + " primary key (tenant_id, id));");
        Path data = Files.writeString(directory.resolve("data.sql"), INSERT);
        try (ConfigurableApplicationContext application = TestApplication.start(
                Nothing.class,
                "spring.jpa.defer-datasource-initialization=" + deferred,
                "spring.jpa.hibernate.ddl-auto=" + (deferred ? "create-drop" : "none"),
                "spring.sql.init.schema-locations=" + (deferred ? "" : "file:" + schema),
                "spring.sql.init.data-locations=file:" + data)) {
            EntityManagerFactory factory = application.getBean(EntityManagerFactory.class);
            List<String> names = CurrentTenant.callAs(
                    TestApplication.ACME,
                    () -> factory.callInTransaction(
                            entities -> entities.createQuery("select s.name from Shelf s", String.class)
                                    .getResultList()));
            assertThat(names).containsExactly("seed");
            assertThatExceptionOfType(NoTenantException.class)
                    .as("what the application runs is guarded all the same")
                    .isThrownBy(() -> application.getBean(JdbcTemplate.class).execute(INSERT));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}
}
