package dev.tenancy.test.isolation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request that is ready but for its sender. */
final class Request {

    private static final int SHOWN = 400;

    final String method;
    final String path;
    final Map<String, String> query = new LinkedHashMap<>();
    final Map<String, String> headers = new LinkedHashMap<>();
    /** The places whose values depend on the tenant, with what stands there. */
    final Map<Slot, Object> slots = new LinkedHashMap<>();
    /** The texts that were made up, by their places. */
    final Map<String, String> made = new LinkedHashMap<>();
    /** What was made up for this request. */
    final Set<String> texts = new LinkedHashSet<>();

    /** What a browser sends of a form; there is no other body then. */
    final Map<String, String> form = new LinkedHashMap<>();

    @Nullable String body;

    /** Of a form that holds files; there is no other body then. */
    final List<Part> parts = new ArrayList<>();

    /**
     * A part of a form.
     *
     * @param file its name; null if the part is no file
     * @param mark a text that only this file holds; null if it is not known
     */
    record Part(
            String name,
            @Nullable String file,
            @Nullable String type,
            byte[] content,
            @Nullable String mark) {

        static Part text(String name, @Nullable String type, String text) {
            return new Part(name, null, type, text.getBytes(StandardCharsets.UTF_8), null);
        }
    }

    Request(String method, String path) {
        this.method = method;
        this.path = path;
    }

    /** What it holds, for messages. */
    String told() {
        String sent = !form.isEmpty()
                ? form.toString()
                : body != null
                        ? body
                        : parts.isEmpty()
                                ? ""
                                : parts.stream().map(Part::name).toList().toString();
        String told = method + " " + path + (query.isEmpty() ? "" : "?" + query) + (sent.isEmpty() ? "" : " " + sent);
        return told.length() > SHOWN ? told.substring(0, SHOWN) + "…" : told;
    }

    /** Where it goes. */
    String address() {
        return path + query;
    }

    Request copy() {
        Request copy = new Request(method, path);
        copy.query.putAll(query);
        copy.headers.putAll(headers);
        copy.slots.putAll(slots);
        copy.made.putAll(made);
        copy.texts.addAll(texts);
        copy.form.putAll(form);
        copy.body = body;
        copy.parts.addAll(parts);
        return copy;
    }

    /** What an answer may repeat. */
    Set<String> sent() {
        Set<String> sent = new LinkedHashSet<>(texts);
        slots.values().forEach(value -> sent.add(value.toString()));
        sent.removeIf(String::isEmpty);
        return sent;
    }
}
