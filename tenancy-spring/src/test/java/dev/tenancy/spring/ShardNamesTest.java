package dev.tenancy.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.jwt.TokenIssuer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import testserver.TestServer;

/** A shard tells of a constraint by a name of its own: callers learn of the same field all the same. */
class ShardNamesTest {

    @Test
    void aTakenNameAndAMissingRowNameTheirFields(@TempDir Path folder) throws Exception {
        Path more = Files.writeString(
                folder.resolve("more.sql"), "alter table Shelf add constraint shelf_name unique (tenant_id, name);");
        try (TestServer server = TestServer.start();
                ConfigurableApplicationContext application = TestApplication.start(
                        TestApplication.class,
                        "spring.datasource.url=" + server.getJdbcUrl("postgres", "postgres"),
                        "spring.data.jpa.repositories.enabled=false",
                        "spring.jpa.properties.hibernate.hbm2ddl.import_files=" + more.toUri())) {
            if (!TestServer.isCluster()) { // Its shards have such names by themselves.
                nameAsShardsDo(server);
            }
            String token = "Authorization: Bearer "
                    + application.getBean(TokenIssuer.class).issue("alice", "acme");
            RawHttp http = RawHttp.to(application);
            assertThat(post(http, token, "/shelves", "{\"name\": \"Top\"}").status())
                    .isEqualTo(201);
            RawHttp.Response taken = post(http, token, "/shelves", "{\"name\": \"Top\"}");
            assertThat(taken.status()).isEqualTo(409);
            assertThat(taken.body()).contains("\"field\":\"name\"").doesNotContain("102015");
            RawHttp.Response missing = post(
                    http, token, "/books", "{\"title\": \"A\", \"pages\": 1, \"shelfId\": \"" + new UUID(9, 9) + "\"}");
            assertThat(missing.status()).as(missing.body()).isEqualTo(400);
            assertThat(missing.body()).contains("\"field\":\"shelfId\"");
        }
    }

    private static void nameAsShardsDo(TestServer server) throws SQLException {
        try (Connection superuser = server.getPostgresDatabase().getConnection();
                Statement statement = superuser.createStatement()) {
            statement.execute("do $$ declare k record; begin"
                    + " for k in select conrelid::regclass as t, conname as n from pg_constraint where contype in ('u', 'f') and connamespace = 'public'::regnamespace"
                    + " loop execute format('alter table %s rename constraint %I to %I', k.t, k.n, k.n || '_102015');"
                    + " end loop; end $$");
        }
    }

    private static RawHttp.Response post(RawHttp http, String token, String path, String json) throws Exception {
        return http.post("POST", path, json.getBytes(UTF_8), token, "Content-Type: application/json");
    }
}
