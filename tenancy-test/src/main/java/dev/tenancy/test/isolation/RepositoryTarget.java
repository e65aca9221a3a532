package dev.tenancy.test.isolation;

import dev.tenancy.CurrentTenant;
import dev.tenancy.test.isolation.MethodAttack.Choices;
import dev.tenancy.test.isolation.OwnedMapping.Owned;
import dev.tenancy.test.isolation.RepositoryPart.Repository;
import dev.tenancy.test.isolation.SampleArguments.Wanted;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.core.RepositoryInformation;
import org.springframework.data.repository.query.Param;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ReflectionUtils;

/** A Spring Data repository; each method of it is an attack. */
final class RepositoryTarget implements Target {

    // It sends what is waiting, and no row is asked for.
    private static final Set<String> WITHOUT_ROWS = Set.of("flush");

    private final Repository repository;
    private final RepositoryInformation information;
    private final ApplicationContext context;
    private final OwnedMapping mapping;
    private final SampleRows rows;
    private final AttackedRows attacked;
    private final GivenArguments given;
    private final Map<String, Method> methods = new TreeMap<>();

    RepositoryTarget(Repository repository, ApplicationContext context, AttackedRows attacked, GivenArguments given) {
        this.repository = repository;
        this.information = repository.information();
        this.context = context;
        this.mapping = attacked.mapping();
        this.rows = attacked.samples();
        this.attacked = attacked;
        this.given = given;
        findMethods();
    }

    @Override
    public String name() {
        return repository.name();
    }

    Map<String, Method> methods() {
        return methods;
    }

    @Override
    public Stream<Attack> attacks() {
        return methods.entrySet().stream()
                .sorted(Comparator.comparing(method -> !information.isBaseClassMethod(method.getValue())))
                .map(method -> Attack.proving(
                        kind(method.getValue()) + method.getKey(), attack(method.getKey(), method.getValue())));
    }

    // So that the report has one column for all of a kind.
    private String kind(Method method) {
        if (information.isBaseClassMethod(method)) {
            return "inherited: ";
        }
        return information.isQueryMethod(method) ? "query: " : "custom: ";
    }

    // ---- which methods

    private void findMethods() {
        Map<String, Method> bySignature = new LinkedHashMap<>();
        for (Method method : information.getRepositoryInterface().getMethods()) {
            // A bridge leads to the method that is declared again, and does not tell the types of its parameters.
            if (!method.isBridge()
                    && !Modifier.isStatic(method.getModifiers())
                    && !WITHOUT_ROWS.contains(method.getName())
                    && mayTouchOwnedRows(method)) {
                bySignature.merge(
                        method.getName() + resolvedTypes(method),
                        method,
                        (one, other) -> one.getReturnType().isAssignableFrom(other.getReturnType()) ? other : one);
            }
        }
        Map<String, Long> names =
                bySignature.values().stream().collect(Collectors.groupingBy(Method::getName, Collectors.counting()));
        for (Method method : bySignature.values()) {
            String name = method.getName();
            String shown = names.getOrDefault(name, 0L) > 1 ? name + ApplicationBeans.types(method) : name;
            methods.put(shown, method);
            given.of(name(), shown);
        }
    }

    // What is declared again with the types of this repository is one method.
    private List<Class<?>> resolvedTypes(Method method) {
        return IntStream.range(0, method.getParameterCount())
                .<Class<?>>mapToObj(
                        i -> ResolvableType.forMethodParameter(method, i, information.getRepositoryInterface())
                                .resolve(Object.class))
                .toList();
    }

    private boolean mayTouchOwnedRows(Method method) {
        if (mapping.isOwned(repository.entity())) {
            return true;
        }
        if (information.isBaseClassMethod(method)) {
            return false;
        }
        return !information.isQueryMethod(method) || !named(method).isEmpty();
    }

    /** The owned entities that a query names. */
    private List<Owned> named(Method method) {
        Query query = AnnotatedElementUtils.findMergedAnnotation(method, Query.class);
        String text = query == null ? "" : query.value().toLowerCase(Locale.ROOT);
        return mapping.owned().stream()
                .filter(owned ->
                        names(text, owned.name()) || names(text, owned.tenant().getContainingTableExpression()))
                .toList();
    }

    private static boolean names(String text, String name) {
        return text.matches("(?s).*\\b\\Q" + name.toLowerCase(Locale.ROOT) + "\\E\\b.*");
    }

