package dev.tenancy.test.isolation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What is tried on all endpoints that read, once each of them was proven alone. */
final class EndpointsTogether implements Target {

    private static final int THREADS = 8;
    private static final int ROUNDS = 10;
    private static final int NOT_MODIFIED = 304;

    private final List<EndpointAttack> endpoints;
    private final EndpointSides sides;

    EndpointsTogether(List<EndpointAttack> endpoints, EndpointSides sides) {
        this.endpoints = endpoints;
        this.sides = sides;
    }

    @Override
    public String name() {
        return "all endpoints together";
    }

    @Override
    public Stream<Attack> attacks() {
        return Stream.of(
                Attack.proving("one browser for two users", this::oneBrowser),
                Attack.proving("interleaved load", this::interleaved),
                new Attack("what is stored", new StoredValues(endpoints, sides)::shown));
    }

    /** A request, who sends it, and two answers that it had while nothing else went on. */
    private record Call(
            String name,
            Request request,
            Map<String, String> credential,
            Answer one,
            Answer same,
            Set<String> secrets) {

        Call answered(Answer first, Answer again) {
            return new Call(name, request, credential, first, again, secrets);
        }
    }

    private Call call(
            EndpointAttack endpoint,
            RequestTemplate template,
            TenantRows side,
            TenantRows against,
            Map<String, String> credential) {
        Request request = template.request(side);
        return new Call(
                endpoint.name(),
                request,
                credential,
                sides.send(request, credential),
                sides.send(request, credential),
                EndpointSides.secrets(against, side, request));
    }

    private List<Call> calls(TenantRows side, TenantRows against) {
        Map<String, String> credential = sides.member(side);
        List<Call> calls = new ArrayList<>();
        for (EndpointAttack endpoint : endpoints) {
            RequestTemplate template = endpoint.found();
            if (endpoint.operation().reads() && template != null) {
                calls.add(call(endpoint, template, side, against, credential));
            }
        }
        if (calls.isEmpty()) {
            throw new Unproven("not proven: all endpoints together: no endpoint that reads was reached");
        }
        return calls;
    }

    private void makeRows() {
        sides.clear();
        sides.owner().makeAll();
        sides.other().makeAll();
    }

    private String oneBrowser() {
        makeRows();
        List<Call> owners = calls(sides.owner(), sides.other());
        List<Call> cookieless = calls(sides.other(), sides.owner());
        // With cookies too: what its session holds of the second user itself is its own.
        Supplier<List<Answer>> alone = () -> {
            HttpCalls fresh = sides.http().withCookies();
            return cookieless.stream()
                    .map(call -> fresh.send(call.request(), call.credential()))
                    .toList();
        };
        List<Answer> one = alone.get();
        List<Answer> same = alone.get();
        List<Call> others = new ArrayList<>();
        for (int i = 0; i < cookieless.size(); i++) {
            others.add(cookieless.get(i).answered(one.get(i), same.get(i)));
        }
        HttpCalls browser = sides.http().withCookies();
        owners.forEach(call -> browser.send(call.request(), call.credential()));
        List<Answer> answers = others.stream()
                .map(call -> browser.send(call.request(), sides.attacking(call.credential())))
                .toList();
        requireOwn(others, answers, "one browser for two users", alone);
        owners.forEach(owner -> others.stream()
                .filter(other ->
                        owner.request().address().equals(other.request().address()))
                .forEach(other -> requireAnew(browser, owner, other)));
        return others.size() + " endpoints answered the second user as they do without the first one's cookies";
    }

    /** What the browser has kept of the first user's is not good for the second. */
    private void requireAnew(HttpCalls browser, Call owner, Call other) {
        String tag = owner.one().facts().get("header etag");
        if (tag == null || owner.one().body().equals(other.one().body())) {
            return;
        }
        Request request = other.request().copy();
        request.headers.put("If-None-Match", tag);
        if (browser.send(request, sides.attacking(other.credential())).status() == NOT_MODIFIED) {
            throw Unproven.leak(
                    other.name() + ", one browser for two users: with the ETag of the first user's answer, the second"
                            + " is told that nothing has changed (304), and the browser shows what the first was answered. Make the"
                            + " ETag from the answer, or keep it for the tenant and the address.");
        }
    }

    private String interleaved() throws Exception {
        makeRows();
        List<Call> calls = new ArrayList<>();
        calls.addAll(calls(sides.owner(), sides.other()));
        calls.addAll(calls(sides.other(), sides.owner()));
        List<Call> all = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            all.addAll(calls);
        }
        Collections.shuffle(all, new Random(1));
        List<Callable<Answer>> work = new ArrayList<>();
        for (Call call : all) {
            work.add(() -> sides.send(call.request(), sides.attacking(call.credential())));
        }
        List<Answer> answers = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (Future<Answer> answer : threads.invokeAll(work)) {
                answers.add(answer.get());
            }
        } finally {
            threads.shutdownNow();
        }
        requireOwn(all, answers, "interleaved load", () -> {
            Map<Call, Answer> alone = new IdentityHashMap<>();
            calls.forEach(call -> alone.put(call, sides.send(call.request(), call.credential())));
            return all.stream().map(alone::get).toList();
        });
        return all.size() + " answers on " + THREADS + " threads, each as it was alone";
    }

    /** @param alone asks all again while nothing else goes on */
    // What belongs to another says more than what is only another answer, and is told first.
    private void requireOwn(List<Call> calls, List<Answer> answers, String attack, Supplier<List<Answer>> alone) {
        for (int i = 0; i < calls.size(); i++) {
            Call call = calls.get(i);
            Answer answer = answers.get(i);
            answer.shows(call.secrets()).ifPresent(shown -> {
                throw Unproven.leak(call.name() + ", " + attack + ": the answer to one tenant shows \"" + shown
                        + "\" of another's rows: " + answer.text() + ". " + EndpointAttack.BEYOND);
            });
        }
        Map<Integer, Map<String, String>> different = new LinkedHashMap<>();
        for (int i = 0; i < calls.size(); i++) {
            Map<String, String> differences =
                    answers.get(i).differences(calls.get(i).one(), calls.get(i).same());
            // One browser has a session already.
            differences.remove("header set-cookie");
            differences
                    .keySet()
                    .removeAll(answers.get(i).lostHeaders(calls.get(i).one()));
            if (!differences.isEmpty()) {
                different.put(i, differences);
            }
        }
        if (!different.isEmpty() && !sides.rehearsal()) {
            List<Answer> now = alone.get();
            EndpointSides.waitAMoment();
            List<Answer> later = alone.get();
            different.forEach((i, differences) -> differences
                    .keySet()
                    .removeAll(later.get(i).differences(now.get(i)).keySet()));
            different.values().removeIf(Map::isEmpty);
        }
        different.forEach((i, differences) -> {
            String name = calls.get(i).name();
            String told = name + ", " + attack + ": the answer is another than when nothing else goes on: "
                    + Answer.told(differences);
            // When the owner asks instead of the other one, this is how it shows where no text of a row does.
            throw sides.rehearsal()
                    ? Unproven.leak(told)
                    : new Unproven("not proven: " + told + ". " + EndpointAttack.BEYOND
                            + " If it differs by itself, by time or by chance, list \"" + Cell.path(name(), attack)
                            + "\" in notProven(), or the endpoint.");
        });
    }
}
