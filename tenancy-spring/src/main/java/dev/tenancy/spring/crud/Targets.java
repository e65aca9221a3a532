package dev.tenancy.spring.crud;

import dev.tenancy.CurrentTenant;
import dev.tenancy.spring.Problem;
import dev.tenancy.spring.crud.RefusedException.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The rows that a request is about to change. */
final class Targets<E, D extends Record> {

    /**
     * A row to change.
     *
     * @param version that the row must have, as text; null if any will do
     * @param body missing if the row is to be deleted
     */
    record Target(
            @Nullable Object key,
            Preconditions conditions,
            @Nullable String version,
            JsonNode body) {}

    /**
     * The rows, as they were named.
     *
     * @param order their places there in the order in which everybody writes them: two requests that name the same rows in opposite
     *     orders would wait for each other
     */
    record Loaded<E>(List<E> rows, List<Integer> order) {}

    private final CrudOffer offer;
    private final RecordShape<E, D> shape;
    private final RowQuery<E, D> rows;
    private final int maxSize;

    Targets(CrudOffer offer, RecordShape<E, D> shape, RowQuery<E, D> rows, int maxSize) {
        this.offer = offer;
        this.shape = shape;
        this.rows = rows;
        this.maxSize = maxSize;
    }

    /** The rows of a bulk request. */
    List<JsonNode> rows(JsonNode body) {
        if (!(body instanceof ArrayNode array) || array.isEmpty() || array.size() > maxSize) {
            throw new RefusedException(Reason.NOT_ROWS, String.valueOf(maxSize));
        }
        return List.copyOf(array.values());
    }

    /** The rows that a bulk request names, each once. */
    List<Target> named(JsonNode body) {
        List<JsonNode> sent = rows(body);
        Faults faults = new Faults(true);
        List<Target> targets = new ArrayList<>();
        Set<Object> known = new HashSet<>();
        for (int i = 0; i < sent.size(); i++) {
            JsonNode one = sent.get(i);
            if (!(one instanceof ObjectNode change)) {
                faults.in(
                        i,
                        found -> found.add(new Problem.FieldFault(null, "must be a JSON object with the id of a row")));
                continue;
            }
            JsonNode named = change.remove(offer.id().name());
            JsonNode version = offer.versioned() ? change.remove("version") : null;
            Object key =
                    named == null || !named.isValueNode() || named.isNull() ? null : offer.keyOrNull(named.asString());
            if (named == null || named.isNull()) {
                faults.in(
                        i, found -> found.add(new Problem.FieldFault(offer.id().name(), "must not be null")));
            } else if (key != null && !known.add(key)) {
                faults.in(
                        i, found -> found.add(new Problem.FieldFault(offer.id().name(), "is named twice")));
            }
            targets.add(new Target(
                    key,
                    Preconditions.NONE,
                    version == null || version.isNull() ? null : version.isValueNode() ? version.asString() : "",
                    change));
        }
        faults.refuse();
        return targets;
    }

    static boolean areDemanding(List<Target> targets) {
        for (Target target : targets) {
            if (!target.conditions().isAbsent()) {
                return true;
            }
        }
        return false;
    }

    Loaded<E> load(List<Target> targets, boolean bulk) {
        if (!bulk) {
            Target target = targets.get(0);
            if (offer.requireIfMatch() && target.conditions().isAbsent()) {
                throw new RefusedException(Reason.CONDITION_MISSING);
            }
            E row = one(target.key());
            if (isOfLibrary(row)) {
                throw new RefusedException(Reason.LIBRARY_ROW);
            }
            if (!target.conditions().allow(shape.version(row))) {
                throw Preconditions.failed();
            }
            return new Loaded<>(List.of(row), List.of(0));
        }
        Faults missing = new Faults(true);
        Faults stale = new Faults(true);
        Faults library = new Faults(true);
        List<Object> keys = targets.stream()
                .map(Target::key)
                .filter(Objects::nonNull)
                .map(Object.class::cast)
                .toList();
        Map<Object, E> found = keys.isEmpty() ? Map.of() : rows.find(keys);
        List<E> present = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            E row = target.key() == null ? null : found.get(target.key());
            if (row == null) {
                missing.in(
                        i,
                        faults -> faults.add(new Problem.FieldFault(offer.id().name(), "does not exist")));
                continue;
            }
            present.add(row);
            if (isOfLibrary(row)) {
                library.in(
                        i,
                        faults -> faults.add(new Problem.FieldFault(offer.id().name(), "belongs to the library")));
            }
            if (target.version() == null ? offer.requireIfMatch() : isStale(target.version(), row)) {
                String why = target.version() == null
                        ? "is needed, as you read it"
                        : "is not that of the row, which has been changed meanwhile";
                stale.in(i, faults -> faults.add(new Problem.FieldFault("version", why)));
            }
        }
        missing.refuse();
        library.refuse(Reason.LIBRARY_ROW);
        stale.refuse(Reason.STALE);
        List<Object> named = targets.stream().map(Target::key).toList();
        return new Loaded<>(present, found.keySet().stream().map(named::indexOf).toList());
    }

    // What is read and not the company's own.
    private boolean isOfLibrary(E row) {
        Object tenant = shape.tenant(row);
        return tenant != null && !tenant.equals(CurrentTenant.require().tenantId());
    }

    private boolean isStale(String version, E row) {
        return !version.equals(String.valueOf(shape.version(row)));
    }

    private E one(@Nullable Object key) {
        E row = key == null ? null : rows.load(key);
        if (row == null) {
            throw new RefusedException(Reason.MISSING);
        }
        return row;
    }
}
