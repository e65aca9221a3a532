package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.TenantId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Under policies and behind PgBouncer in transaction mode, where each statement outside of a transaction may find another connection.
 * Needs {@code pgbouncer} on the path, and is no part of the build: {@code -Dtest=PgBouncerProof}.
 */
class PgBouncerProof {

    private static final int TENANTS = 20;
    private static final int CLIENTS = 8;
    private static final int READS = 3000;

    private static SecuredPostgres postgres;
    private static Process pgbouncer;
    private static String url;
    private static SessionFactory factory;

    @Entity(name = "Note")
    static class Note {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        @TenantId
        @Column(name = "tenant_id")
        UUID tenantId;

        String text;
    }

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        postgres = new SecuredPostgres();
        postgres.make("work", Note.class);
        for (int i = 0; i < TENANTS; i++) {
            SecuredPostgres.run(
                    postgres.superuser("work"),
                    List.of("insert into note (tenant_id, text) select '" + tenant(i) + "', '" + tenant(i)
                            + "' from generate_series(0, " + i + ")"));
        }
        int port = freePort();
        Path users = Files.writeString(directory.resolve("users.txt"), "\"app\" \"\"\n");
        Path settings = Files.writeString(
                directory.resolve("pgbouncer.ini"),
                "[databases]\nwork = host=localhost port="
                        + URI.create(postgres.url("app", "work").substring("jdbc:".length()))
                                .getPort()
                        + " dbname=work\n[pgbouncer]\nlisten_addr = localhost\nlisten_port = " + port
                        + "\nauth_type = trust\nauth_file = " + users
                        + "\npool_mode = transaction\ndefault_pool_size = 2\nunix_socket_dir =\n"
                        + "ignore_startup_parameters = extra_float_digits\n");
        directory.toFile().setExecutable(true, false);
        directory.toFile().setReadable(true, false);
        // It refuses to be root.
        List<String> command = System.getProperty("user.name").equals("root")
                ? List.of("pgbouncer", "-q", "-u", "nobody", settings.toString())
                : List.of("pgbouncer", "-q", settings.toString());
        pgbouncer = new ProcessBuilder(command).start();
        awaitPort(port);
        url = "jdbc:postgresql://localhost:" + port + "/work?user=app&prepareThreshold=0";
        factory = Model.factory(
                url,
                Map.of(
                        "hibernate.hbm2ddl.auto", "none",
                        "hibernate.connection.username", "app",
                        "hibernate.connection.pool_size", String.valueOf(CLIENTS),
                        "hibernate.connection.autocommit", "true"),
                Note.class);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void awaitPort(int port) throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            try (Socket socket = new Socket("localhost", port)) {
                return;
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
        throw new IllegalStateException("pgbouncer does not listen");
    }

    @AfterAll
    static void stop() throws Exception {
        pgbouncer.destroy();
        if (factory != null) {
            factory.close();
        }
        postgres.close();
    }

    private static UUID tenant(int i) {
        return new UUID(7, i);
    }

    @Test
    void eachReadOutsideOfATransactionFindsTheRowsOfItsTenant() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Callable<Integer>> work = IntStream.range(0, CLIENTS)
                    .mapToObj(client -> (Callable<Integer>) () -> read(new Random(client)))
                    .toList();
            for (Future<Integer> done : clients.invokeAll(work)) {
                assertThat(done.get()).isEqualTo(READS);
            }
        } finally {
            clients.shutdownNow();
        }
        assertThat(left()).containsExactly("");
    }

    private static int read(Random random) {
        for (int i = 0; i < READS; i++) {
            int number = random.nextInt(TENANTS);
            List<String> own = Collections.nCopies(number + 1, tenant(number).toString());
            CurrentTenant.runAs(tenant(number), () -> {
                try (Session session = factory.openSession()) {
                    assertThat(session.createSelectionQuery("select text from Note", String.class)
                                    .getResultList())
                            .isEqualTo(own);
                    // By itself it would find all that the policies let through.
                    assertThat(session.createNativeQuery("select text from note where tenant_id = :t", String.class)
                                    .setParameter("t", tenant(number))
                                    .getResultList())
                            .isEqualTo(own);
                }
            });
        }
        return READS;
    }

    /** What the connections behind the proxy would tell whoever comes next. */
    private static Set<String> left() throws SQLException {
        Set<String> left = new TreeSet<>();
        List<Connection> together = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Connection connection = DriverManager.getConnection(url);
            connection.setAutoCommit(false);
            together.add(connection);
            try (Statement statement = connection.createStatement();
                    ResultSet setting = statement.executeQuery(
                            "select coalesce(current_setting('" + RowPolicies.SETTING + "', true), '')")) {
                setting.next();
                left.add(setting.getString(1));
            }
        }
        for (Connection connection : together) {
            connection.close();
        }
        return left;
    }
}
