package dev.tenancy.test.isolation;

import dev.tenancy.CurrentTenant;
import dev.tenancy.test.isolation.ApplicationBeans.BeanMethod;
import dev.tenancy.test.isolation.SampleArguments.Wanted;
import dev.tenancy.test.isolation.SampleRows.Row;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ReflectionUtils;

/** Calls a method of a bean with what its owner's rows hold, as somebody would who got the bean injected. */
final class BeanCall {

    private final BeanMethod method;
    private final String path;
    private final AttackedRows rows;
    private final GivenArguments given;
    private final SampleArguments.Types types;
    private final List<Wanted> wanted;

    /** @param path of the attack, for messages */
    BeanCall(BeanMethod method, String path, AttackedRows rows, GivenArguments given, SampleArguments.Types types) {
        this.method = method;
        this.path = path;
        this.rows = rows;
        this.given = given;
        this.types = types;
        this.wanted = SampleArguments.wanted(method.method(), method.bean().type());
        given.of(method.type(), method.shown());
    }

    String remedy() {
        return given.remedy(method.type(), method.shown());
    }

    /** @throws Unproven if there is no value for a parameter */
    List<@Nullable Object[]> choices(List<Row> stored) {
        Supplier<Object[]> own = given.of(method.type(), method.shown());
        if (own != null) {
            return List.<@Nullable Object[]>of(CurrentTenant.callAs(rows.owner(), own::get));
        }
        SampleArguments arguments = new SampleArguments(rows.mapping(), rows.samples(), types);
        List<Row> ordered = stored.stream()
                .sorted(Comparator.comparing(row -> !isAbout(row)))
                .toList();
        List<@Nullable Object[]> made = arguments.choices(wanted, ordered, false);
        if (made.isEmpty()) {
            throw new Unproven("not proven: " + path + ": no value is known for "
                    + arguments
                            .missing(wanted, ordered)
                            .map(one -> one.name() + " (" + one.type() + ")")
                            .orElse("its parameters")
                    + ". " + remedy());
        }
        return made;
    }

    private boolean isAbout(Row row) {
        String entity = row.entity().getMappedClass().getSimpleName().toLowerCase(Locale.ROOT);
        return (method.type() + method.shown() + wanted)
                .toLowerCase(Locale.ROOT)
                .contains(entity);
    }

    @Nullable Object invoke(@Nullable Object[] arguments) {
        Object bean = method.bean().object();
        Method invocable = AopUtils.selectInvocableMethod(method.method(), bean.getClass());
        ReflectionUtils.makeAccessible(invocable);
        return ReflectionUtils.invokeMethod(invocable, bean, arguments);
    }
}
