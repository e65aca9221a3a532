package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.OwnedMapping.Owned;
import dev.tenancy.test.isolation.SampleRows.Row;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hibernate.Hibernate;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.BasicAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** The rows of one tenant: those that were made for the attack that runs, and all that it has. */
final class TenantRows {

    static final int SHORTEST_MARKER = 6;

    private final Object tenant;
    private final OwnedMapping mapping;
    private final SampleRows rows;
    private final Map<EntityPersister, Row> made = new HashMap<>();
    private final Set<String> uploaded = new TreeSet<>();
    private final Set<String> before;

    TenantRows(Object tenant, OwnedMapping mapping, SampleRows rows) {
        this.tenant = tenant;
        this.mapping = mapping;
        this.rows = rows;
        this.before = state().keySet();
    }

    Object tenant() {
        return tenant;
    }

    /** The id of a row of the entity, which is made when it is first asked for; these rows refer to each other. */
    Object id(Owned entity) {
        return row(entity).id();
    }

    private Row row(Owned entity) {
        Row there = made.get(entity.persister());
        return there != null ? there : rows.store(entity.persister(), tenant, row -> {}, made);
    }

    /** The row itself, with what it refers to. */
    Object instance(Owned entity) {
        Row row = row(entity);
        return rows.as(tenant, session -> Hibernate.unproxy(session.find(entity.type(), row.id())));
    }

    /** Some row of an entity that is no tenant's own; null if there is none. */
    @Nullable Object shared(EntityPersister entity) {
        return rows.as(
                tenant,
                session -> session
                        .createSelectionQuery("from " + entity.getEntityName(), Object.class)
                        .setMaxResults(1)
                        .getResultList()
                        .stream()
                        .findFirst()
                        .orElse(null));
    }

    /** What the row has in an attribute; null also if there is no basic attribute of that name. */
    @Nullable Object value(Owned entity, String name) {
        AttributeMapping attribute = entity.persister().findAttributeMapping(name);
        if (!(attribute instanceof BasicAttributeMapping) || OwnedMapping.isTenant(attribute)) {
            return null;
        }
        Row row = row(entity);
        return rows.as(tenant, session -> {
            Object instance = session.find(entity.type(), row.id());
            return instance == null ? null : attribute.getValue(instance);
        });
    }

    /** A text that is in the row; null if there is none that is long enough to be told from others. */
    @Nullable String text(Owned entity) {
        return OwnedMapping.attributes(entity.persister())
                .filter(attribute -> attribute.getJavaType().getJavaTypeClass() == String.class)
                .map(attribute -> (String) value(entity, attribute.getAttributeName()))
                .filter(text -> text != null && text.length() >= SHORTEST_MARKER)
                .findFirst()
                .orElse(null);
    }

    /** A new row of each entity; those that were made before stay. */
    void makeAll() {
        made.clear();
        mapping.owned().stream().filter(Owned::isMade).forEach(this::row);
    }

    /** From now on, ids are those of new rows. */
    void renew() {
        made.clear();
    }

    /** Each row that the tenant has, by entity and id, with its basic attributes. */
    Map<String, String> state() {
        return rows.as(tenant, session -> {
            Map<String, String> state = new TreeMap<>();
            for (Owned entity : mapping.owned()) {
                session.createSelectionQuery("select e from " + entity.name() + " e", entity.type())
                        .getResultList()
                        .forEach(row -> state.put(
                                entity.name() + " " + session.getIdentifier(row),
                                attributes(entity, row).values().toString()));
            }
            return state;
        });
    }

    /** As {@link #state}, with references, what is embedded, and elements of collections. */
    Map<String, String> wholeState() {
        Answers answers = new Answers(mapping);
        return rows.as(tenant, session -> {
            Map<String, String> state = new TreeMap<>();
            for (Owned entity : mapping.owned()) {
                session.createSelectionQuery("select e from " + entity.name() + " e", entity.type())
                        .getResultList()
                        .forEach(row -> {
                            OwnedMapping.attributes(entity.persister())
                                    .filter(PluralAttributeMapping.class::isInstance)
                                    .forEach(attribute -> Hibernate.initialize(attribute.getValue(row)));
                            state.put(entity.name() + " " + session.getIdentifier(row), answers.text(row));
                        });
            }
            return state;
        });
    }

    private static Map<String, String> attributes(Owned entity, Object row) {
        Map<String, String> values = new TreeMap<>();
        OwnedMapping.attributes(entity.persister())
                .filter(attribute -> attribute instanceof BasicAttributeMapping && !OwnedMapping.isTenant(attribute))
                .forEach(attribute -> {
                    Object value = attribute.getValue(row);
                    values.put(
                            attribute.getAttributeName(),
                            value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value));
                });
        return values;
    }

    /** Texts that stand in this tenant's rows, long enough to be recognized in an answer. */
    Set<String> markers() {
        return rows.as(tenant, session -> {
            Set<String> markers = new TreeSet<>(uploaded);
            for (Owned entity : mapping.owned()) {
                for (Object row : session.createSelectionQuery("select e from " + entity.name() + " e", entity.type())
                        .getResultList()) {
                    markers.add(String.valueOf(session.getIdentifier(row)));
                    OwnedMapping.attributes(entity.persister())
                            .filter(attribute ->
                                    attribute instanceof BasicAttributeMapping && !OwnedMapping.isTenant(attribute))
                            .forEach(attribute -> markers.addAll(texts(attribute.getValue(row))));
                }
            }
            return markers.stream()
                    .filter(text -> text.length() >= SHORTEST_MARKER)
                    .collect(Collectors.toCollection(TreeSet::new));
        });
    }

    // Bytes as they are, and as JSON has them.
    private static List<String> texts(@Nullable Object value) {
        return value instanceof String text
                ? List.of(text)
                : value instanceof byte[] bytes
                        ? List.of(
                                new String(bytes, StandardCharsets.ISO_8859_1),
                                Base64.getEncoder().encodeToString(bytes))
                        : List.of();
    }

    /** What was uploaded for the tenant is its own as well, until its rows go. */
    void hasUploaded(Set<String> texts) {
        uploaded.addAll(texts);
    }

    /** Removes all that the tenant did not have at first, also what the application has made. */
    void removeNew() {
        made.clear();
        uploaded.clear();
        rows.as(tenant, session -> {
            for (Owned entity : mapping.owned()) {
                session.createSelectionQuery("select e from " + entity.name() + " e", entity.type())
                        .getResultList()
                        .forEach(row -> {
                            Object id = session.getIdentifier(row);
                            if (!before.contains(entity.name() + " " + id)) {
                                rows.remember(new Row(entity.persister(), id, tenant));
                            }
                        });
            }
            return true;
        });
    }
}
