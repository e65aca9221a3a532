package dev.tenancy.test.isolation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one endpoint stores, others show: texts of the owner's to the other tenant, or rows of the owner's, since the other tenant has
 * stored their ids in its own.
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
        if (texts.isEmpty() && ids.isEmpty()) {
            return Shown.untouched("no endpoint was reached that stores a text or an id");
        }
        Map<String, String> owner = sides.member(sides.owner());
        long found = owners.stream()
                .filter(reading -> sides.send(reading.request(), owner)
                        .shows(texts.keySet())
                        .isPresent())
                .count();
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
        return endpoints.stream()
                .filter(one -> one.found() != null
                        && !one.operation().reads()
                        && !one.operation().method().equals("DELETE"))
                .toList();
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
}
