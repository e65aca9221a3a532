package dev.tenancy;

import dev.tenancy.sql.SqlName;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Any;
import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.Formula;
import org.hibernate.mapping.Join;
import org.hibernate.mapping.ManyToOne;
import org.hibernate.mapping.OneToMany;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.RootClass;
import org.hibernate.mapping.Selectable;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.Value;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.JoinedSubclassEntityPersister;
import org.hibernate.persister.entity.SingleTableEntityPersister;
import org.hibernate.persister.entity.UnionSubclassEntityPersister;
import org.hibernate.persister.spi.PersisterClassResolver;
import org.jspecify.annotations.Nullable;

/** What {@link Doctor} finds in the mapping. */
final class MappingCheck {

    private static final Set<Class<?>> PERSISTERS = Set.of(
            SingleTableEntityPersister.class, JoinedSubclassEntityPersister.class, UnionSubclassEntityPersister.class);
    private static final String ENVERS = "org.hibernate.envers";
    private static final Pattern LITERAL_OR_COMMENT = Pattern.compile("(?s)'(?:[^']|'')*'|/\\*.*?\\*/|--[^\n]*");
    // PostgreSQL reads "(table x)" as "(select * from x)".
    private static final Pattern SUB_SELECT = Pattern.compile("(?i)\\bselect\\b|\\(\\s*(?:table|with)\\b");
    private static final Pattern SOURCE = Pattern.compile("(?i)\\b(?:from|join)\\s+([\\w.\"`\\[\\]]+)");
    private static final Pattern SEVERAL_SOURCES =
            Pattern.compile("(?i)\\bfrom\\b[^()]*?,|(?i)\\b(?:from|join)\\s*\\(");

    private final Metadata metadata;
    private final OwnedEntities owned;
    private final Set<String> ownedTables = new LinkedHashSet<>();
    private final Set<String> globalTables = new HashSet<>();
    private final List<Finding> findings = new ArrayList<>();

    private MappingCheck(Metadata metadata, OwnedEntities owned) {
        this.metadata = metadata;
        this.owned = owned;
        TenantTable.of(metadata, owned)
                .forEach(one -> ownedTables.add(normal(one.table().getName())));
        metadata.collectTableMappings().forEach(table -> globalTables.add(normal(table.getName())));
        globalTables.removeAll(ownedTables);
    }

    static List<Finding> examine(Metadata metadata, OwnedEntities owned) {
        MappingCheck check = new MappingCheck(metadata, owned);
        metadata.getEntityBindings().forEach(check::entity);
        metadata.getCollectionBindings().forEach(check::collection);
        check.libraries();
        return check.findings;
    }

    private void entity(PersistentClass entity) {
        if (owned.contains(entity)) {
            if (entity instanceof RootClass root) {
                tenant(root);
            }
            persister(entity);
            customSql(entity);
            history(entity);
        } else if (entity instanceof RootClass root) {
            decided(root);
        }
        view(entity);
        String name = entity.getEntityName();
        if (entity instanceof RootClass root) {
            fragment(root.getWhere(), name, "restriction");
            Value discriminator = root.getDiscriminator();
            if (discriminator != null) {
                selectables(discriminator, name, "discriminator");
            }
            value(root.getIdentifier(), name, "id");
        }
        entity.getProperties().forEach(one -> value(one.getValue(), name, one.getName()));
    }

    private void libraries() {
        for (PersistentClass entity : metadata.getEntityBindings()) {
            boolean cached =
                    entity.isCached() || entity instanceof RootClass root && root.getNaturalIdCacheRegionName() != null;
            if (cached && owned.library(entity) != null) {
                findings.add(Fault.LIBRARY_CACHED.found(entity.getEntityName(), "is kept in the second-level cache"));
            }
        }
        for (Collection collection : metadata.getCollectionBindings()) {
            if (owned.library(collection.getOwner()) != null && collection.getCacheConcurrencyStrategy() != null) {
                findings.add(Fault.LIBRARY_CACHED.found(collection.getRole(), "is kept in the second-level cache"));
            }
        }
        for (MappedReference reference : MappedReference.in(metadata, owned)) {
            if (owned.library(reference.target()) == null || reference.part().equals(MappedReference.OWNER)) {
                continue;
            }
            if (reference.decides()) {
                findings.add(Fault.LIBRARY_REFERENCE.found(
                        reference.name(),
                        "leads from rows that no tenant owns to "
                                + reference.target().getEntityName()));
            }
            for (ForeignKey key : reference.table().getForeignKeyCollection()) {
                if (key.getColumns().containsAll(reference.columns())
                        && key.getOnDeleteAction() != null
                        && key.getOnDeleteAction() != OnDeleteAction.NO_ACTION
                        && key.getOnDeleteAction() != OnDeleteAction.RESTRICT) {
                    findings.add(Fault.LIBRARY_REFERENCE.found(
                            reference.name(), "has @OnDelete(" + key.getOnDeleteAction() + ")"));
                }
            }
        }
    }

