package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class InterleavingTest extends TimesheetsTest {

    private static final int THREADS = 16;
    private static final int ROUNDS = 60;

    private record Caller(Api api, String company) {}

    @Test
    void requestsOfTwoCompaniesOnManyThreadsNeverMix() throws Exception {
        Map<String, Set<String>> known = new ConcurrentHashMap<>();
        known.put("acme", names(acme));
        known.put("globex", names(globex));
        Api both = as("both@consultant.test");
        List<Caller> callers = List.of(
                new Caller(acme, "acme"),
                new Caller(globex, "globex"),
                new Caller(both.withHeader("X-Tenant-Id", "acme"), "acme"),
                new Caller(both.withHeader("X-Tenant-Id", "globex"), "globex"));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<?>> work = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int offset = thread;
            work.add(threads.submit(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    call(callers.get((offset + round) % callers.size()), known, round);
                }
            }));
        }
        for (Future<?> one : work) {
            one.get();
        }
        threads.shutdown();
        assertThat(names(acme)).allMatch(name -> !name.startsWith("globex "));
        assertThat(names(globex)).allMatch(name -> !name.startsWith("acme "));
    }

    @Test
    void changesOfOneRowAtTheSameTimeSucceedOrConflictAndNoneIsLost() {
        String path = CUSTOMERS + "/" + acme.created(CUSTOMERS, customer(unique("Contended")));
        List<Integer> answers = IntStream.range(0, 64)
                .parallel()
                .mapToObj(i -> acme.patch(path, Map.of("email", "office" + i + "@example.test"))
                        .status())
                .toList();
        assertThat(answers).contains(200).allMatch(status -> status == 200 || status == 409);
    }

    @Test
    void ofManyRowsOfOneNameAtTheSameTimeOneIsCreated() {
        String name = unique("Rush");
        List<Integer> answers = IntStream.range(0, 32)
                .parallel()
                .mapToObj(i -> acme.post(CUSTOMERS, customer(name)).status())
                .toList();
        assertThat(answers).containsOnlyOnce(201).allMatch(status -> status == 201 || status == 409);
    }

    private static void call(Caller caller, Map<String, Set<String>> known, int round) {
        assertThat(caller.api().get("/api/me").json().at("/tenant/slug").asString())
                .isEqualTo(caller.company());
        for (JsonNode row :
                caller.api().get(CUSTOMERS + "?size=200&sort=name").json().get("content")) {
            String name = row.get("name").asString();
            assertThat(known.get(caller.company()).contains(name) || name.startsWith(caller.company() + " "))
                    .as("%s at %s", name, caller.company())
                    .isTrue();
        }
        Api.Answer answer = caller.api().post(CUSTOMERS, customer(unique(caller.company())));
        assertThat(answer.status()).isIn(201, 403);
        if (answer.status() == 201) {
            String path = CUSTOMERS + "/" + answer.text("id");
            assertThat(caller.api().get(path).status()).isEqualTo(200);
            if (round % 2 == 0) {
                assertThat(caller.api().delete(path).status()).isEqualTo(204);
            }
        }
    }

    private static Set<String> names(Api api) {
        Set<String> names = new HashSet<>();
        api.all(CUSTOMERS).forEach(row -> names.add(row.get("name").asString()));
        return names;
    }
}
