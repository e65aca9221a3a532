package dev.tenancy.spring.crud;

import dev.tenancy.TenancySetupException;
import dev.tenancy.spring.Problem;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import jakarta.validation.metadata.BeanDescriptor;
import java.time.Year;
import java.time.temporal.Temporal;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanInstantiationException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Makes valid records of JSON, or tells all that is wrong with it. The JSON is used up: what it holds is changed. */
final class Bodies<E, D extends Record> {

    /** What is looked at in the JSON of a record; {@code derived} is what it shows besides, such as the answer of isOverdue(). */
    private record Members(
            Map<String, OfferedField> fields,
            Set<String> derived,
            List<OfferedField> readOnly,
            List<OfferedField> text,
            Map<String, Members> nested) {}

    private final Class<D> record;
    private final Members members;
    private final RecordWriter<E, D> writer;
    private final JsonMapper json;
    private final Validator validator;

    Bodies(RecordShape<E, D> shape, JsonMapper json, Validator validator) {
        this.record = shape.record();
        this.writer = new RecordWriter<>(shape);
        this.validator = validator;
        this.json = StrictJson.of(json);
        this.members = members(record, shape.fields());
    }

    /** What is checked of an entity, whoever writes it. */
    BeanDescriptor constraints(Class<?> entity) {
        return validator.getConstraintsForClass(entity);
    }

    RecordWriter<E, D> writer() {
        return writer;
    }

    // Filters, sorts and faults go by the names of components; a body with others would need two names for each.
    // And what is not shown would be lost when the rest is patched.
    private Members members(Class<?> record, List<OfferedField> fields) {
        Map<String, OfferedField> byName = new LinkedHashMap<>();
        Map<String, Members> nested = new LinkedHashMap<>();
        Map<String, String> read = names(record, json.deserializationConfig());
        Map<String, String> shown = names(record, json.serializationConfig());
        List<String> renamed = new ArrayList<>();
        List<String> hidden = new ArrayList<>();
        for (OfferedField field : fields) {
            String name = read.getOrDefault(field.name(), shown.getOrDefault(field.name(), field.name()));
            if (!name.equals(field.name())) {
                renamed.add(field.name() + " as " + name);
            } else if (field.writable() && !(read.containsKey(name) && shown.containsKey(name))) {
                hidden.add(name);
            }
            if (!field.fields().isEmpty()) {
                nested.put(field.name(), members(field.type(), field.fields()));
            }
            byName.put(field.name(), field);
        }
        Set<String> derived = new HashSet<>(shown.values());
        derived.removeAll(byName.keySet());
        if (!renamed.isEmpty()) {
            throw new TenancySetupException(
                    "Jackson shows components of " + record.getName() + " under other names: "
                            + String.join(", ", renamed) + ".",
                    "Name the components as JSON is to have them, without @JsonProperty and without a naming strategy.");
        }
        if (!hidden.isEmpty()) {
            throw new TenancySetupException(
                    "Jackson leaves out components of " + record.getName() + ": " + String.join(", ", hidden)
                            + ". What clients do not see would be lost when they patch the row.",
                    "Take them out of the record, so that the entity keeps them, or name them in @Crud(readOnly); or take off"
                            + " @JsonIgnore and access of @JsonProperty.");
        }
        return new Members(
                byName,
                derived,
                fields.stream().filter(field -> !field.writable()).toList(),
                fields.stream().filter(field -> isText(field.type())).toList(),
                nested);
    }

    /** The names that Jackson gives to components, by those that they have. */
    private Map<String, String> names(Class<?> record, MapperConfig<?> config) {
        ClassIntrospector introspector = config.classIntrospectorInstance();
        JavaType type = json.constructType(record);
        AnnotatedClass annotations = introspector.introspectClassAnnotations(type);
        BeanDescription description = config instanceof DeserializationConfig
                ? introspector.introspectForDeserialization(type, annotations)
                : introspector.introspectForSerialization(type, annotations);
        return description.findProperties().stream()
                .collect(Collectors.toMap(
                        BeanPropertyDefinition::getInternalName, BeanPropertyDefinition::getName, (one, other) -> one));
    }

    /** A body to create a row. */
    @Nullable D created(JsonNode body, List<Problem.FieldFault> faults) {
        return valid(body, null, null, field -> true, faults);
    }