    // An entity that another contributor added after OwnedEntities had looked.
    private void decided(RootClass root) {
        boolean global = root.hasPojoRepresentation() && root.getMappedClass().isAnnotationPresent(GlobalEntity.class);
        if (!global && !owned.isDeclaredGlobal(root) && !"envers".equals(root.getContributor())) {
            findings.add(
                    Fault.UNDECIDED.found(root.getEntityName(), "has not decided: it is neither owned nor global"));
        }
    }

    private void tenant(RootClass root) {
        String column = owned.tenantColumn(root);
        Property tenant = root.getUnjoinedProperties().stream()
                .filter(one -> one.getValue() instanceof BasicValue && isColumn(one, column))
                .findFirst()
                .orElse(null);
        if (tenant == null) {
            findings.add(Fault.TENANT_MISPLACED.found(
                    root.getEntityName(),
                    "has its @TenantId inside its @Id or an embeddable, or not in a column of its table"));
        } else if (tenant.isUpdatable()
                || tenant.isOptional()
                || tenant.getColumns().get(0).isNullable()) {
            findings.add(Fault.TENANT_MUTABLE.found(
                    root.getEntityName() + "." + tenant.getName(), "can be updated or be null"));
        }
    }

    private static boolean isColumn(Property property, String column) {
        return property.getSelectables().size() == 1
                && property.getSelectables().get(0) instanceof Column one
                && one.getName().equals(column);
    }

    private void persister(PersistentClass entity) {
        Class<? extends EntityPersister> type = entity.getServiceRegistry()
                .requireService(PersisterClassResolver.class)
                .getEntityPersisterClass(entity);
        if (!PERSISTERS.contains(type)) {
            findings.add(Fault.CUSTOM_PERSISTER.found(
                    entity.getEntityName(), "is mapped with the persister " + type.getName()));
        }
    }

    private void customSql(PersistentClass entity) {
        customSql(
                entity.getEntityName(),
                entity.getLoaderName(),
                entity.getCustomSQLInsert(),
                entity.getCustomSQLUpdate(),
                entity.getCustomSQLDelete());
        for (Join join : entity.getJoins()) {
            customSql(
                    entity.getEntityName() + " (table " + join.getTable().getName() + ")",
                    null,
                    join.getCustomSQLInsert(),
                    join.getCustomSQLUpdate(),
                    join.getCustomSQLDelete());
        }
    }

    private void customSql(String subject, @Nullable String loader, @Nullable String... statements) {
        boolean nativeLoader = loader != null && metadata.getNamedHqlQueryMapping(loader) == null;
        if (nativeLoader || Arrays.stream(statements).anyMatch(Objects::nonNull)) {
            findings.add(Fault.CUSTOM_SQL.found(subject, "is loaded or written with SQL of the application's own"));
        }
    }

    private void history(PersistentClass entity) {
        boolean audited = HibernateVersion.keepsHistories()
                && (entity.getAuxiliaryTable() != null
                        || entity.getJoins().stream().anyMatch(one -> one.getAuxiliaryTable() != null));
        if (!audited && entity.hasPojoRepresentation()) {
            for (Class<?> type = entity.getMappedClass();
                    !audited && type != null && type != Object.class;
                    type = type.getSuperclass()) {
                audited = Stream.<AnnotatedElement[]>of(
                                new AnnotatedElement[] {type}, type.getDeclaredFields(), type.getDeclaredMethods())
                        .flatMap(Arrays::stream)
                        .flatMap(one -> Arrays.stream(one.getDeclaredAnnotations()))
                        .map(Annotation::annotationType)
                        .anyMatch(one -> one.getName().equals(ENVERS + ".Audited"));
            }
        }
        if (audited) {
            findings.add(Fault.HISTORY.found(entity.getEntityName(), "keeps a history of its rows"));
        }
    }

