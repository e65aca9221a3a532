package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.OwnedMapping.Owned;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/** The ways to fill in the request of an operation, the likeliest first. */
record RequestTemplates(
        Operation operation, OwnedMapping mapping, Schemas schemas, RequestValues values, GivenValues given) {

    Stream<RequestTemplate> all() {
        List<@Nullable Owned> focuses = new ArrayList<>(mapping.owned().stream()
                .sorted(Comparator.comparingInt((Owned one) -> likeness(one)).reversed())
                .toList());
        focuses.add(null);
        return Stream.of(FileKind.values())
                .limit(operation.isMultipart() ? FileKind.values().length : 1)
                // With less, then with texts of the row, for checks that only these pass.
                .flatMap(files -> variants()
                        .flatMap(variant -> focuses.stream()
                                .map(focus -> new RequestTemplate(
                                        operation,
                                        focus,
                                        variant.optional(),
                                        variant.itself(),
                                        variant.own(),
                                        files,
                                        mapping,
                                        schemas,
                                        values,
                                        given))));
    }

    /** What is left out, and what is the row's own. */
    private record Variant(boolean optional, boolean itself, boolean own) {}

    private Stream<Variant> variants() {
        boolean forms = operation.parameters().stream().anyMatch(Operation.Parameter::isForm);
        boolean itself = forms
                && operation.parameters().stream().anyMatch(one -> one.leaf().equals("id"));
        if (operation.reads()) {
            // A search that says nothing finds most.
            return Stream.of(
                            new Variant(false, false, false),
                            new Variant(true, false, false),
                            new Variant(true, true, false))
                    .limit(itself ? 3 : forms ? 2 : 1);
        }
        return Stream.of(
                        new Variant(true, false, false),
                        new Variant(false, false, false),
                        new Variant(true, false, true),
                        new Variant(false, false, true),
                        new Variant(true, true, false),
                        new Variant(true, true, true))
                .limit(itself ? 6 : forms || operation.body() != null ? 4 : 1);
    }

    /** With a value for one parameter, asked for with the tenant. */
    RequestTemplates with(String parameter, Function<Object, ?> value) {
        return new RequestTemplates(
                operation, mapping, schemas, values, given.with(operation.name() + " " + parameter, value));
    }

    /** How much of the entity's name is in that of the controller and of the path. */
    private int likeness(Owned entity) {
        String name = entity.name().toLowerCase(Locale.ROOT);
        int likeness = isAbout(entity.type()) ? 4 : 0;
        String[] segments = operation.path().toLowerCase(Locale.ROOT).split("/");
        for (int i = 0; i < segments.length; i++) {
            String segment = segments[i].replace("-", "").replace("_", "");
            String singular = segment.endsWith("ies")
                    ? segment.substring(0, segment.length() - 3) + "y"
                    : segment.endsWith("s") ? segment.substring(0, segment.length() - 1) : segment;
            if (name.equals(singular) || name.equals(segment)) {
                // Of /customers/{id}/projects/{id}, the last.
                likeness += 2 + i;
            }
        }
        String controller = operation.handler().getBeanType().getSimpleName().toLowerCase(Locale.ROOT);
        return likeness + (controller.startsWith(name) ? 1 : 0);
    }

    private boolean isAbout(Class<?> entity) {
        for (ResolvableType type = ResolvableType.forClass(operation.handler().getBeanType());
                type != ResolvableType.NONE;
                type = type.getSuperType()) {
            for (ResolvableType argument : type.getGenerics()) {
                if (entity.equals(argument.resolve())) {
                    return true;
                }
            }
        }
        return false;
    }
}
