package dev.tenancy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rules on the text of each statement that is about to reach the database, once for each text: Hibernate's own, native SQL, and
 * what other libraries run over the same data source.
 */
final class StatementGuard {

    private static final Logger LOG = LoggerFactory.getLogger(StatementGuard.class);
    private static final int MOST_REMEMBERED = 10_000;
    private static final Pattern REASON = Pattern.compile("(?s)tenancy:\\s*trusted because\\s+(\\S.*)");

    private final Map<String, Ruling> rulings = new ConcurrentHashMap<>();
    private volatile @Nullable OwnedTables tables;
    private volatile @Nullable TenantColumns columns;
    private final List<HeldReferences> references = new CopyOnWriteArrayList<>();
    private volatile boolean announces;
    private volatile boolean ridesAlong;

    void learn(OwnedTables learned, HeldReferences held) {
        references.add(held);
        OwnedTables known = tables;
        OwnedTables all = known == null ? learned : known.and(learned);
        columns = new TenantColumns(all, all.tenantColumns());
        tables = all;
        rulings.clear();
    }

    /**
     * From now on each transaction tells the database its tenant, for its row-level security.
     *
     * @param withFirstQuery whether a transaction's first query may do so by a function
     */
    void announce(boolean withFirstQuery) {
        announces = true;
        ridesAlong = withFirstQuery;
    }

    boolean ridesAlong() {
        return ridesAlong;
    }

    boolean announces() {
        return announces;
    }

    /** What the caller of a statement gets to know of its failure. */
    SQLException told(SQLException failure, Ruling ruling) {
        Violation violation = Violation.of(failure);
        if (violation == null) {
            return failure;
        }
        String constraint = ruling.mayRefer() ? violation.foreignKey() : null;
        if (constraint != null) {
            for (HeldReferences held : references) {
                String reference = held.reference(constraint);
                if (reference != null) {
                    throw new ForeignReferenceException(reference);
                }
            }
        }
        return violation.withoutValues();
    }

    /** Whether a session factory has told the guard its tables. */
    boolean isKnowing() {
        return tables != null;
    }

    /** What a text may do, and for whom. Before a session factory tells the tables, any text may do anything. */
    Ruling rule(String sql, Connection connection) throws SQLException {
        Ruling known = rulings.get(sql);
        if (known != null) {
            return known;
        }
        OwnedTables owned = tables;
        TenantColumns tenant = columns;
        if (owned == null || tenant == null) {
            return Ruling.unguarded(sql);
        }
        Ruling ruling = judge(sql, owned, tenant, connection);
        // Statements with literals in them would fill the memory.
        if (rulings.size() >= MOST_REMEMBERED) {
            rulings.clear();
        }
        rulings.put(sql, ruling);
        return ruling;
    }

    private static Ruling judge(String sql, OwnedTables owned, TenantColumns columns, Connection connection)
            throws SQLException {
        Trusted trusted = trusted(sql);
        if (trusted != null) {
            Verdict verdict = StatementProof.of(trusted.sql(), owned, connection);
            if (verdict.refusal() != null) {
                LOG.warn(
                        "A statement{} runs without proof that it keeps to the tenant, because {}",
                        verdict.entity() == null ? "" : " on the tenant-owned entity " + verdict.entity(),
                        trusted.reason());
            }
            return Ruling.trusted(trusted.sql(), verdict);
        }
        String restricted = columns.narrowed(sql);
        Verdict verdict = StatementProof.of(restricted, owned, connection);
        if (verdict.refusal() != null) {
            TenantColumns.Completed completed = columns.completed(restricted);
            if (completed != null) {
                Verdict complete = StatementProof.of(completed.sql(), owned, connection);
                if (complete.refusal() == null) {
                    return Ruling.of(completed.sql(), complete, completed.parameters(), columns);
                }
            }
        }
        return Ruling.of(restricted, verdict, 0, columns);
    }

    /** A text whose author says, in a comment at its beginning, why it is safe. */
    private record Trusted(String reason, String sql) {}

    private static @Nullable Trusted trusted(String sql) {
        String rest = sql.stripLeading();
        while (rest.startsWith("/*")) {
            int end = rest.indexOf("*/", 2);
            if (end < 0) {
                return null;
            }
            Matcher reason = REASON.matcher(rest.substring(2, end).strip());
            rest = rest.substring(end + 2).strip();
            if (reason.matches()) {
                return new Trusted(reason.group(1), rest);
            }
        }
        return null;
    }
}
