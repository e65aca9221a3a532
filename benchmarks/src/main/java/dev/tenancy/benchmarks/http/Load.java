package dev.tenancy.benchmarks.http;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Sends requests of tenants in no order over some connections, and tells what they took. */
final class Load implements AutoCloseable {

    private final Tokens tokens;
    private final int connections;
    private final ExecutorService senders;
    private final Random random = new Random(20260101);
    private final AtomicLong serial = new AtomicLong();

    Load(Tokens tokens, int connections) {
        this.tokens = tokens;
        this.connections = connections;
        this.senders = Executors.newFixedThreadPool(connections);
    }

    /** What some requests took; times and bytes of one request. */
    record Turn(double application, double postgres, double allocated, long[] latencies) {

        /** One request of each. */
        static Turn all(List<Turn> turns) {
            return new Turn(
                    turns.stream().mapToDouble(Turn::application).average().orElseThrow(),
                    turns.stream().mapToDouble(Turn::postgres).average().orElseThrow(),
                    turns.stream().mapToDouble(Turn::allocated).average().orElseThrow(),
                    turns.stream()
                            .flatMapToLong(turn -> Arrays.stream(turn.latencies()))
                            .sorted()
                            .toArray());
        }

        double cpu() {
            return application + postgres;
        }

        /** The time within which so many of a hundred were answered, in nanoseconds. */
        double percentile(int percent) {
            return latencies[Math.min(latencies.length - 1, latencies.length * percent / 100)];
        }
    }

    Turn run(RunningVariant target, Operation operation, int requests) throws IOException, SQLException {
        Database database = target.database();
        if (operation == Operation.DELETE) {
            // Tenants come at random, so some of them more often than others.
            database.addCustomers(requests / database.population().tenants() * 3 + 10);
        }
        List<Sender> all = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                all.add(new Sender(
                        new HttpConnection(target.port()),
                        operation,
                        database.population(),
                        i,
                        requests / connections));
            }
            RunningVariant.Usage before = target.usage();
            long[] latencies = latencies(all);
            RunningVariant.Usage after = target.usage();
            double count = latencies.length;
            return new Turn(
                    after.application().since(before.application()) / count,
                    after.postgres().since(before.postgres()) / count,
                    (after.allocated() - before.allocated()) / count,
                    latencies);
        } finally {
            for (Sender sender : all) {
                sender.connection.close();
            }
            if (operation.writes()) {
                database.tidy();
            }
        }
    }

    private long[] latencies(List<Sender> all) {
        try {
            List<Future<long[]>> running =
                    all.stream().map(sender -> senders.submit(sender::send)).toList();
            List<Long> nanos = new ArrayList<>();
            for (Future<long[]> one : running) {
                Arrays.stream(one.get()).forEach(nanos::add);
            }
            return nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("A request failed", failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private final class Sender {

        private final HttpConnection connection;
        private final Operation operation;
        private final Database.Population population;
        private final int first;
        private final int requests;
        private final Random own = new Random(random.nextLong());
        private final int[] sent;

        Sender(
                HttpConnection connection,
                Operation operation,
                Database.Population population,
                int number,
                int requests) {
            this.connection = connection;
            this.operation = operation;
            this.population = population;
            // A large tenant is there for what it does to the others.
            this.first = population.hasLarge() ? number + 1 : number;
            this.requests = requests;
            this.sent = new int[population.tenants()];
        }

        long[] send() throws IOException {
            long[] latencies = new long[requests];
            for (int i = 0; i < requests; i++) {
                int tenant = tenant();
                Operation.Request request =
                        operation.request(tenant, operation.number(own, sent[tenant]++), serial.incrementAndGet());
                long start = System.nanoTime();
                HttpConnection.Answer answer = connection.send(request, tokens.of(tenant));
                latencies[i] = System.nanoTime() - start;
                if (answer.status() != operation.status()) {
                    throw new IllegalStateException(request + " was answered " + answer);
                }
            }
            return latencies;
        }

        // Each connection has tenants of its own, so that no two change a row at the same time.
        private int tenant() {
            return own.nextInt((population.tenants() - first + connections - 1) / connections) * connections + first;
        }
    }

    @Override
    public void close() {
        senders.shutdown();
    }
}