    private void view(PersistentClass entity) {
        Table table = entity.getTable();
        String query = table.isSubselect() ? table.getSubselect() : table.isView() ? table.getViewQuery() : "";
        Set<String> synchronizedTables = new HashSet<>();
        if (table.isSubselect()) {
            entity.getRootClass().getSynchronizedTables().forEach(one -> synchronizedTables.add(normal(one)));
        }
        for (String name : ownedTables) {
            if (names(query, name) || synchronizedTables.contains(name)) {
                findings.add(
                        Fault.VIEW_OVER_OWNED.found(entity.getEntityName(), "is a view of the owned table " + name));
                return;
            }
        }
    }

    private void collection(Collection collection) {
        String role = collection.getRole();
        Value element = collection.getElement();
        if (owned.contains(collection.getOwner()) || isOwned(element)) {
            customSql(
                    role,
                    collection.getLoaderName(),
                    collection.getCustomSQLInsert(),
                    collection.getCustomSQLUpdate(),
                    collection.getCustomSQLDelete(),
                    collection.getCustomSQLDeleteAll());
            if (HibernateVersion.keepsHistories() && collection.getAuxiliaryTable() != null) {
                findings.add(Fault.HISTORY.found(role, "keeps a history of its rows"));
            }
        }
        fragment(collection.getWhere(), role, "restriction");
        fragment(collection.getManyToManyWhere(), role, "restriction");
        fragment(collection.getOrderBy(), role, "order");
        fragment(collection.getManyToManyOrdering(), role, "order");
        selectables(collection.getKey(), role, "key");
        value(element, role, "element");
    }

    private boolean isOwned(Value element) {
        String name = element instanceof OneToMany many
                ? many.getReferencedEntityName()
                : element instanceof ManyToOne one ? one.getReferencedEntityName() : null;
        PersistentClass target = name == null ? null : metadata.getEntityBinding(name);
        return target != null && owned.contains(target);
    }

    private void value(Value value, String owner, String attribute) {
        if (value instanceof Component component) {
            component.getProperties().forEach(one -> value(one.getValue(), owner, attribute + "." + one.getName()));
        } else if (value instanceof Any any) {
            any(any, owner, attribute);
        } else if (!(value instanceof Collection) && !(value instanceof OneToMany)) {
            selectables(value, owner, attribute);
        }
    }

    private void any(Any any, String owner, String attribute) {
        Map<?, String> targets = any.getMetaValues();
        boolean global = targets != null
                && !targets.isEmpty()
                && targets.values().stream()
                        .map(metadata::getEntityBinding)
                        .allMatch(target -> target != null && !owned.contains(target));
        if (!global && !owned.isEmpty()) {
            findings.add(Fault.ANY_REFERENCE.found(owner + "." + attribute, "may point at an owned entity"));
        }
    }

    private void selectables(Value value, String owner, String attribute) {
        for (Selectable selectable : value.getSelectables()) {
            if (selectable instanceof Formula formula) {
                fragment(formula.getFormula(), owner, attribute);
            } else if (selectable instanceof Column column) {
                fragment(column.getCustomRead(), owner, attribute);
                fragment(column.getCustomWrite(), owner, attribute);
            }
        }
    }

    private void fragment(@Nullable String sql, String owner, String where) {
        if (sql == null) {
            return;
        }
        String bare = LITERAL_OR_COMMENT.matcher(sql).replaceAll(" ");
        if (SUB_SELECT.matcher(bare).find() && !readsGlobalTablesOnly(bare)) {
            findings.add(Fault.SUB_SELECT.found(owner, "has a sub-select in its SQL (" + where + ")"));
        }
    }

    private boolean readsGlobalTablesOnly(String sql) {
        if (SEVERAL_SOURCES.matcher(sql).find()
                || Pattern.compile("(?i)\\(\\s*(?:table|with)\\b").matcher(sql).find()
                || ownedTables.stream().anyMatch(one -> names(sql, one))) {
            return false;
        }
        Matcher source = SOURCE.matcher(sql);
        boolean any = false;
        while (source.find()) {
            any = true;
            String name = source.group(1);
            if (!globalTables.contains(normal(name.substring(name.lastIndexOf('.') + 1)))) {
                return false;
            }
        }
        return any;
    }

    private static boolean names(String sql, String table) {
        return Pattern.compile("(?<!\\w)" + Pattern.quote(table) + "(?!\\w)", Pattern.CASE_INSENSITIVE)
                .matcher(sql)
                .find();
    }

    private static String normal(String name) {
        return SqlName.of(name).key();
    }
}
