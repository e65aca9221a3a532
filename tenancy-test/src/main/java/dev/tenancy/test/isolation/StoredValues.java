package dev.tenancy.test.isolation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What one endpoint stores, others show: texts of the owner's to the other tenant, those of its rows among them, wherever they were
 * written to; or rows of the owner's, since the other tenant has stored their ids in its own.
 */
final class StoredValues {

    private final List<EndpointAttack> endpoints;
    private final EndpointSides sides;

    StoredValues(List<EndpointAttack> endpoints, EndpointSides sides) {
        this.endpoints = endpoints;
        this.sides = sides;
    }

    private record Reading(String name, Request request) {}

    Shown shown() {
        sides.clear();
        sides.owner().makeAll();
        sides.other().makeAll();
        List<Reading> others = readings(sides.other());
        List<Reading> owners = readings(sides.owner());
        Map<String, Set<String>> before = new LinkedHashMap<>();
        others.forEach(reading -> before.put(reading.name(), secrets(reading, others(reading))));
        Map<String, String> ids = new LinkedHashMap<>();
        writing().forEach(endpoint -> storeIds(endpoint, ids));
        others.forEach(reading -> requireNoRow(reading, ids, before.getOrDefault(reading.name(), Set.of())));
        Map<String, String> texts = new LinkedHashMap<>();
        writing().forEach(endpoint -> storeTexts(endpoint, texts));
        others.forEach(reading -> requireNoText(reading, texts));
        Map<String, String> owner = sides.member(sides.owner());
        long found = owners.stream()
                .filter(reading -> sides.send(reading.request(), owner)
                        .shows(texts.keySet())
                        .isPresent())
                .count();
        requireNoMark(others, before);
        if (texts.isEmpty() && ids.isEmpty()) {
            return Shown.untouched("no endpoint was reached that stores a text or an id");
        }
        String told =
                others.size() + " endpoints show the other tenant nothing of what its owner has stored, and nothing by "
                        + ids.size() + " ids of the owner's that it has stored itself";
        return found > 0
                ? Shown.proven(told + "; " + found + " show it to its owner")
                : Shown.untouched(told + "; none shows it to its owner either");
    }

    private Answer others(Reading reading) {
        return sides.send(reading.request(), sides.attacking(sides.member(sides.other())));
    }

    /** What an answer shows of the owner's rows. */
    private Set<String> secrets(Reading reading, Answer answer) {
        Set<String> shown = new TreeSet<>(sides.secrets(reading.request()));
        shown.removeIf(secret -> answer.shows(Set.of(secret)).isEmpty());
        return shown;
    }

    private List<EndpointAttack> writing() {
        return acting().filter(one -> !isDeleting(one)).toList();
    }

    private Stream<EndpointAttack> acting() {
        return endpoints.stream()
                .filter(one -> one.found() != null && !one.operation().reads());
    }

    private static boolean isDeleting(EndpointAttack endpoint) {
        return endpoint.operation().method().equals("DELETE");
    }

    private List<Reading> readings(TenantRows side) {
        List<Reading> readings = new ArrayList<>();
        for (EndpointAttack endpoint : endpoints) {
            RequestTemplate template = endpoint.found();
            if (template != null && endpoint.operation().reads()) {
                readings.add(new Reading(endpoint.name(), template.request(side)));
            }
        }
        return readings;
    }

    /** The other tenant stores each id of the owner's that an endpoint takes, one at a time. */
    private void storeIds(EndpointAttack endpoint, Map<String, String> stored) {
        RequestTemplate template = Objects.requireNonNull(endpoint.found());
        Request own = template.request(sides.other());
        for (Slot slot : own.slots.keySet()) {
            Object owners = slot.value().apply(sides.owner());
            if (!owners.equals(own.slots.get(slot))) {
                Request request = template.request(
                        sides.other(),
                        one -> one.name().equals(slot.name())
                                ? owners
                                : one.value().apply(sides.other()),
                        null);
                sides.send(request, sides.member(sides.other()));
                stored.put(owners.toString(), endpoint.name() + " " + slot.name());
            }
        }
    }

