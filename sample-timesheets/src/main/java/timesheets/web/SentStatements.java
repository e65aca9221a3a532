package timesheets.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** What Hibernate sends for the thread that watches, and for no other. */
@Component
@Profile("demo")
class SentStatements implements HibernatePropertiesCustomizer {

    private final ThreadLocal<List<String>> watched = new ThreadLocal<>();

    @Override
    public void customize(Map<String, Object> settings) {
        settings.put(JdbcSettings.STATEMENT_INSPECTOR, (StatementInspector) sql -> {
            List<String> texts = watched.get();
            if (texts != null) {
                texts.add(sql);
            }
            return sql;
        });
    }

    /** What a call has come to, and the statements that it has sent. */
    record Watched<T>(T result, List<String> statements) {}

    <T> Watched<T> during(Supplier<T> call) {
        List<String> texts = new ArrayList<>();
        watched.set(texts);
        try {
            return new Watched<>(call.get(), texts);
        } finally {
            watched.remove();
        }
    }
}
