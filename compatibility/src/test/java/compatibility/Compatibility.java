package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;

import dev.tenancy.CurrentTenant;
import dev.tenancy.jwt.TokenIssuer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The application at work on a real PostgreSQL. All tests share one start of it; before each, both tenants have an inbox, Acme two
 * notes in it and Globex one.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
abstract class Compatibility {

    private static final EmbeddedPostgres POSTGRES = postgres();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Autowired
    private Work counting;

    @Autowired
    private Notes notes;

    @Autowired
    private Folders folders;

    @Autowired
    private TokenIssuer tokens;

    @LocalServerPort
    private int port;

    private static EmbeddedPostgres postgres() {
        try {
            return EmbeddedPostgres.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry properties) {
        properties.add(
                "spring.datasource.url",
                () -> POSTGRES.getJdbcUrl("postgres", "postgres").replace("jdbc:", "jdbc:p6spy:"));
        properties.add("spring.datasource.username", () -> "postgres");
        properties.add("spring.datasource.password", () -> "");
    }

    @BeforeEach
    void rows() {
        counting.clear();
        for (UUID tenant : List.of(ACME, GLOBEX)) {
            CurrentTenant.runAs(tenant, () -> {
                notes.deleteAll();
                folders.deleteAll();
                Folder inbox = folders.save(new Folder("inbox"));
                if (tenant.equals(ACME)) {
                    notes.saveAll(List.of(new Note("acme one", inbox), new Note("acme two", inbox)));
                } else {
                    notes.save(new Note("globex one", inbox));
                }
            });
        }
    }

    static <T> T acme(Supplier<T> work) {
        return CurrentTenant.callAs(ACME, work::get);
    }

    static <T> T globex(Supplier<T> work) {
        return CurrentTenant.callAs(GLOBEX, work::get);
    }

    /** The answer to alice of Acme, or carol of Globex. */
    HttpResponse<String> get(String user, String path) {
        return send(user, HttpRequest.newBuilder(uri(path)).GET());
    }

    HttpResponse<String> send(String user, String method, String path, String body) {
        return send(
                user,
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body)));
    }

    private URI uri(String path) {
        return URI.create(path.startsWith("http") ? path : "http://localhost:" + port + path);
    }

    private HttpResponse<String> send(String user, HttpRequest.Builder request) {
        UUID tenant = user.equals("alice") ? ACME : GLOBEX;
        request.header("Authorization", "Bearer " + tokens.issue(user, tenant.toString()));
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
