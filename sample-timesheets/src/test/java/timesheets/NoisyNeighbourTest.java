package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What one company, or somebody without a token, does to the requests of others: nothing. */
@ExtendWith(OutputCaptureExtension.class)
class NoisyNeighbourTest extends TimesheetsTest {

    // More than what an operating system keeps of an answer that nobody reads.
    private static final int ROWS = 12_000;
    private static final String LONG = "x".repeat(1_000);

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private PlatformTransactionManager transactions;

    private final List<Socket> sockets = new ArrayList<>();
    private UUID acmeId;

    @BeforeEach
    void knowTheNoisyOne() {
        acmeId = UUID.fromString(acme.get("/api/me").json().at("/tenant/id").asString());
    }

    private void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
        sockets.clear();
    }

    @AfterEach
    void end() throws IOException {
        hangUp();
        CurrentTenant.runAs(
                acmeId,
                () -> jdbc.update("delete from time_entry where tenant_id = ? and description = ?", acmeId, LONG));
    }

    @Test
    void exportsThatNobodyReadsAreTheirCompanysAffair(CapturedOutput log) throws Exception {
        String project = acme.id(PROJECTS);
        UUID user = UUID.fromString(acme.get("/api/me").json().at("/user/id").asString());
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            rows.add(new Object[] {acmeId, UUID.randomUUID(), UUID.fromString(project), user, LONG});
        }
        CurrentTenant.runAs(
                acmeId,
                () -> jdbc.batchUpdate(
                        "insert into time_entry (tenant_id, id, version, project_id, user_id, worked_on, minutes, description,"
                                + " billable) values (?, ?, 0, ?, ?, date '2019-03-02', 60, ?, true)",
                        rows));
        for (int i = 0; i < 12; i++) {
            Socket socket = socket("127.0.0.1");
            socket.getOutputStream()
                    .write(("GET " + ENTRIES
                                    + "/export?format=ndjson HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + acme.token() + "\r\n\r\n")
                            .getBytes());
        }
        Thread.sleep(1_500);
        othersAreServed();
        int before = log.getAll().length();
        hangUp();
        Thread.sleep(1_500);
        assertThat(log.getAll().substring(before)).doesNotContain(" ERROR ");
    }

    @Test
    void changesThatWaitForALockAreTheirCompanysAffair() throws Exception {
        String customer = acme.created(CUSTOMERS, customer(unique("Locked")));
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<Void> holder = onAThread(() -> CurrentTenant.runAs(
                acmeId,
                () -> new TransactionTemplate(transactions).executeWithoutResult(status -> {
                    jdbc.queryForList(
                            "select id from customer where tenant_id = ? and id = ? for update",
                            acmeId,
                            UUID.fromString(customer));
                    locked.countDown();
                    await(end);
                })));
        assertThat(locked.await(10, TimeUnit.SECONDS)).isTrue();
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            waiting.add(onAThread(() -> acme.patch(CUSTOMERS + "/" + customer, Map.of("email", "new@example.test"))));
        }
        Thread.sleep(1_500);
        try {
            othersAreServed();
        } finally {
            end.countDown();
            holder.get(10, TimeUnit.SECONDS);
            for (CompletableFuture<Void> one : waiting) {
                one.get(20, TimeUnit.SECONDS);
            }
            acme.delete(CUSTOMERS + "/" + customer);
        }
    }

    @Test
    void bodiesThatDoNotComeAreTheirAddressesAffair() throws Exception {
        for (int i = 0; i < 600; i++) {
            Socket socket = socket("127.0.0." + (2 + i % 3));
            socket.getOutputStream()
                    .write(
                            "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"
                                    .getBytes());
        }
        Thread.sleep(1_500);
        othersAreServed();
    }

    private void othersAreServed() {
        for (int i = 0; i < 5; i++) {
            assertThat(quick(() -> anonymous.get("/actuator/health").status())).isEqualTo(200);
            assertThat(quick(() -> globex.get(CUSTOMERS).status())).isEqualTo(200);
            assertThat(quick(() -> globex.get(PROJECTS).status())).isEqualTo(200);
            assertThat(quick(() -> anonymous
                            .loginAnswer("staff@globex.test", "demo-password")
                            .status()))
                    .isEqualTo(200);
        }
    }

    private static int quick(IntSupplier call) {
        long began = System.nanoTime();
        int status = CompletableFuture.supplyAsync(call::getAsInt, work -> new Thread(work).start())
                .orTimeout(12, TimeUnit.SECONDS)
                .join();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        return status;
    }

    private Socket socket(String from) throws Exception {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4_096);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(
                "127.0.0.1", URI.create(anonymous.server()).getPort()));
        return socket;
    }

    private static CompletableFuture<Void> onAThread(Runnable work) {
        return CompletableFuture.runAsync(work, task -> new Thread(task).start());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
