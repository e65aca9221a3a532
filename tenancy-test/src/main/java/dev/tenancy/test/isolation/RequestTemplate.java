package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.Operation.Parameter;
import dev.tenancy.test.isolation.OwnedMapping.Owned;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One way to fill in the request of an operation.
 *
 * @param focus the entity that {@code id} means, and whose attributes the fields are named after; null for none
 * @param optional whether optional fields of the body are filled in, too
 * @param itself whether a form names the row that it is about
 * @param own whether texts are those of the row, and not made up
 * @param files of what kind files are
 */
record RequestTemplate(
        Operation operation,
        @Nullable Owned focus,
        boolean optional,
        boolean itself,
        boolean own,
        FileKind files,
        OwnedMapping mapping,
        Schemas schemas,
        RequestValues values,
        GivenValues given) {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int DEEPEST = 5;
    private static final Set<String> TENANTS = Set.of("tenant", "tenantid", "companyid", "organizationid");
    // By what name an API has all texts of its rows searched.
    static final Set<String> SEARCHES = Set.of("search", "q", "query", "term", "keyword", "text");

    /** The request as the tenant of the rows would send it. */
    Request request(TenantRows rows) {
        return request(rows, slot -> slot.value().apply(rows), null);
    }

    /**
     * @param choice says what stands where the value depends on the tenant
     * @param more an optional parameter that is filled in as well; null for none
     */
    Request request(TenantRows rows, Function<Slot, Object> choice, @Nullable Parameter more) {
        return request(rows, choice, more, Map.of());
    }

    /** @param instead what stands in places where a text would be made up */
    Request request(
            TenantRows rows, Function<Slot, Object> choice, @Nullable Parameter more, Map<String, String> instead) {
        return new Filling(rows, choice, instead).request(more);
    }

    private final class Filling {

        private final TenantRows rows;
        private final Function<Slot, Object> choice;
        private final Map<String, String> instead;
        private Request request = new Request(operation.method(), operation.path());

        Filling(TenantRows rows, Function<Slot, Object> choice, Map<String, String> instead) {
            this.rows = rows;
            this.choice = choice;
            this.instead = instead;
        }

        Request request(@Nullable Parameter more) {
            Request draft = request;
            String path = operation.path();
            for (Parameter parameter : operation.parameters()) {
                if (parameter.required() || parameter.equals(more) || isFilledIn(parameter)) {
                    JsonNode value =
                            value(parameter.in() + ": ", parameter.name(), parameter.schema(), 0, parameter.field());
                    if (value.isNull() && parameter.isForm()) {
                        continue;
                    }
                    String text = value.isArray() ? value.path(0).asString() : value.asString();
                    switch (parameter.in()) {
                        case "path" -> path = path.replace("{" + parameter.name() + "}", HttpCalls.encoded(text));
                        case "header" -> draft.headers.put(parameter.name(), text);
                        case Parameter.FORM -> draft.form.put(parameter.name(), text);
                        default -> (operation.isUrlEncoded() ? draft.form : draft.query).put(parameter.name(), text);
                    }
                }
            }
            String place = operation.reads() ? "query" : Parameter.FORM;
            operation
                    .unlisted(given.names(operation.name()))
                    .forEach(name -> (operation.reads() ? draft.query : draft.form)
                            .put(
                                    name,
                                    value(place + ": ", name, JSON.objectNode(), 0, null)
                                            .asString()));
            request = new Request(operation.method(), path);
            request.query.putAll(draft.query);
            request.form.putAll(draft.form);
            request.headers.putAll(draft.headers);
            request.slots.putAll(draft.slots);
            request.texts.addAll(draft.texts);
            request.made.putAll(draft.made);
            JsonNode body = operation.body();
            if (body != null && operation.isMultipart()) {
                parts(schemas.resolved(body));
                request.form.forEach((name, text) -> request.parts.add(Request.Part.text(name, null, text)));
                request.form.clear();
            } else if (body != null) {
                request.body = JsonMapper.shared().writeValueAsString(value("body: ", "", body, 0, null));
                request.headers.put("Content-Type", String.valueOf(operation.contentType()));
            } else if (operation.isUrlEncoded() || !request.form.isEmpty()) {
                request.headers.put("Content-Type", Operation.URL_ENCODED);
            }
            return request;
        }

        private void parts(JsonNode form) {
            form.path("properties").properties().forEach(property -> {
                String name = property.getKey();
                JsonNode schema = schemas.resolved(property.getValue());
                if (schemas.isFile(schema)) {
                    request.parts.add(file(name));
                } else if (optional || schemas.isRequired(form, name)) {
                    JsonNode value = value("body: ", name, schema, 1, null);
                    boolean single = !value.isContainer();
                    request.parts.add(Request.Part.text(
                            name,
                            single ? null : "application/json",
                            single ? value.asString() : JsonMapper.shared().writeValueAsString(value)));
                }
            });
        }

        private Request.Part file(String name) {
            String text = values.text(request.texts);
            String place = "body: " + name + ".filename";
            String replaced = instead.get(place);
            String called = replaced == null ? files.named(values.text(request.texts)) : replaced;
            request.texts.add(called);
            request.made.put(place, called);
            Function<Object, ?> given = RequestTemplate.this.given.of(operation.name() + " " + name);
            if (given == null) {
                return new Request.Part(name, called, files.type(), files.holding(text), text);
            }
            Object content = given.apply(rows.tenant());
            byte[] bytes =
                    content instanceof byte[] some ? some : content.toString().getBytes(StandardCharsets.UTF_8);
            return new Request.Part(name, called, files.type(), bytes, null);
        }

        // The id of what is written may turn what is new into a change of what is there.
        private boolean isFilledIn(Parameter parameter) {
            FormField field = parameter.field();
            boolean ofItself = parameter.leaf().equals("id") && (field == null || field.row() == null);
            return parameter.isForm()
                    && ((ofItself ? itself : optional)
                            || !operation.reads() && given.of(operation.name() + " " + parameter.name()) != null);
        }

        private JsonNode value(String where, String name, JsonNode unresolved, int depth, @Nullable FormField field) {
            JsonNode schema = schemas.resolved(unresolved);
            String leaf = name.substring(name.lastIndexOf('.') + 1);
            Function<Object, ?> here = given.of(operation.name() + " " + name);
            if (here != null) {
                return chosen(new Slot(where + name, one -> written(field, here.apply(one.tenant()))));
            }
            if (field != null && field.row() != null) {
                return row(where + name, field);
            }
            Object ofRow = focus == null ? null : rows.value(focus, leaf);
            // A filter of a list, by what its rows have.
            boolean filters = where.equals("query: ")
                    && focus != null
                    && (ofRow instanceof CharSequence || ofRow instanceof UUID);
            Function<Object, ?> known = filters ? null : given.of(leaf);
            if (known != null) {
                return chosen(new Slot(where + name, one -> written(field, known.apply(one.tenant()))));
            }
            if (Schemas.is(schema, "object") || schema.has("properties")) {
                return object(where, name, schema, depth);
            }
            if (Schemas.is(schema, "array")) {
                ArrayNode array = JSON.arrayNode();
                return depth > DEEPEST ? array : array.add(value(where, name, schema.path("items"), depth + 1, null));
            }
            Owned entity = referred(leaf);
            if (entity != null) {
                return chosen(new Slot(where + name, one -> one.id(entity)));
            }
            if (ofRow != null && focus != null && (filters || where.equals("path: "))) {
                return chosen(new Slot(where + name, one -> String.valueOf(one.value(focus, leaf))));
            }
            if (TENANTS.contains(leaf.toLowerCase(Locale.ROOT)) && ofRow == null) {
                return chosen(new Slot(where + name, TenantRows::tenant));
            }
            if (where.equals("query: ") && SEARCHES.contains(leaf.toLowerCase(Locale.ROOT)) && focus != null) {
                String text = rows.text(focus);
                if (text != null) {
                    return chosen(new Slot(where + name, one -> String.valueOf(one.text(focus))));
                }
            }
            if (where.equals("path: ") && focus != null && !schema.has("enum")) {
                return chosen(new Slot(where + name, one -> one.id(focus)));
            }
            String replaced = instead.get(where + name);
            if (replaced != null) {
                request.texts.add(replaced);
                return JSON.stringNode(replaced);
            }
            if (ofRow != null && (own || !(ofRow instanceof CharSequence)) && !schema.has("enum")) {
                return noted(where + name, RequestValues.json(written(field, ofRow)));
            }
            return noted(where + name, values.of(leaf, schema, request.texts));
        }

        private static Object written(@Nullable FormField field, Object value) {
            return field == null ? value : field.written(value);
        }

        private JsonNode row(String place, FormField field) {
            EntityPersister persister = Objects.requireNonNull(field.row());
            Owned entity = mapping.owned().stream()
                    .filter(one -> one.persister() == persister)
                    .findFirst()
                    .orElse(null);
            if (entity != null) {
                return chosen(
                        new Slot(place, one -> field.isRowById() ? one.id(entity) : field.text(one.instance(entity))));
            }
            Object shared = rows.shared(persister);
            return shared == null
                    ? JSON.nullNode()
                    : JSON.stringNode(
                            field.isRowById() ? String.valueOf(persister.getIdentifier(shared)) : field.text(shared));
        }

        private JsonNode noted(String place, JsonNode value) {
            if (value.isString()) {
                request.made.put(place, value.asString());
            }
            return value;
        }

        private JsonNode object(String where, String name, JsonNode schema, int depth) {
            ObjectNode object = JSON.objectNode();
            if (depth <= DEEPEST) {
                schema.path("properties").properties().forEach(property -> {
                    boolean required = schemas.isRequired(schema, property.getKey());
                    if (!schemas.resolved(property.getValue()).path("readOnly").asBoolean(false)
                            && (required || optional)) {
                        String path = name.isEmpty() ? property.getKey() : name + "." + property.getKey();
                        object.set(property.getKey(), value(where, path, property.getValue(), depth + 1, null));
                    }
                });
            }
            return object;
        }

        private JsonNode chosen(Slot slot) {
            Object value = request.slots.computeIfAbsent(slot, choice);
            return RequestValues.json(value);
        }

        /** The entity whose id a name asks for. */
        private @Nullable Owned referred(String name) {
            if (name.equals("id") || name.equals("ids")) {
                return focus;
            }
            String base = name.replaceFirst("Ids?$", "");
            Owned ofFocus = focus == null ? null : mapping.target(focus, base);
            return ofFocus != null ? ofFocus : base.equals(name) ? null : mapping.named(base);
        }
    }
}
