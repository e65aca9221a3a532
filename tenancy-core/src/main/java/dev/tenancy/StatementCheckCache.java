package dev.tenancy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Checks by the texts that they are for. Texts that hold ever new literals do not fill the memory: when there are many, those are
 * dropped that were not asked for since there last were many. Thread-safe.
 */
final class StatementCheckCache {

    private static final int MOST = 5_000;
    private static final long MOST_CHARACTERS = 8_000_000;
    // Longer texts are made for one occasion, and judged each time.
    private static final int LONGEST = 100_000;

    private final AtomicLong characters = new AtomicLong();
    private volatile Map<String, StatementCheck> recent = new ConcurrentHashMap<>();
    private volatile Map<String, StatementCheck> older = Map.of();

    @Nullable StatementCheck get(String sql) {
        StatementCheck found = recent.get(sql);
        if (found == null) {
            found = older.get(sql);
            if (found != null) {
                put(sql, found);
            }
        }
        return found;
    }

    void put(String sql, StatementCheck check) {
        if (sql.length() > LONGEST) {
            return;
        }
        if (recent.size() >= MOST || characters.get() >= MOST_CHARACTERS) {
            synchronized (this) {
                if (recent.size() >= MOST || characters.get() >= MOST_CHARACTERS) {
                    older = recent;
                    recent = new ConcurrentHashMap<>();
                    characters.set(0);
                }
            }
        }
        recent.put(sql, check);
        characters.addAndGet(sql.length());
    }
}
