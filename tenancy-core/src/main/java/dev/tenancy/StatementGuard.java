package dev.tenancy;

import dev.tenancy.sql.Proof;
import dev.tenancy.sql.Relation;
import dev.tenancy.sql.SqlText;
import dev.tenancy.sql.StatementProver;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
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

    static final LongAdder JUDGED = new LongAdder();
    static final List<Consumer<? super String>> LISTENERS = new CopyOnWriteArrayList<>();

    private static final Logger LOG = LoggerFactory.getLogger(StatementGuard.class);
    private static final Pattern REASON = Pattern.compile("(?s)tenancy:\\s*trusted because\\s+(\\S.*)");

    private volatile Knowledge knowledge = new Knowledge();
    private volatile boolean awaitsOthers;
    private final Functions functions = new Functions();

    /** @throws TenancySetupException if another factory has told otherwise of the same database */
    void learn(MappedTables learned, MembershipTables memberships, TableClaims claims, EnforcedReferences enforced) {
        knowledge.learn(learned, memberships, claims, enforced);
    }

    Knowledge knowledge() {
        return knowledge;
    }

    /**
     * Notes which database a factory's connection reaches. A guard inside, which a wrapper did not tell of, learns what this one
     * knows.
     */
    void meet(Connection connection) throws SQLException {
        knowledge.isOf(DatabaseIdentity.of(connection));
        GuardedConnection met = GuardedConnection.find(connection);
        StatementGuard inside = met == null || met.guard() != this ? guardOf(met) : met.guardInside();
        if (inside != null && inside.knowledge != knowledge) {
            if (inside.isKnowing()) {
                inside.knowledge.absorb(knowledge);
                knowledge = inside.knowledge;
            } else {
                inside.share(knowledge);
            }
        }
    }

    private static @Nullable StatementGuard guardOf(@Nullable GuardedConnection connection) {
        return connection == null ? null : connection.guard();
    }

    /** Whether other session factories of the same database may follow, before the start is over. */
    boolean awaitsOthers() {
        return awaitsOthers;
    }

    void awaitOthers(boolean awaits) {
        awaitsOthers = awaits;
    }

    /** From now on it knows what is known of another data source, which reaches the same tables. */
    void share(Knowledge known) {
        knowledge = known;
    }

    /**
     * From now on each transaction tells the database its tenant, for its row-level security.
     *
     * @param withFirstQuery whether a transaction's first query may do so by a function
     */
    void announce(boolean withFirstQuery) {
        knowledge.announce(withFirstQuery);
    }

    boolean ridesAlong() {
        return knowledge.ridesAlong();
    }

    boolean announces() {
        return knowledge.announces();
    }

    /** What the caller of a statement gets to know of its failure. */
    SQLException translate(SQLException failure, StatementCheck check) {
        Violation violation = Violation.of(failure, knowledge.constraints());
        if (violation == null) {
            SQLException outage = FailureText.ofOutage(failure);
            if (outage != null) {
                return outage;
            }
            SQLException told = FailureText.withoutParameters(failure);
            return !check.concernsTenants() || CurrentTenant.peek() == null
                    ? told
                    : FailureText.of(told, check.entity());
        }
        String constraint = check.mayRefer() ? violation.foreignKey() : null;
        if (constraint != null) {
            for (EnforcedReferences enforced : knowledge.references()) {
                String reference = enforced.reference(constraint);
                if (reference != null) {
                    throw new ForeignReferenceException(reference);
                }
            }
        }
        return violation.withoutValues();
    }

    /** Whether a session factory has told the guard its tables. */
    boolean isKnowing() {
        return knowledge.tables() != null;
    }

    /**
     * What a text may do, and for whom. Before a session factory tells the tables, any text may do anything.
     *
     * @param namesMoved whether names may mean other tables on this connection than the mapping says
     */
    StatementCheck check(String sql, Connection connection, boolean namesMoved) throws SQLException {
        StatementCheck check = known(sql, connection, namesMoved);
        String entity = check.entity();
        if (entity != null && !LISTENERS.isEmpty()) {
            LISTENERS.forEach(listener -> listener.accept(entity));
        }
        return check;
    }

    private StatementCheck known(String sql, Connection connection, boolean namesMoved) throws SQLException {
        Knowledge.Tables known = knowledge.tables();
        if (known == null) {
            return StatementCheck.unguarded(sql);
        }
        StatementCheck made = namesMoved ? null : known.checks().get(sql);
        if (made != null) {
            return made;
        }
        JUDGED.increment();
        StatementCheck check = judge(sql, known, connection, namesMoved);
        if (!namesMoved) {
            known.checks().put(sql, check);
        }
        return check;
    }

    private StatementCheck judge(String sql, Knowledge.Tables known, Connection connection, boolean namesMoved)
            throws SQLException {
        Database database = Database.of(connection);
        StatementProver prover = new StatementProver(
                database.dialect(),
                new DatabaseCatalog(
                        known.mapped(), knowledge.references(), functions, connection, database, namesMoved));
        Set<String> tenantColumns = known.mapped().tenantColumns();
        String reason = reason(prover.leadingComments(sql));
        SqlText text = SqlText.of(reason == null ? prover.narrowed(sql, tenantColumns) : sql, database.dialect());
        Proof proof;
        try {
            proof = prover.prove(text);
        } catch (DatabaseCatalog.Unanswered unanswered) {
            throw unanswered.cause();
        }
        boolean changesMemberships = known.memberships().isChangedBy(proof.written(), proof.deleted());
        Relation writesBesideLibrary = known.mapped().withLibrary(proof.written());
        if (reason != null) {
            if (proof.refusal() != null) {
                LOG.warn(
                        "A statement{} runs without proof that it keeps to the tenant, because {}",
                        proof.owner() == null ? "" : " on the tenant-owned entity " + proof.owner(),
                        reason);
            }
            return StatementCheck.trusted(
                    text, proof, prover.sessionEffects(text), changesMemberships, writesBesideLibrary);
        }
        if (proof.refusal() != null && LOG.isDebugEnabled()) {
            LOG.debug("Not proven, since {}: {}", proof.refusal().why(), sql);
        }
        return StatementCheck.of(
                proof,
                prover.sessionEffects(proof.text()),
                proof.reads()
                        ? StatementProver.widened(proof.text(), tenantColumns)
                        : proof.text().sql(),
                StatementProver.beginning(text),
                changesMemberships,
                writesBesideLibrary);
    }

    /** Why a text's author says that it is safe, in a comment at its beginning; null if that is not said. */
    private static @Nullable String reason(List<String> comments) {
        return comments.stream()
                .map(REASON::matcher)
                .filter(Matcher::matches)
                .map(reason -> reason.group(1))
                .findFirst()
                .orElse(null);
    }
}