    /** A body to put in the place of a row. */
    @Nullable D replaced(D present, JsonNode body, List<Problem.FieldFault> faults) {
        return valid(body, shown(present), present, OfferedField::writable, faults);
    }

    /** A body to merge into a row (RFC 7396). */
    @Nullable D patched(D present, JsonNode patch, List<Problem.FieldFault> faults) {
        if (!(patch instanceof ObjectNode changes)) {
            faults.add(new Problem.FieldFault(null, "must be a JSON object with the fields to change"));
            return null;
        }
        dropDerived(changes, members);
        checkKnown(changes, members, "", faults);
        if (!faults.isEmpty()) {
            return null;
        }
        ObjectNode shown = shown(present);
        ObjectNode merged = shown.deepCopy();
        merge(merged, changes);
        return valid(merged, shown, present, field -> field.writable() && changes.has(field.name()), faults);
    }

    private ObjectNode shown(D present) {
        ObjectNode shown = json.valueToTree(present);
        dropDerived(shown, members);
        return shown;
    }

    private static void dropDerived(ObjectNode body, Members members) {
        body.remove(members.derived());
        members.nested().forEach((name, inner) -> {
            if (body.get(name) instanceof ObjectNode nested) {
                dropDerived(nested, inner);
            }
        });
    }

