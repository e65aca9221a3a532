package dev.tenancy;

import dev.tenancy.sql.Proof;
import dev.tenancy.sql.StatementProver;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
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
    private static final Pattern REASON = Pattern.compile("(?s)tenancy:\\s*trusted because\\s+(\\S.*)");

    /** What session factories have told, and the rulings that were made from it. */
    private record Knowledge(MappedTables tables, MembershipTables memberships, RememberedRulings rulings) {}

    private volatile @Nullable Knowledge knowledge;
    private final Functions functions = new Functions();
    private final List<HeldReferences> references = new CopyOnWriteArrayList<>();
    private volatile boolean announces;
    private volatile boolean ridesAlong;

    synchronized void learn(MappedTables learned, MembershipTables memberships, HeldReferences held) {
        references.add(held);
        Knowledge known = knowledge;
        knowledge = new Knowledge(
                known == null ? learned : known.tables().and(learned),
                known == null ? memberships : known.memberships().and(memberships),
                new RememberedRulings());
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

    /**
     * What a text may do, and for whom. Before a session factory tells the tables, any text may do anything.
     *
     * @param namesMoved whether names may mean other tables on this connection than the mapping says
     */
    Ruling rule(String sql, Connection connection, boolean namesMoved) throws SQLException {
        Knowledge known = knowledge;
        if (known == null) {
            return Ruling.unguarded(sql);
        }
        Ruling made = namesMoved ? null : known.rulings().get(sql);
        if (made != null) {
            return made;
        }
        Ruling ruling = judge(sql, known, connection, namesMoved);
        if (!namesMoved) {
            known.rulings().put(sql, ruling);
        }
        return ruling;
    }

    private Ruling judge(String sql, Knowledge known, Connection connection, boolean namesMoved) throws SQLException {
        Database database = Database.of(connection);
        StatementProver prover = new StatementProver(
                database.dialect(), new DatabaseCatalog(known.tables(), functions, connection, database, namesMoved));
        Set<String> tenantColumns = known.tables().tenantColumns();
        String reason = reason(prover.leadingComments(sql));
        Proof proof;
        try {
            proof = prover.prove(reason == null ? prover.narrowed(sql, tenantColumns) : sql);
        } catch (DatabaseCatalog.Unanswered unanswered) {
            throw unanswered.cause();
        }
        boolean decides = known.memberships().isChangedBy(proof.written(), proof.deleted());
        if (reason != null) {
            if (proof.refusal() != null) {
                LOG.warn(
                        "A statement{} runs without proof that it keeps to the tenant, because {}",
                        proof.owner() == null ? "" : " on the tenant-owned entity " + proof.owner(),
                        reason);
            }
            return Ruling.trusted(sql, proof, decides);
        }
        if (proof.refusal() != null && LOG.isDebugEnabled()) {
            LOG.debug("Not proven, since {}: {}", proof.refusal().why(), sql);
        }
        return Ruling.of(
                proof,
                proof.reads() ? prover.widened(proof.sql(), tenantColumns) : proof.sql(),
                prover.beginning(sql),
                decides);
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
