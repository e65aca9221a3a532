package dev.tenancy;

import static net.bytebuddy.matcher.ElementMatchers.isDeclaredBy;
import static net.bytebuddy.matcher.ElementMatchers.isStatic;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.not;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.dynamic.scaffold.subclass.ConstructorStrategy;
import net.bytebuddy.implementation.MethodCall;
import org.jspecify.annotations.Nullable;

/**
 * Makes the guarded JDBC objects. Their classes say what the guard does; every other method of the interfaces, those of later
 * versions of JDBC as well, is generated and passes its call on.
 */
final class GuardedJdbc {

    private static final MethodHandle CONNECTION =
            constructor(GuardedConnection.class, Connection.class, Connection.class, StatementGuard.class);
    private static final MethodHandle META_DATA =
            constructor(GuardedMetaData.class, DatabaseMetaData.class, DatabaseMetaData.class, GuardedConnection.class);
    private static final MethodHandle STATEMENT =
            constructor(GuardedStatement.class, Statement.class, Statement.class, GuardedConnection.class);
    private static final MethodHandle PREPARED = constructor(
            GuardedPreparedStatement.class,
            PreparedStatement.class,
            PreparedStatement.class,
            GuardedConnection.class,
            StatementCheck.class,
            TenantAnnouncement.InText.class);
    private static final MethodHandle RESULT = constructor(
            GuardedResultSet.class,
            ResultSet.class,
            ResultSet.class,
            GuardedStatement.class,
            StatementCheck.class,
            TenantPrincipal.class);

    // Few applications make a call, which has more methods than all others.
    private static final class Calls {

        static final MethodHandle CALLABLE = constructor(
                GuardedCallableStatement.class,
                CallableStatement.class,
                CallableStatement.class,
                GuardedConnection.class,
                StatementCheck.class);
    }

    private GuardedJdbc() {}

    static Connection connection(Connection delegate, StatementGuard guard) {
        try {
            return delegate instanceof GuardedConnection
                    ? delegate
                    : (GuardedConnection) CONNECTION.invokeExact(delegate, guard);
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static DatabaseMetaData metaData(DatabaseMetaData delegate, GuardedConnection connection) {
        try {
            return (GuardedMetaData) META_DATA.invokeExact(delegate, connection);
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static Statement statement(Statement delegate, GuardedConnection connection) {
        try {
            return (GuardedStatement) STATEMENT.invokeExact(delegate, connection);
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static PreparedStatement prepared(PreparedStatement delegate, GuardedConnection connection, StatementCheck check) {
        return prepared(delegate, connection, check, TenantAnnouncement.InText.NOTHING);
    }

    /** @param besides what is besides the statement in the text that the driver has */
    static PreparedStatement prepared(
            PreparedStatement delegate,
            GuardedConnection connection,
            StatementCheck check,
            TenantAnnouncement.InText besides) {
        try {
            return (GuardedPreparedStatement) PREPARED.invokeExact(delegate, connection, check, besides);
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static CallableStatement callable(CallableStatement delegate, GuardedConnection connection, StatementCheck check) {
        try {
            return (GuardedCallableStatement) Calls.CALLABLE.invokeExact(delegate, connection, check);
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** @param reader for whom the statement ran, null if for nobody or across tenants */
    static ResultSet result(
            ResultSet delegate,
            GuardedStatement statement,
            @Nullable StatementCheck check,
            @Nullable TenantPrincipal reader) {
        try {
            return (GuardedResultSet) RESULT.invokeExact(delegate, statement, check, reader);
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static <T> MethodHandle constructor(Class<T> type, Class<? super T> jdbc, Class<?>... parameters) {
        DynamicType.Builder<T> builder =
                new ByteBuddy().subclass(type, ConstructorStrategy.Default.IMITATE_SUPER_CLASS);
        if (Statement.class.isAssignableFrom(jdbc)) {
            builder = passing(builder, Statement.class, "delegate");
        } else {
            builder = passing(builder, jdbc, "delegate");
        }
        if (PreparedStatement.class.isAssignableFrom(jdbc)) {
            builder = passing(builder, PreparedStatement.class, "prepared");
            for (int arguments = 2; arguments <= 4; arguments++) {
                builder = setting(builder, arguments);
            }
        }
        if (CallableStatement.class.isAssignableFrom(jdbc)) {
            builder = passing(builder, CallableStatement.class, "callable");
            builder = settingByName(builder);
        }
        if (jdbc == ResultSet.class) {
            builder = reading(builder);
        }
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            Class<?> made = builder.make()
                    .load(type.getClassLoader(), ClassLoadingStrategy.UsingLookup.of(lookup))
                    .getLoaded();
            return lookup.findConstructor(made, MethodType.methodType(void.class, parameters))
                    .asType(MethodType.methodType(type, parameters));
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static <T> DynamicType.Builder<T> passing(DynamicType.Builder<T> builder, Class<?> jdbc, String field) {
        return builder.method(isDeclaredBy(jdbc).and(not(isStatic())))
                .intercept(MethodCall.invokeSelf().onField(field).withAllArguments());
    }

    private static <T> DynamicType.Builder<T> reading(DynamicType.Builder<T> builder) {
        return builder.method(isDeclaredBy(ResultSet.class)
                        .and(nameStartsWith("get"))
                        .and(takesArgument(0, int.class).or(takesArgument(0, String.class))))
                .intercept(MethodCall.invokeSelf()
                        .onMethodCall(MethodCall.invoke(own(GuardedResultSet.class, "readable")))
                        .withAllArguments());
    }

    private static <T> DynamicType.Builder<T> setting(DynamicType.Builder<T> builder, int arguments) {
        MethodCall call = MethodCall.invokeSelf()
                .onField("prepared")
                .withMethodCall(MethodCall.invoke(own(GuardedPreparedStatement.class, "bindUnknown", int.class))
                        .withArgument(0));
        for (int i = 1; i < arguments; i++) {
            call = call.withArgument(i);
        }
        return builder.method(isDeclaredBy(PreparedStatement.class)
                        .and(nameStartsWith("set"))
                        .and(takesArgument(0, int.class))
                        .and(takesArguments(arguments)))
                .intercept(call);
    }

    private static <T> DynamicType.Builder<T> settingByName(DynamicType.Builder<T> builder) {
        return builder.method(isDeclaredBy(CallableStatement.class)
                        .and(nameStartsWith("set"))
                        .and(takesArgument(0, String.class)))
                .intercept(MethodCall.invoke(own(GuardedPreparedStatement.class, "bindAllUnknown"))
                        .andThen(MethodCall.invokeSelf().onField("callable").withAllArguments()));
    }

    // A matcher would look at all methods of the class again for each method that is made, at half a second for all.
    private static Method own(Class<?> type, String name, Class<?>... parameters) {
        try {
            return type.getDeclaredMethod(name, parameters);
        } catch (NoSuchMethodException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }
}