    // RFC 7396, section 2
    private static void merge(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            JsonNode value = change.getValue();
            if (value.isNull()) {
                target.remove(change.getKey());
            } else if (value instanceof ObjectNode nested) {
                ObjectNode inner = target.get(change.getKey()) instanceof ObjectNode present
                        ? present
                        : target.putObject(change.getKey());
                merge(inner, nested);
            } else {
                target.set(change.getKey(), value);
            }
        }
    }

    /**
     * @param shown what the row is, as JSON
     * @param taken what the body is asked for; of all else the row keeps what it has, however it is shown
     */
    private @Nullable D valid(
            JsonNode body,
            @Nullable ObjectNode shown,
            @Nullable D present,
            Predicate<OfferedField> taken,
            List<Problem.FieldFault> faults) {
        if (!(body instanceof ObjectNode object)) {
            faults.add(new Problem.FieldFault(null, "must be a JSON object with the fields of the row"));
            return null;
        }
        dropDerived(object, members);
        List<Problem.FieldFault> found = new ArrayList<>();
        checkKnown(object, members, "", found);
        D bound = null;
        if (found.isEmpty()) {
            dropReadOnly(object, shown, members);
            refuseNumbersForText(object, members, taken, "", found);
            bound = bind(object, taken, found);
        }
        if (bound != null && present != null && found.isEmpty()) {
            try {
                bound = writer.carried(bound, present, taken);
            } catch (BeanInstantiationException refused) {
                found.add(new Problem.FieldFault(null, "is not allowed"));
                bound = null;
            }
        }
        if (bound != null) {
            // A field that could not be read is neutral by now, and has nothing more to tell.
            Set<String> unreadable = tops(found);
            List<Problem.FieldFault> more = new ArrayList<>();
            for (ConstraintViolation<D> violation : validator.validate(bound)) {
                String path = violation.getPropertyPath().toString();
                if (isWritable(path)) {
                    more.add(new Problem.FieldFault(path.isEmpty() ? null : path, violation.getMessage()));
                }
            }
            // What the record's own rules refuse, in words of the application's, needs no second fault.
            Set<String> refused = tops(more);
            for (Problem.FieldFault fault : writer.unstorable(bound)) {
                if (!refused.contains(top(String.valueOf(fault.field())))) {
                    more.add(fault);
                }
            }
            more.removeIf(fault -> fault.field() == null && !unreadable.isEmpty()
                    || fault.field() != null && unreadable.contains(top(fault.field())));
            found.addAll(more);
        }
        found.sort(Comparator.comparing((Problem.FieldFault fault) -> String.valueOf(fault.field()))
                .thenComparing(Problem.FieldFault::message));
        faults.addAll(found);
        return faults.isEmpty() ? bound : null;
    }

    private boolean isWritable(String path) {
        Members within = members;
        for (String name : path.split("[.\\[]")) {
            OfferedField field = within.fields().get(name);
            Members inner = within.nested().get(name);
            if (field == null || !field.writable() || inner == null) {
                return field == null || field.writable();
            }
            within = inner;
        }
        return true;
    }

    private static String top(String path) {
        return path.split("[.\\[]", 2)[0];
    }

    private static Set<String> tops(List<Problem.FieldFault> faults) {
        return faults.isEmpty()
                ? Set.of()
                : faults.stream()
                        .map(fault -> top(String.valueOf(fault.field())))
                        .collect(Collectors.toSet());
    }

    private static void checkKnown(ObjectNode body, Members members, String prefix, List<Problem.FieldFault> faults) {
        for (Map.Entry<String, JsonNode> member : body.properties()) {
            String name = member.getKey();
            Members inner = members.nested().get(name);
            if (!members.fields().containsKey(name)) {
                List<String> names =
                        members.fields().keySet().stream().map(prefix::concat).toList();
                faults.add(Problem.FieldFault.ofUnknown(prefix + name, "is unknown; the fields are " + names));
            } else if (inner != null && member.getValue() instanceof ObjectNode nested) {
                checkKnown(nested, inner, prefix + name + ".", faults);
            }
        }
    }

    // What was read can be sent back: what the caller may not set is ignored, whatever it is.
    private static void dropReadOnly(ObjectNode body, @Nullable ObjectNode present, Members members) {
        for (OfferedField field : members.readOnly()) {
            if (present != null) {
                body.set(field.name(), present.get(field.name()));
            } else {
                neutralize(body, field);
            }
        }
        members.nested().forEach((name, inner) -> {
            if (body.get(name) instanceof ObjectNode nested) {
                dropReadOnly(
                        nested, present != null && present.get(name) instanceof ObjectNode there ? there : null, inner);
            }
        });
    }

    // Jackson takes 1 for a second, and [2026, 1, 1] for a date, also where it writes text.
    private static void refuseNumbersForText(
            ObjectNode body,
            Members members,
            Predicate<OfferedField> taken,
            String prefix,
            List<Problem.FieldFault> faults) {
        for (OfferedField field : members.text()) {
            JsonNode value = body.path(field.name());
            if (taken.test(field) && !value.isString() && !value.isNull() && !value.isMissingNode()) {
                faults.add(Problem.FieldFault.ofType(prefix + field.name(), field.type()));
                body.remove(field.name());
            }
        }
        members.nested().forEach((name, inner) -> {
            if (body.get(name) instanceof ObjectNode nested
                    && taken.test(members.fields().get(name))) {
                refuseNumbersForText(nested, inner, field -> true, prefix + name + ".", faults);
            }
        });
    }

    private boolean isText(Class<?> type) {
        return Temporal.class.isAssignableFrom(type)
                        && type != Year.class
                        && !json.isEnabled(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                || TemporalAmount.class.isAssignableFrom(type)
                        && !json.isEnabled(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS);
    }

    // Jackson stops at the first fault; a field that has one is made neutral, to find those of the others.
    private @Nullable D bind(ObjectNode body, Predicate<OfferedField> taken, List<Problem.FieldFault> faults) {
        Set<String> known = new HashSet<>();
        while (true) {
            try {
                return json.treeToValue(body, record);
            } catch (JacksonException unreadable) {
                Problem.FieldFault fault = Problem.FieldFault.of(unreadable);
                OfferedField field =
                        fault.field() == null ? null : members.fields().get(top(fault.field()));
                if (field == null || !known.add(field.name())) {
                    if (faults.isEmpty()) {
                        faults.add(fault);
                    }
                    return null;
                }
                boolean missing = body.path(field.name()).isNull()
                        || body.path(field.name()).isMissingNode();
                if (taken.test(field)) {
                    faults.add(missing ? new Problem.FieldFault(fault.field(), "must not be null") : fault);
                }
                neutralize(body, field);
            }
        }
    }

    private static void neutralize(ObjectNode body, OfferedField field) {
        if (field.type() == boolean.class) {
            body.put(field.name(), false);
        } else if (field.type() == char.class) {
            body.put(field.name(), " ");
        } else if (field.type().isPrimitive()) {
            body.put(field.name(), 0);
        } else {
            body.remove(field.name());
        }
    }
}
