package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.ApplicationBeans.Bean;
import java.lang.reflect.Proxy;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What the application's own singletons keep in their fields once all else was attacked. */
final class BeanStatePart implements Part {

    private final List<BeanState> states;

    BeanStatePart(ApplicationBeans beans, AttackedRows rows) {
        List<Bean> own = beans.own();
        this.states = own.stream()
                .map(bean -> new BeanState(name(bean, own), bean, beans, rows))
                .filter(BeanState::hasFields)
                .sorted(Comparator.comparing(BeanState::name))
                .toList();
    }

    @Override
    public String name() {
        return "state of beans";
    }

    @Override
    public Stream<? extends Target> targets() {
        return states.stream();
    }

    private static String name(Bean bean, List<Bean> all) {
        String simple = bean.type().getSimpleName();
        // A lambda and a proxy have another name at each start.
        boolean unstable = bean.type().isHidden() || Proxy.isProxyClass(bean.type());
        return unstable
                        || all.stream()
                                        .filter(one ->
                                                one.type().getSimpleName().equals(simple))
                                        .count()
                                > 1
                ? bean.name()
                : simple;
    }

    @Override
    public boolean isRehearsed() {
        return false;
    }

    @Override
    public void end() {}
}