    private void storeTexts(EndpointAttack endpoint, Map<String, String> stored) {
        Request request = Objects.requireNonNull(endpoint.found()).request(sides.owner());
        Answer answer = sides.send(request, sides.member(sides.owner()));
        if (answer.isGood()) {
            request.texts.stream()
                    .filter(text -> text.length() >= TenantRows.SHORTEST_MARKER)
                    .forEach(text -> stored.put(text, endpoint.name()));
        }
    }

    /** @param before what it shows without these ids, which is another leak */
    private void requireNoRow(Reading reading, Map<String, String> ids, Set<String> before) {
        Set<String> shown = secrets(reading, others(reading));
        shown.removeAll(ids.keySet());
        shown.removeAll(before);
        if (!shown.isEmpty()) {
            throw Unproven.leak(
                    reading.name() + ", what is stored: it shows \""
                            + shown.iterator().next()
                            + "\" of the owner's rows to another tenant, which has stored ids of the owner's by "
                            + new LinkedHashSet<>(ids.values())
                            + ". Look up ids within the tenant before they are stored, and let reports join within the tenant.");
        }
    }

    private void requireNoText(Reading reading, Map<String, String> texts) {
        Answer answer = others(reading);
        answer.shows(texts.keySet()).ifPresent(shown -> {
            throw Unproven.leak(
                    texts.get(shown) + ", what is stored: " + reading.name() + " shows another tenant what"
                            + " one has stored: " + answer.text()
                            + ". Is it in an entity with @GlobalEntity, in a file or in a field? Keep it"
                            + " in an owned entity; or list \"all endpoints together, what is stored\" in notProven() if all are meant to read it.");
        });
    }

    /**
     * Nothing that rows of the owner hold, or have held in earlier attacks, is in any answer to the other tenant once the owner has
     * used all endpoints: what writes it beside the rows, into a table without an entity for instance, asks for no owned row.
     *
     * @param before what each shows of rows that are there, which is another leak
     */
    private void requireNoMark(List<Reading> others, Map<String, Set<String>> before) {
        sides.meetMarks();
        acting().filter(StoredValues::isDeleting).forEach(this::act);
        List<Reading> all = new ArrayList<>(others);
        writing()
                .forEach(endpoint -> all.add(new Reading(
                        endpoint.name(),
                        Objects.requireNonNull(endpoint.found()).request(sides.other()))));
        for (Reading reading : all) {
            Answer answer = others(reading);
            Set<String> marks = sides.metSecrets(reading.request());
            marks.removeAll(before.getOrDefault(reading.name(), Set.of()));
            answer.shows(marks).ifPresent(shown -> {
                throw Unproven.leak(reading.name() + ", what is stored: it shows another tenant \"" + shown
                        + "\", which stands in rows of the owner and was written elsewhere" + writtenBy(reading) + ": "
                        + answer.text()
                        + ". Is it in a table without an entity, in a file or in a field? Keep it in an owned entity; or list"
                        + " \"all endpoints together, what is stored\" in notProven() if all are meant to read it.");
            });
        }
    }

    private void act(EndpointAttack endpoint) {
        sides.send(Objects.requireNonNull(endpoint.found()).request(sides.owner()), sides.member(sides.owner()));
    }

    /** The endpoint after which the other tenant is shown more, for the message. */
    private String writtenBy(Reading reading) {
        for (EndpointAttack endpoint : acting().toList()) {
            sides.owner().makeAll();
            Set<String> fresh = sides.secrets(reading.request());
            fresh.removeAll(secrets(reading, others(reading)));
            act(endpoint);
            if (others(reading).shows(fresh).isPresent()) {
                return " by " + endpoint.name();
            }
        }
        return "";
    }
}
