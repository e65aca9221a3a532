package dev.tenancy.test.isolation;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request that is ready but for its sender. */
final class Request {

    final String method;
    final String path;
    final Map<String, String> query = new LinkedHashMap<>();
    final Map<String, String> headers = new LinkedHashMap<>();
    /** The places whose values depend on the tenant, with what stands there. */
    final Map<Slot, Object> slots = new LinkedHashMap<>();
    /** What was made up for this request. */
    final Set<String> texts = new LinkedHashSet<>();

    @Nullable String body;

    Request(String method, String path) {
        this.method = method;
        this.path = path;
    }

    /** What an answer may repeat. */
    Set<String> sent() {
        Set<String> sent = new LinkedHashSet<>(texts);
        slots.values().forEach(value -> sent.add(value.toString()));
        sent.removeIf(String::isEmpty);
        return sent;
    }
}
