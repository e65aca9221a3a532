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

    /** What session factories have told, and the rulings that were made from it. */
    private record Knowledge(OwnedTables tables, TenantColumns columns, Map<String, Ruling> rulings) {}

    private volatile @Nullable Knowledge knowledge;
    private final List<HeldReferences> references = new CopyOnWriteArrayList<>();
    private volatile boolean announces;
    private volatile boolean ridesAlong;

    synchronized void learn(OwnedTables learned, HeldReferences held) {
        references.add(held);
        Knowledge known = knowledge;
        OwnedTables all = known == null ? learned : known.tables().and(learned);
        knowledge = new Knowledge(all, new TenantColumns(all), new ConcurrentHashMap<>());
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
        return knowledge != null;
    }

    /** What a text may do, and for whom. Before a session factory tells the tables, any text may do anything. */
    Ruling rule(String sql, Connection connection) throws SQLException {
        Knowledge known = knowledge;
        if (known == null) {
            return Ruling.unguarded(sql);
        }
        Ruling made = known.rulings().get(sql);
        if (made != null) {
            return made;
        }
        Ruling ruling = judge(sql, known.tables(), known.columns(), connection);
        // Statements with literals in them would fill the memory.
        if (known.rulings().size() >= MOST_REMEMBERED) {
            known.rulings().clear();
        }
        known.rulings().put(sql, ruling);
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
