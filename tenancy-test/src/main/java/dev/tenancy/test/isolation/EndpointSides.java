package dev.tenancy.test.isolation;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenancyException;
import dev.tenancy.TenantIsolation;
import dev.tenancy.TenantPrincipal;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Who calls the endpoints: a user of the owner, one of the other tenant, and those who are let in to neither.
 *
 * @param attacked is told what rows have held
 * @param caches removes what the current tenant has in caches of the application
 * @param csrf tokens that pages have, for what is written with a session
 * @param rehearsal whether the owner's own user makes all attacks
 */
record EndpointSides(
        TenantRows owner,
        TenantRows other,
        HttpCalls http,
        BiFunction<Object, Standing, Map<String, String>> credentials,
        AttackedRows attacked,
        Runnable caches,
        CsrfTokens csrf,
        boolean rehearsal) {

    private static final Duration MOMENT = Duration.ofMillis(2_100);
    private static final int FORBIDDEN = 403;

    /** An answer, the owned entities that were asked for on the way and for which tenants, and what the library refused. */
    record Watched(Answer answer, Set<String> touched, Set<Object> actedFor, Set<String> refused) {}

    SampleRows samples() {
        return attacked.samples();
    }

    Map<String, String> member(TenantRows side) {
        return credentials.apply(side.tenant(), Standing.MEMBER);
    }

    /** Of those who belong to nobody here. */
    Map<String, String> credential(Standing standing) {
        return attacking(credentials.apply(owner.tenant(), standing));
    }

    /** With what an attack is made by who has a credential. */
    Map<String, String> attacking(Map<String, String> credential) {
        return rehearsal ? member(owner) : credential;
    }

    /** What differs by itself is no difference: with the time, it does so between now and a moment later. */
    void dropWhatDiffersByItself(Map<String, String> differences, Supplier<Answer> ask) {
        if (!differences.isEmpty() && !rehearsal) {
            Answer now = ask.get();
            waitAMoment();
            differences.keySet().removeAll(ask.get().differences(now).keySet());
        }
    }

    /** As long as the coarsest clocks take that answers show, those of archives. */
    static void waitAMoment() {
        try {
            Thread.sleep(MOMENT.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** What was asked for before is asked for anew. */
    void emptyCaches() {
        CurrentTenant.runAs(owner.tenant(), caches::run);
        CurrentTenant.runAs(other.tenant(), caches::run);
    }

    Answer send(Request request, Map<String, String> credential) {
        Answer answer = http.send(request, credential);
        return answer.status() == FORBIDDEN && csrf.isAskedFor(request, credential)
                ? http.send(request, csrf.with(request, credential))
                : answer;
    }

    /** Nothing else of the application may be at work meanwhile. */
    Watched watch(Request request, Map<String, String> credential) {
        Set<String> touched = new CopyOnWriteArraySet<>();
        Set<String> refused = new CopyOnWriteArraySet<>();
        Runnable endOfRefusals = TenancyException.onRefusal(refusal -> refused.add(refusal.getMessage()));
        Set<Object> actedFor = new CopyOnWriteArraySet<>();
        Runnable end = TenantIsolation.onOwnedStatement(entity -> {
            touched.add(entity.replaceFirst(".*[.$]", ""));
            // Whoever crosses tenants acts for the owner, too.
            actedFor.add(CurrentTenant.find().map(TenantPrincipal::tenantId).orElse(owner.tenant()));
        });
        try {
            return new Watched(send(request, credential), touched, actedFor, refused);
        } finally {
            endOfRefusals.run();
            end.run();
        }
    }

    /** What stands in the owner's rows only, and was not said in the request. */
    Set<String> secrets(Request request) {
        return secrets(owner, other, request);
    }

    /** What stands in the rows of one only, and was not said in the request. */
    static Set<String> secrets(TenantRows of, TenantRows notOf, Request request) {
        Set<String> secrets = new TreeSet<>(of.markers());
        secrets.removeAll(notOf.markers());
        secrets.removeAll(request.sent());
        return secrets;
    }

    /** What stands, or has stood in an earlier attack, in the owner's rows only, and was not said in the request. */
    Set<String> metSecrets(Request request) {
        meetMarks();
        Map<Object, Set<String>> met = attacked.metMarks();
        Set<String> secrets = new TreeSet<>(met.getOrDefault(owner.tenant(), Set.of()));
        secrets.remove(owner.tenant().toString());
        secrets.removeAll(met.getOrDefault(other.tenant(), Set.of()));
        secrets.removeAll(request.sent());
        return secrets;
    }

    /** Notes what the rows hold that are there. */
    void meetMarks() {
        attacked.meet(owner.tenant(), owner.markers());
        attacked.meet(other.tenant(), other.markers());
    }

    /** What is left of earlier attacks goes. */
    void clear() {
        emptyCaches();
        meetMarks();
        owner.removeNew();
        other.removeNew();
        samples().remove(other.tenant());
    }
}
