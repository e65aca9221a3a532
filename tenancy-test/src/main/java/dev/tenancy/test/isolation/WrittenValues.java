package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.Operation.Parameter;
import dev.tenancy.test.isolation.OwnedMapping.Owned;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Values that a caller makes up when it writes: texts of the body, keys in headers. That another tenant has the same, or has sent the
 * same before, is nothing to learn from an answer.
 */
final class WrittenValues {

    private static final String BODY = "body: ";
    private static final String FORM = "form: ";
    private static final String HEADER = "header: ";

    private final Operation operation;
    private final RequestTemplate template;
    private final OwnedMapping mapping;
    private final EndpointSides sides;

    WrittenValues(RequestTemplate template, EndpointSides sides) {
        this.operation = template.operation();
        this.template = template;
        this.mapping = template.mapping();
        this.sides = sides;
    }

    Stream<Attack> attacks() {
        if (operation.reads()) {
            return Stream.empty();
        }
        List<Attack> attacks = new ArrayList<>();
        Map<String, String> made = request(sides.owner(), null, Map.of()).made;
        made.keySet().stream()
                .filter(place -> (place.startsWith(BODY) || place.startsWith(FORM)) && entity(leaf(place)) != null)
                .forEach(place -> attacks.add(new Attack("owner's " + place, () -> ofRow(place))));
        for (Parameter parameter : operation.parameters()) {
            String place = HEADER + parameter.name();
            if (parameter.in().equals("header")
                    && request(sides.owner(), parameter, Map.of()).made.containsKey(place)) {
                attacks.add(new Attack("same " + place, () -> repeated(place, parameter)));
            }
        }
        return attacks.stream();
    }

    /** The other tenant writes what stands in a row of the owner. */
    private Shown ofRow(String place) {
        sides.clear();
        Owned entity = Objects.requireNonNull(entity(leaf(place)));
        String value = String.valueOf(sides.owner().value(entity, leaf(place)));
        if (!attack("owner's " + place, place, null, value, "a value that a row of the owner has")) {
            return Shown.untouched("a text of the row's form is refused, the owner's as one that nobody has");
        }
        String remedy = "as one that nobody has";
        return isToldApart(place, null, value)
                ? Shown.proven("with the owner's: " + remedy + "; its owner is told that it is there")
                : Shown.untouched("with the owner's: " + remedy + ", and so is its owner");
    }

    /** The other tenant sends the header that the owner has sent. */
    private Shown repeated(String place, Parameter parameter) {
        sides.clear();
        sides.owner().makeAll();
        sides.other().makeAll();
        Request first = request(sides.owner(), parameter, Map.of());
        String value = String.valueOf(first.made.get(place));
        Answer owners = sides.send(first, sides.member(sides.owner()));
        if (!owners.isGood()) {
            return Shown.untouched("its owner does not get through with it: " + owners.status());
        }
        attack("same " + place, place, parameter, value, "what the owner has sent");
        return isToldApart(place, parameter, value)
                ? Shown.proven("with what the owner has sent: as with something new; its owner's is known")
                : Shown.untouched("what is sent again is answered as what is new, to its owner, too");
    }

    /** @return whether a value of that form that nobody has is accepted */
    private boolean attack(String attack, String place, @Nullable Parameter parameter, String value, String told) {
        Map<String, String> others = sides.member(sides.other());
        Answer one = sides.send(missing(sides.other(), place, parameter, value), others);
        Map<String, String> before = sides.owner().state();
        Request request = request(sides.other(), parameter, Map.of(place, value));
        Answer answer = sides.send(request, sides.attacking(others));
        Answer same = sides.send(missing(sides.other(), place, parameter, value), others);
        String path = operation.name() + ", " + attack + ": ";
        answer.shows(sides.secrets(request)).ifPresent(shown -> {
            throw Unproven.leak(path + "the answer shows \"" + shown + "\" of the owner's rows: " + answer.text() + ". "
                    + EndpointAttack.BEYOND);
        });
        Map<String, String> differences = answer.differences(one, same);
        if (!differences.isEmpty()) {
            throw Unproven.leak(path + told + " is answered otherwise than one that nobody has: " + differences
                    + ". Compare within the tenant: what has to be unique has to be so together with the tenant, and what is"
                    + " kept for a key is kept for the tenant and the key.");
        }
        if (!sides.rehearsal() && !sides.owner().state().equals(before)) {
            throw Unproven.leak(
                    path + "it changed rows of the owner. Change what is found within the current tenant only.");
        }
        return one.isGood();
    }

    // Of the same form, which a check of the application may refuse.
    private Request missing(TenantRows side, String place, @Nullable Parameter parameter, String value) {
        return request(side, parameter, Map.of(place, String.valueOf(Slot.missing(value))));
    }

    private boolean isToldApart(String place, @Nullable Parameter parameter, String value) {
        Map<String, String> owners = sides.member(sides.owner());
        Answer one = sides.send(missing(sides.owner(), place, parameter, value), owners);
        Answer again = sides.send(request(sides.owner(), parameter, Map.of(place, value)), owners);
        Answer same = sides.send(missing(sides.owner(), place, parameter, value), owners);
        return !again.differences(one, same).isEmpty();
    }

    private Request request(TenantRows side, @Nullable Parameter more, Map<String, String> instead) {
        return template.request(side, slot -> slot.value().apply(side), more, instead);
    }

    private static String leaf(String place) {
        return place.substring(place.lastIndexOf(place.contains(".") ? '.' : ' ') + 1);
    }

    /** The entity in which the text is an attribute; the one in focus, if it has it. */
    private @Nullable Owned entity(String attribute) {
        Owned focus = template.focus();
        return Stream.concat(Stream.ofNullable(focus), mapping.owned().stream())
                .filter(one -> sides.owner().value(one, attribute) instanceof String)
                .findFirst()
                .orElse(null);
    }
}
