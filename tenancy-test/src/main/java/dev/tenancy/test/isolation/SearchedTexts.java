package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.Operation.Parameter;
import dev.tenancy.test.isolation.OwnedMapping.Owned;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Texts of the query by which an endpoint searches. Which text of a row it looks for, and how much of it, is found out by asking as the
 * owner until the answer is another than for a text that nobody has: with any other text, both tenants find nothing.
 */
final class SearchedTexts {

    private static final String QUERY = "query: ";
    private static final int SHORTEST = 3;

    private final Operation operation;
    private final RequestTemplate template;
    private final Set<String> touched;
    private final EndpointSides sides;
    private final Map<Parameter, @Nullable Search> searches = new LinkedHashMap<>();

    /**
     * A text by which its owner finds a row.
     *
     * @param distinct whether those of two tenants are different
     */
    private record Search(Function<Object, Object> text, boolean distinct) {}

    /** @param touched the entities that the endpoint asks for */
    SearchedTexts(RequestTemplate template, Set<String> touched, EndpointSides sides) {
        this.operation = template.operation();
        this.template = template;
        this.touched = touched;
        this.sides = sides;
    }

    /** Whether a text may stand there that nothing but rows tells. */
    static boolean isFree(JsonNode schema) {
        return (Schemas.is(schema, "string") || !schema.has("type"))
                && !schema.has("enum")
                && !schema.has("example")
                && !schema.has("format")
                && !schema.has("properties");
    }

    boolean has(String place) {
        return searches.keySet().stream().anyMatch(one -> place.equals(QUERY + one.name()));
    }

    void find() {
        for (Parameter parameter : operation.parameters()) {
            if (parameter.in().equals("query")
                    && isFree(template.schemas().resolved(parameter.schema()))
                    && (parameter.field() == null || parameter.field().row() == null)) {
                searches.put(parameter, search(parameter));
            }
        }
    }

    /** @param others whether the endpoint is attacked by other values, or by texts that were found */
    Stream<Attack> attacks(boolean others, Foreign foreign, Function<RequestTemplate, Shown> rowsAppear) {
        List<Attack> attacks = new ArrayList<>();
        searches.forEach((parameter, search) -> {
            String place = QUERY + parameter.name();
            if (search == null) {
                // Of a bean that a page has for other things as well, only some fields are searched by.
                boolean searching = isGiven(parameter) || isSearch(parameter) && !(others && parameter.isForm());
                attacks.add(Attack.preparing("foreign " + place, () -> unfound(parameter, searching)));
                return;
            }
            RequestTemplate searched = with(parameter, search.text());
            attacks.add(
                    search.distinct()
                            ? new Attack(
                                    "foreign " + place,
                                    () -> foreign.attack(searched, List.of(slot(place, search)), place, null))
                            : new Attack("rows that appear: " + parameter.name(), () -> rowsAppear.apply(searched)));
        });
        return attacks.stream();
    }

    private static Slot slot(String place, Search search) {
        return new Slot(place, side -> search.text().apply(side.tenant()));
    }

    private Shown unfound(Parameter parameter, boolean searching) {
        if (!searching) {
            return Shown.untouched("no text of a row changes what its owner is answered");
        }
        throw new Unproven("not proven: " + operation.name() + ", foreign " + QUERY + parameter.name()
                + ": with no text of its rows, and no beginning of one, is its owner answered otherwise than with one that"
                + " nobody has. Say in values() what finds a row, as \"" + operation.name() + " " + parameter.name()
                + "\", or list it in notProven()");
    }

    private boolean isGiven(Parameter parameter) {
        return template.given().of(operation.name() + " " + parameter.name()) != null;
    }

    private boolean isSearch(Parameter parameter) {
        String leaf = parameter.leaf();
        return RequestTemplate.SEARCHES.contains(leaf.toLowerCase(Locale.ROOT))
                || entities().anyMatch(entity -> texts(entity).anyMatch(leaf::equals));
    }

    // ---- by which text a row is found

    private @Nullable Search search(Parameter parameter) {
        sides.owner().makeAll();
        sides.other().makeAll();
        Map<Integer, List<Answer>> missing = new HashMap<>();
        return candidates(parameter)
                .filter(text -> isFound(parameter, text, missing))
                .findFirst()
                .map(text -> new Search(
                        text,
                        !Objects.equals(
                                text.apply(sides.owner().tenant()),
                                text.apply(sides.other().tenant()))))
                .orElse(null);
    }