    // ---- how each is called

    private Callable<String> attack(String shown, Method method) {
        String path = Cell.path(name(), kind(method) + shown);
        List<Wanted> wanted = wanted(method);
        Supplier<Choices> choices = () -> {
            SampleArguments arguments = new SampleArguments(mapping, rows, new SpringDataTypes(rows));
            return stored -> choices(arguments, method, shown, wanted, stored);
        };
        return new MethodAttack(
                path,
                attacked,
                entities(method),
                (entity, row) -> prepare(method, entity, row),
                choices,
                call(method),
                given.remedy(name(), shown),
                !mapping.isOwned(repository.entity()));
    }

    private void prepare(Method method, Owned entity, Object row) {
        if (isDerived(method) && entity.persister() == repository.entity()) {
            DerivedArguments.prepare(method, repository.entity(), row);
        }
    }

    private boolean isDerived(Method method) {
        return information.isQueryMethod(method) && !AnnotatedElementUtils.hasAnnotation(method, Query.class);
    }

    private List<@Nullable Object[]> choices(
            SampleArguments arguments, Method method, String shown, List<Wanted> wanted, List<SampleRows.Row> stored) {
        Supplier<Object[]> own = given.of(name(), shown);
        if (own != null) {
            return List.<@Nullable Object[]>of(CurrentTenant.callAs(attacked.owner(), own::get));
        }
        boolean changed = !method.getName().startsWith("delete");
        List<@Nullable Object[]> made = new ArrayList<>();
        if (isDerived(method)) {
            stored.forEach(row -> DerivedArguments.of(method, wanted, RowValues.of(row, mapping, rows), arguments, row)
                    .forEach(made::add));
        }
        made.addAll(arguments.choices(wanted, stored, changed));
        if (made.isEmpty()) {
            String missing = arguments
                    .missing(wanted, stored)
                    .map(one -> one.name() + " (" + one.type() + ")")
                    .orElse("its parameters");
            throw new Unproven("not proven: " + Cell.path(name(), kind(method) + shown) + ": no value is known for "
                    + missing + ". " + given.remedy(name(), shown));
        }
        return made;
    }

    private List<Wanted> wanted(Method method) {
        List<Wanted> wanted = new ArrayList<>(SampleArguments.wanted(method, information.getRepositoryInterface()));
        for (int i = 0; i < wanted.size(); i++) {
            Param named = method.getParameters()[i].getAnnotation(Param.class);
            if (named != null) {
                wanted.set(i, new Wanted(named.value(), wanted.get(i).type()));
            } else if (information.isBaseClassMethod(method) && method.getName().endsWith("ById")) {
                wanted.set(i, new Wanted("id", wanted.get(i).type()));
            }
        }
        return wanted;
    }

    private Collection<Owned> entities(Method method) {
        List<Owned> own = mapping.owned().stream()
                .filter(owned -> repository.entity().getMappedClass().isAssignableFrom(owned.type()))
                .toList();
        if (information.isBaseClassMethod(method)) {
            return own;
        }
        Set<Owned> all = new LinkedHashSet<>(own);
        all.addAll(information.isQueryMethod(method) ? named(method) : mapping.owned());
        return all;
    }

    private Caller.Call call(Method method) {
        TransactionTemplate transactions = new TransactionTemplate(transactionManager());
        return (arguments, text) -> {
            // What an earlier call has left in a cache is the affair of another part; here, each answer is the method's
            // own.
            ApplicationBeans.emptyCaches(context);
            return transactions.execute(status -> text.apply(invoke(method, arguments)));
        };
    }

    // With several session factories, each has its own.
    private PlatformTransactionManager transactionManager() {
        return context.getBeansOfType(JpaTransactionManager.class).values().stream()
                .filter(manager -> manager.getEntityManagerFactory() != null
                        && manager.getEntityManagerFactory().unwrap(SessionFactory.class)
                                == mapping.factory().unwrap(SessionFactory.class))
                .map(PlatformTransactionManager.class::cast)
                .findFirst()
                .orElseGet(() -> context.getBean(PlatformTransactionManager.class));
    }

    private @Nullable Object invoke(Method method, @Nullable Object[] arguments) {
        ReflectionUtils.makeAccessible(method);
        return ReflectionUtils.invokeMethod(method, repository.bean(), arguments);
    }
}
