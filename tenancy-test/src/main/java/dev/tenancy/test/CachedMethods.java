package dev.tenancy.test;

import dev.tenancy.test.ApplicationBeans.BeanMethod;
import dev.tenancy.test.Caller.Answer;
import dev.tenancy.test.Caller.Call;
import dev.tenancy.test.SampleRows.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.util.ClassUtils;

/** The methods of a type that answer from a cache: the owner has filled it when the other tenant asks the same. */
final class CachedMethods implements Target {

    private static final String NOT_KEPT = "its owner is not seen to be answered from the cache when it asks again";

    private final String name;
    private final List<BeanMethod> methods;
    private final Predicate<BeanMethod> answered;
    private final Collection<Cache> caches;
    private final AttackedRows rows;
    private final GivenArguments given;
    private final SampleArguments.Types types;
    private final Caller caller;

    CachedMethods(
            String name,
            List<BeanMethod> methods,
            Predicate<BeanMethod> answered,
            Collection<Cache> caches,
            AttackedRows rows,
            GivenArguments given,
            SampleArguments.Types types) {
        this.name = name;
        this.methods = methods;
        this.answered = answered;
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
        return methods.stream().map(method -> {
            String attack = "cached: " + method.shown();
            String path = Cell.path(name, attack);
            BeanCall call = new BeanCall(method, path, rows, given, types);
            boolean hits = answered.test(method);
            return Attack.proving(attack, () -> attack(path, call, hits));
        });
    }

    private String attack(String path, BeanCall call, boolean hits) throws Exception {
        List<String> met = new ArrayList<>();
        for (int n = 0; ; n++) {
            int choice = n;
            int before = met.size();
            String evidence = rows.withOwners(stored -> attempt(path, call, hits, stored, choice, met));
            if (!evidence.isEmpty()) {
                return evidence;
            }
            if (met.size() == before) {
                String told = met.contains(NOT_KEPT) || met.isEmpty() ? NOT_KEPT : met.get(met.size() - 1);
                throw new Unproven("not proven: " + path + ": " + told + ". " + call.remedy());
            }
        }
    }

    private String attempt(String path, BeanCall bean, boolean hits, List<Row> stored, int choice, List<String> met) {
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
        Answer other = ask(bean, rows.other(), arguments, raw, 2);
        clear();
        Answer alone = ask(bean, rows.other(), arguments, raw, 3);
        clear();
        boolean ownersEntry = !first.touched().isEmpty()
                && other.touched().isEmpty()
                && other.text().equals(first.text());
        if (ownersEntry || !other.text().equals(alone.text()) || marks.stream().anyMatch(other.text()::contains)) {
            throw Unproven.leak(
                    path + ": once its owner has asked, another tenant that asks the same is answered from what"
                            + " was kept for the owner. Let it be kept in a cache of a CacheManager bean, whose entries Tenancy parts"
                            + " by tenant. If its answers differ by themselves, list it in notProven().");
        }
        if (first.failure() != null) {
            met.add("its owner gets no answer: " + Unproven.told(first.failure()));
            return "";
        }
        if (first.touched().isEmpty()
                && alone.touched().isEmpty()
                && first.text().equals(alone.text())) {
            return "no owned row is touched, and its answer is the same for all";
        }
        if (first.text().equals(alone.text())) {
            met.add("its owner gets no answer of its own");
            return "";
        }
        if (!hits) {
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