    private boolean isFound(Parameter parameter, Function<Object, Object> text, Map<Integer, List<Answer>> missing) {
        String value = text.apply(sides.owner().tenant()).toString();
        // Of the same length, which a check may be about.
        List<Answer> others = missing.computeIfAbsent(value.length(), length -> {
            Object none = Slot.missing(value);
            return List.of(owners(parameter, tenant -> none), owners(parameter, tenant -> none));
        });
        Answer answer = owners(parameter, text);
        return answer.isGood()
                && !answer.differences(others.get(0), others.get(1)).isEmpty();
    }

    private Answer owners(Parameter parameter, Function<Object, Object> text) {
        return sides.send(with(parameter, text).request(sides.owner()), sides.member(sides.owner()));
    }

    private Stream<Function<Object, Object>> candidates(Parameter parameter) {
        Stream<Function<Object, Object>> own =
                required(parameter, template.given()).request(sides.owner()).slots.keySet().stream()
                        .filter(slot -> slot.name().equals(QUERY + parameter.name()))
                        .map(slot -> tenant -> slot.value().apply(side(tenant)));
        if (isGiven(parameter)) {
            return own;
        }
        List<Function<Object, Object>> whole = entities()
                .flatMap(entity -> texts(entity)
                        .filter(attribute -> sides.owner().value(entity, attribute) != null
                                && sides.other().value(entity, attribute) != null)
                        .<Function<Object, Object>>map(attribute ->
                                tenant -> String.valueOf(side(tenant).value(entity, attribute))))
                .toList();
        Stream<Function<Object, Object>> beginnings = whole.stream().flatMap(text -> {
            int length = text.apply(sides.owner().tenant()).toString().length();
            return Stream.of(length - 1, length / 2, 5, SHORTEST)
                    .distinct()
                    .filter(part -> part >= SHORTEST && part < length)
                    .map(part -> tenant -> {
                        String all = text.apply(tenant).toString();
                        return all.substring(0, Math.min(part, all.length()));
                    });
        });
        return Stream.of(own, whole.stream(), beginnings).flatMap(all -> all);
    }

    private TenantRows side(Object tenant) {
        return tenant.equals(sides.owner().tenant()) ? sides.owner() : sides.other();
    }

    /** Those that the endpoint asks for, the one in focus first. */
    private Stream<Owned> entities() {
        List<Owned> made =
                template.mapping().owned().stream().filter(Owned::isMade).toList();
        List<Owned> asked = made.stream()
                .filter(one -> touched.contains(one.type().getSimpleName()) || one.equals(template.focus()))
                .sorted(Comparator.comparing(one -> !one.equals(template.focus())))
                .toList();
        return (asked.isEmpty() ? made : asked).stream();
    }

    private static Stream<String> texts(Owned entity) {
        return OwnedMapping.attributes(entity.persister())
                .filter(attribute -> attribute instanceof BasicAttributeMapping && !OwnedMapping.isTenant(attribute))
                .filter(attribute -> attribute.getJavaType().getJavaTypeClass() == String.class)
                .map(AttributeMapping::getAttributeName);
    }

    private RequestTemplate with(Parameter parameter, Function<Object, Object> text) {
        return required(parameter, template.given().with(operation.name() + " " + parameter.name(), text));
    }

    private RequestTemplate required(Parameter parameter, GivenValues given) {
        Operation searching = new Operation(
                operation.method(),
                operation.path(),
                operation.handler(),
                operation.parameters().stream()
                        .map(one -> one.equals(parameter)
                                ? new Parameter(one.in(), one.name(), true, one.schema(), one.field())
                                : one)
                        .toList(),
                operation.open(),
                operation.contentType(),
                operation.body());
        return new RequestTemplate(
                searching,
                template.focus(),
                template.optional(),
                template.itself(),
                template.own(),
                template.files(),
                template.mapping(),
                template.schemas(),
                template.values(),
                given);
    }

    /** Whether some text was found by which a row is. */
    boolean areSome() {
        return searches.values().stream().anyMatch(Objects::nonNull);
    }

    /** As {@link EndpointAttack} attacks values. */
    @FunctionalInterface
    interface Foreign {
        Shown attack(RequestTemplate template, List<Slot> attacked, String name, @Nullable Parameter more);
    }
}
