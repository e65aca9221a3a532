package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.ApplicationBeans.BeanMethod;
import dev.tenancy.test.isolation.Caller.Answer;
import dev.tenancy.test.isolation.Caller.Call;
import dev.tenancy.test.isolation.SampleRows.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.util.ClassUtils;

/** The methods of a type that answer from a cache: the owner has filled it when the other tenant asks the same. */
final class CachedMethods implements Target {

    /**
     * @param answered whether it answers from its caches, and does not only fill them
     * @param emptied whether its caches are known, so that they can be emptied
     * @param shared those of its caches that settings declare to be the same for all tenants
     */
    record CachedMethod(BeanMethod method, boolean answered, boolean emptied, List<String> shared) {

        String remedy() {
            return shared.isEmpty()
                    ? "Let it be kept in a cache of a CacheManager bean, whose entries Tenancy parts by tenant."
                    : "It is kept where all tenants find it, by the setting "
                            + shared.stream().map(CacheTarget.SHARED::concat).collect(Collectors.joining(", "))
                            + ": remove that, or keep nothing there that comes from a tenant's rows.";
        }
    }

    private static final String NOT_KEPT = "its owner is not seen to be answered from the cache when it asks again";

    private final String name;
    private final List<CachedMethod> methods;
    private final Collection<Cache> caches;
    private final AttackedRows rows;
    private final GivenArguments given;
    private final SampleArguments.Types types;
    private final Caller caller;

    CachedMethods(
            String name,
            List<CachedMethod> methods,
            Collection<Cache> caches,
            AttackedRows rows,
            GivenArguments given,
            SampleArguments.Types types) {
        this.name = name;
        this.methods = methods;
        this.caches = caches;
        this.rows = rows;
        this.given = given;
        this.types = types;
        this.caller = new Caller(rows.answers());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Stream<Attack> attacks() {
        return methods.stream().map(one -> {
            String attack = "cached: " + one.method().shown();
            String path = Cell.path(name, attack);
            BeanCall call = new BeanCall(one.method(), path, rows, given, types);
            return Attack.proving(attack, () -> attack(path, call, one));
        });
    }

    private String attack(String path, BeanCall call, CachedMethod method) throws Exception {
        List<String> met = new ArrayList<>();
        for (int n = 0; ; n++) {
            int choice = n;
            int before = met.size();
            String evidence = rows.withOwners(stored -> attempt(path, call, method, stored, choice, met));
            if (!evidence.isEmpty()) {
                return evidence;
            }
            if (met.size() == before) {
                String told = met.contains(NOT_KEPT) || met.isEmpty() ? NOT_KEPT : met.get(met.size() - 1);
                throw new Unproven("not proven: " + path + ": " + told + ". " + call.remedy());
            }
        }
    }

    private String attempt(
            String path, BeanCall bean, CachedMethod method, List<Row> stored, int choice, List<String> met) {
        List<@Nullable Object[]> choices = bean.choices(stored);
        if (choice >= choices.size()) {
            return "";
        }
        @Nullable Object[] arguments = choices.get(choice);
        Set<String> marks = new TreeSet<>(rows.marks(stored));
        String known = rows.answers().text(arguments);
        marks.removeIf(known::contains);
        @Nullable Object[] raw = {null, null, null, null};
        clear();
        Answer first = ask(bean, rows.owner(), arguments, raw, 0);
        Answer second = ask(bean, rows.owner(), arguments, raw, 1);
        Answer other = ask(bean, rows.attacker(), arguments, raw, 2);
        clear();
        Answer alone = ask(bean, rows.attacker(), arguments, raw, 3);
        clear();
        boolean ownersEntry = !first.touched().isEmpty()
                && other.touched().isEmpty()
                && other.text().equals(first.text());
        if (ownersEntry || !other.text().equals(alone.text()) || marks.stream().anyMatch(other.text()::contains)) {
            throw Unproven.leak(
                    path + ": once its owner has asked, another tenant that asks the same is answered from what"
                            + " was kept for the owner. " + method.remedy()
                            + " If its answers differ by themselves, list it in notProven().");
        }
        if (first.failure() != null) {
            met.add("its owner gets no answer: " + Unproven.told(first.failure()));
            return "";
        }
        if (first.touched().isEmpty()
                && alone.touched().isEmpty()
                && first.text().equals(alone.text())) {
            if (!method.emptied()) {
                throw new Unproven(
                        "not proven: " + path
                                + ": it has a cacheResolver of its own, whose caches cannot be emptied, and is"
                                + " answered from what was kept before. Let a CacheManager bean keep it, or list it in notProven().");
            }
            return "no owned row is touched, and its answer is the same for all";
        }
        if (first.text().equals(alone.text())) {
            met.add("its owner gets no answer of its own");
            return "";
        }
        if (!method.answered()) {
            return "for the other tenant: " + other.told() + "; its owner fills the cache, and asks each time";
        }
        if (!isHit(first, second, raw[0], raw[1])) {
            met.add(NOT_KEPT);
            return "";
        }
        return "for the other tenant: " + other.told() + "; its owner is answered from the cache";
    }

    // A text may be the same object without any cache: some drivers keep theirs.
    private static boolean isHit(Answer first, Answer second, @Nullable Object one, @Nullable Object again) {
        return !first.touched().isEmpty() && second.touched().isEmpty()
                || one != null && one == again && !ClassUtils.isSimpleValueType(one.getClass());
    }

    private Answer ask(BeanCall bean, Object tenant, @Nullable Object[] arguments, @Nullable Object[] raw, int place) {
        Call call = (given, text) -> {
            raw[place] = bean.invoke(given);
            return text.apply(raw[place]);
        };
        return caller.ask(tenant, call, arguments);
    }

    // While no tenant is current, it goes for all.
    private void clear() {
        caches.forEach(Cache::clear);
    }
}
