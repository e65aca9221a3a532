package timesheets;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Remembers each text that reaches the database: it sits below the library's guard, which mends what Hibernate writes. */
class SentStatements implements BeanPostProcessor, PriorityOrdered {

    /** In a statement that is meant to go to every shard, because it reads across tenants. */
    static final String EVERYWHERE = "/* everywhere */";

    // What all tests share keeps nothing of one company's.
    private static final Pattern ID = Pattern.compile("'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'");
    private static final String SOME = "'00000000-0000-0000-0000-000000000000'";

    private static final Set<String> TEXTS = ConcurrentHashMap.newKeySet();

    static Set<String> texts() {
        return new TreeSet<>(TEXTS);
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof DataSource dataSource ? new Listening(dataSource) : bean;
    }

    private static final class Listening extends DelegatingDataSource {

        Listening(DataSource target) {
            super(target);
        }

        @Override
        public Connection getConnection() throws SQLException {
            return listening(Connection.class, super.getConnection());
        }
    }

    private static <T> T listening(Class<T> type, T target) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (arguments != null
                    && arguments[0] instanceof String sql
                    && method.getName().matches("prepare.*|execute.*|addBatch")) {
                TEXTS.add(ID.matcher(sql).replaceAll(SOME));
            }
            try {
                Object result = method.invoke(target, arguments);
                return method.getName().equals("createStatement")
                        ? listening(Statement.class, (Statement) result)
                        : result;
            } catch (InvocationTargetException failure) {
                throw failure.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(SentStatements.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
