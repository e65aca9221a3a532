package dev.tenancy.spring;

import dev.tenancy.DataSourceGuards;
import dev.tenancy.TenantIsolation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Future;
import javax.sql.CommonDataSource;
import javax.sql.DataSource;
import javax.sql.PooledConnection;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.target.EmptyTargetSource;
import org.springframework.util.ClassUtils;

/**
 * Guards a bean and leaves it of its type where that can be done, since applications inject a {@code HikariDataSource} as such: its
 * connections are guarded, whatever else it does is the pool's own.
 */
final class GuardedBean implements MethodInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedBean.class);
    // A bean can come by again, under another name. No interface tells: it would have to be visible to every pool's
    // package.
    private static final Set<Object> MADE = Collections.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));

    private final DataSource bean;
    private final DataSource guarded;
    private final Map<Signature, Method> ofDataSources = new HashMap<>();

    private record Signature(String name, List<Class<?>> parameters) {

        static Signature of(Method method) {
            return new Signature(method.getName(), List.of(method.getParameterTypes()));
        }
    }

    private GuardedBean(DataSource bean, DataSource guarded) {
        this.bean = bean;
        this.guarded = guarded;
        for (Method method : DataSource.class.getMethods()) {
            ofDataSources.put(Signature.of(method), method);
        }
    }

    static DataSource of(DataSource dataSource, DataSourceGuards guards) {
        if (AopUtils.isCglibProxy(dataSource) && MADE.contains(dataSource)) {
            return dataSource;
        }
        DataSource guarded = guards.guard(dataSource);
        if (guarded == dataSource || !canKeepType(dataSource.getClass())) {
            return guarded;
        }
        ProxyFactory proxy = new ProxyFactory();
        // With the bean as its target, the proxy would give itself for what unwrap gives.
        proxy.setTargetSource(EmptyTargetSource.forClass(dataSource.getClass()));
        proxy.setProxyTargetClass(true);
        proxy.addAdvice(new GuardedBean(dataSource, guarded));
        // The way behind is the one that says so: DataSource.unwrap.
        proxy.setOpaque(true);
        try {
            DataSource made = (DataSource) proxy.getProxy(dataSource.getClass().getClassLoader());
            MADE.add(made);
            return made;
        } catch (AopConfigException unable) {
            LOG.debug("The data source {} is guarded, and cannot be injected by its type", dataSource, unable);
            return guarded;
        }
    }

    /** Whether a bean is one that the guard stands before. */
    static boolean isGuarded(DataSource bean) {
        return MADE.contains(bean) || TenantIsolation.guard(bean) == bean;
    }

    /** What is behind the guard, for work that no tenant has a part in; the same data source if it has no guard. */
    static DataSource behind(DataSource bean) {
        if (!isGuarded(bean)) {
            return bean;
        }
        try {
            return bean.unwrap(DataSource.class);
        } catch (SQLException impossible) {
            throw new IllegalStateException(
                    "The data source behind the guard of " + bean + " cannot be reached. Give migrations and scripts an"
                            + " address of their own: spring.flyway.url, or spring.sql.init.username and password.",
                    impossible);
        }
    }

    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
        // Once for each request, at least: not by reflection.
        if (call.getMethod().getName().equals("getConnection") && call.getArguments().length == 0) {
            return guarded.getConnection();
        }
        Method ofDataSource = ofDataSources.get(Signature.of(call.getMethod()));
        if (ofDataSource != null) {
            return AopUtils.invokeJoinpointUsingReflection(guarded, ofDataSource, call.getArguments());
        }
        Object result = AopUtils.invokeJoinpointUsingReflection(bean, call.getMethod(), call.getArguments());
        if (result == bean) {
            return ((ProxyMethodInvocation) call).getProxy();
        }
        // Transaction managers ask a proxy of Spring's for its target.
        return result instanceof DataSource other && !MADE.contains(other)
                ? TenantIsolation.guard(other, guarded)
                : result;
    }

    // A method that cannot be overridden would meet a pool that was never set up.
    private static boolean canKeepType(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && !Modifier.isFinal(type.getModifiers())
                && !type.getModule().isNamed()
                && !type.isHidden()
                && !type.getName().contains(ClassUtils.CGLIB_CLASS_SEPARATOR)
                && !Proxy.isProxyClass(type)
                && Arrays.stream(type.getMethods()).allMatch(GuardedBean::isHeld);
    }

    private static boolean isHeld(Method method) {
        Class<?> result = method.getReturnType();
        boolean leads = Connection.class.isAssignableFrom(result)
                || PooledConnection.class.isAssignableFrom(result)
                || Future.class.isAssignableFrom(result)
                || CommonDataSource.class.isAssignableFrom(result) && !result.isAssignableFrom(DataSource.class);
        return method.getDeclaringClass() == Object.class
                || Modifier.isStatic(method.getModifiers())
                || !Modifier.isFinal(method.getModifiers()) && (!leads || isOfDataSource(method));
    }

    private static boolean isOfDataSource(Method method) {
        return Arrays.stream(DataSource.class.getMethods())
                .anyMatch(one -> Signature.of(one).equals(Signature.of(method)));
    }
}
