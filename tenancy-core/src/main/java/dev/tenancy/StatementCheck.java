package dev.tenancy;

import dev.tenancy.sql.Proof;
import dev.tenancy.sql.Proof.Demand;
import dev.tenancy.sql.Proof.Effect;
import dev.tenancy.sql.Proof.Value;
import dev.tenancy.sql.Proof.Written;
import dev.tenancy.sql.Refusal;
import dev.tenancy.sql.Relation;
import dev.tenancy.sql.SessionEffects;
import dev.tenancy.sql.SqlText;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What may be done with a text: the same for every tenant, so that it is kept. Immutable. */
final class StatementCheck {

    private static final Pattern WRITE =
            Pattern.compile("\\b(insert|update|delete|merge)\\b", Pattern.CASE_INSENSITIVE);
    // What begins otherwise, such as "with", may answer with rows.
    private static final Pattern PLAIN_WRITE =
            Pattern.compile("(?:/\\*[^*]*\\*/|\\s)*+(?:insert|update|delete|merge)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern RETURNING = Pattern.compile("\\breturning\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern DELETE = Pattern.compile("(?i)\\s*delete\\b");
    private static final Set<String> NO_TEXT = Set.of("uuid", "bigint", "int8");
    private static final int[] NOTHING = {};
    private static final Demand[] NONE = {};
    private static final Written[] NO_REFERENCES = {};

    private final String sql;
    private final String sqlAcross;
    private final @Nullable String entity;
    private final boolean reads;
    private final boolean defines;
    private final boolean trusted;
    private final boolean changesMemberships;
    private final boolean commits;
    private final SessionEffects effects;
    private final boolean movesNames;
    private final @Nullable Refusal refusal;
    private final String beginning;
    private final Demand[] demands;
    private final Written[] references;
    private final int[] watched;
    private final int[] own;
    /** A table with a library that it writes. */
    private final @Nullable Relation writesBesideLibrary;

    private StatementCheck(
            Proof proof,
            SessionEffects effects,
            String sqlAcross,
            String beginning,
            boolean trusted,
            boolean changesMemberships,
            @Nullable Relation writesBesideLibrary) {
        this.writesBesideLibrary = writesBesideLibrary;
        this.sql = proof.text().sql();
        this.sqlAcross = sqlAcross;
        this.entity = proof.owner();
        this.reads = proof.reads();
        this.defines = proof.effects().contains(Effect.DEFINES);
        this.movesNames = proof.effects().contains(Effect.MOVES_NAMES);
        this.trusted = trusted;
        this.effects = effects;
        this.commits = trusted && !reads
                || defines
                || effects.endsTransaction()
                || proof.effects().contains(Effect.ENDS_TRANSACTION);
        this.changesMemberships = commits || changesMemberships;
        this.refusal = trusted ? null : proof.refusal();
        this.beginning = beginning;
        this.demands = trusted ? NONE : proof.demands().toArray(NONE);
        this.references = trusted ? NO_REFERENCES : proof.references().toArray(NO_REFERENCES);
        this.own = proof.ownParameters().stream().mapToInt(Integer::intValue).toArray();
        TreeSet<Integer> positions = new TreeSet<>();
        for (Demand demand : demands) {
            demand.anyOf().forEach(value -> positions.add(value.parameter()));
            demand.within().forEach(list -> list.forEach(value -> positions.add(value.parameter())));
        }
        for (Written reference : references) {
            positions.add(reference.value().parameter());
        }
        positions.remove(0);
        Arrays.stream(this.own).forEach(positions::remove);
        this.watched = positions.stream().mapToInt(Integer::intValue).toArray();
    }

    private StatementCheck(String sql) {
        this.sql = sql;
        this.sqlAcross = sql;
        this.entity = null;
        this.reads = false;
        this.defines = false;
        this.trusted = false;
        this.changesMemberships = false;
        this.commits = false;
        this.effects = SessionEffects.NONE;
        this.movesNames = false;
        this.refusal = null;
        this.beginning = "";
        this.demands = NONE;
        this.references = NO_REFERENCES;
        this.own = NOTHING;
        this.watched = NOTHING;
        this.writesBesideLibrary = null;
    }

    /**
     * @param beginning how the text begins, without values, for messages
     * @param writesBesideLibrary a table with a library that it writes
     */
    static StatementCheck of(
            Proof proof,
            SessionEffects effects,
            String sqlAcross,
            String beginning,
            boolean changesMemberships,
            @Nullable Relation writesBesideLibrary) {
        return new StatementCheck(proof, effects, sqlAcross, beginning, false, changesMemberships, writesBesideLibrary);
    }

    /** For a text whose author says why it is safe; it runs as it is. */
    static StatementCheck trusted(
            SqlText text,
            Proof proof,
            SessionEffects effects,
            boolean changesMemberships,
            @Nullable Relation writesBesideLibrary) {
        Proof asWritten = new Proof(
                text,
                List.of(),
                proof.owner(),
                List.of(),
                List.of(),
                null,
                proof.reads(),
                proof.effects(),
                proof.written(),
                proof.deleted());
        return new StatementCheck(asWritten, effects, text.sql(), "", true, changesMemberships, writesBesideLibrary);
    }

    static StatementCheck unguarded(String sql) {
        return new StatementCheck(sql);
    }

    /** The text that is run for whoever is current now. */
    String sql() {
        return CurrentTenant.isCrossing() ? sqlAcross : sql;
    }

    /** The owned entity that the text names first, null if it names none. */
    @Nullable String entity() {
        return entity;
    }

    /** Whether the database has to know whose rows it is for: not if a text names global tables only. */
    boolean concernsTenants() {
        return entity != null || trusted;
    }

    /** Whether the statement may write a reference; one that deletes may only break one. */
    boolean mayRefer() {
        return !reads && !DELETE.matcher(sql).lookingAt();
    }

    /** Whether the answers of {@link Memberships} may be others afterwards. */
    boolean changesMemberships() {
        return changesMemberships;
    }

    /** Whether it may have ended the transaction by itself, as a procedure can, and a change of the schema does in H2. */
    boolean commits() {
        return commits;
    }

    /** What it does to the session that runs it, besides its rows. */
    SessionEffects effects() {
        return effects;
    }

    /** Whether names in later texts may mean other tables than the mapping says. */
    boolean movesNames() {
        return movesNames;
    }

    /** Whether it is a query, and nothing besides. */
    boolean isPlainQuery() {
        return reads && effects == SessionEffects.NONE;
    }

    /** Whether it writes rows or locks them, as far as its text tells: of one that is trusted, nothing else is known. */
    boolean mayWrite() {
        return !reads && WRITE.matcher(sql).find();
    }

    /** Whether it writes rows, and neither has anything else to be done for it, nor answers with rows. */
    boolean isPlainWrite() {
        return !reads
                && !changesMemberships
                && effects == SessionEffects.NONE
                && PLAIN_WRITE.matcher(sql).lookingAt()
                && !RETURNING.matcher(sql).find();
    }

    /** The positions of the parameters whose values have to be known before the statement runs. */
    int[] watched() {
        return watched;
    }

    /** The positions of the parameters that the guard itself binds to the tenant. */
    int[] own() {
        return own;
    }

    /** Where the application's parameter of that number stands in the text, among those that the guard itself binds. */
    int inText(int position) {
        int inText = position;
        for (int one : own) {
            if (one > inText) {
                break;
            }
            inText++;
        }
        return inText;
    }

    /** Refuses what no values can save. */
    void checkText() {
        if (CurrentTenant.peek() == null) {
            checkWithoutTenant();
        } else if (refusal != null) {
            throw refused(refusal);
        }
    }

    private TenancyException refused(Refusal refusal) {
        return refusal.reason() == Refusal.Reason.TENANT_CHANGED
                ? new TenantChangedException(refusal.subject())
                : new UnprovenStatementException(refusal, beginning);
    }

    private void checkWithoutTenant() {
        if (defines && !CurrentTenant.isCrossing()) {
            return; // Migrations and schema tools work for nobody.
        }
        if (entity == null) {
            if (refusal != null
                    && refusal.reason() != Refusal.Reason.COUNTS_OTHERS
                    && refusal.reason() != Refusal.Reason.REFERS_TO_OTHERS) {
                throw refused(refusal);
            }
        } else if (!CurrentTenant.isCrossing()) {
            throw new NoTenantException("A statement on the tenant-owned entity " + entity + " was refused");
        } else if (!reads) {
            throw new WriteAcrossTenantsException(entity);
        }
    }

    /**
     * Refuses a statement that is about to run with values that are not the current tenant's.
     *
     * @param bound the values of the watched parameters, in their order
     * @param principal who is current now
     */
    void check(@Nullable Object[] bound, @Nullable TenantPrincipal principal) {
        if (principal == null) {
            checkWithoutTenant();
            return;
        }
        if (refusal != null) {
            throw refused(refusal);
        }
        if (writesBesideLibrary != null
                && principal.tenantId().toString().equals(writesBesideLibrary.library())
                && !CurrentTenant.isWithinCrossing()) {
            throw LibraryRowException.withoutCrossing(String.valueOf(writesBesideLibrary.owner()));
        }
        for (Demand demand : demands) {
            if (!isMet(demand, principal.tenantId(), bound)) {
                if (demand.kept()) {
                    throw new TenantChangedException(demand.owner());
                }
                throw new UnprovenStatementException(
                        demand.owner(),
                        demand.within().isEmpty()
                                ? "the value given for its tenant is not exactly the current one"
                                : "the values given for its tenant are not exactly the current one and the library's",
                        "Bind CurrentTenant.require().tenantId() with setObject(position, id), or act for that tenant with CurrentTenant.runAs(tenant, …).");
            }
        }
    }

    /**
     * Refuses a statement that is about to make a row refer to one that is not the current tenant's, where no foreign key would.
     *
     * @param bound the values of the watched parameters, in their order
     * @param principal who is current now
     */
    void checkReferences(@Nullable Object[] bound, @Nullable TenantPrincipal principal, GuardedConnection connection)
            throws SQLException {
        if (principal == null) {
            return;
        }
        for (Written written : references) {
            Value value = written.value();
            Object sent = value.literal() == null
                    ? bound[Arrays.binarySearch(watched, value.parameter())]
                    : value.number() ? (Object) Long.valueOf(value.literal()) : value.literal();
            if (sent == null) {
                throw refused(new Refusal(
                        Refusal.Reason.REFERS_TO_OTHERS,
                        "(reference " + written.reference().holder() + ")",
                        "the value given for it is not known exactly, so that it may be another tenant's row",
                        "Bind the id with setObject(position, id), setLong or setString."));
            }
            if (sent != SentValue.NOTHING) {
                connection.referred.check(written.reference(), value, sent, principal.tenantId(), connection);
            }
        }
    }

    private boolean isMet(Demand demand, Object tenant, @Nullable Object[] bound) {
        for (Value value : demand.anyOf()) {
            if (isTenant(value, tenant, bound)) {
                return true;
            }
        }
        for (List<Value> list : demand.within()) {
            Object library = library(demand, tenant);
            if (list.stream().allMatch(value -> isTenant(value, tenant, bound) || is(value, library, bound))) {
                return true;
            }
        }
        return false;
    }

    // As an id of the type that tenants have, for the comparison with what is bound.
    private static Object library(Demand demand, Object tenant) {
        String library = String.valueOf(demand.library());
        return tenant instanceof UUID
                ? UUID.fromString(library)
                : tenant instanceof Long ? (Object) Long.valueOf(library) : library;
    }

    private boolean isTenant(Value value, Object tenant, @Nullable Object[] bound) {
        return isFaithful(value, tenant) && (isOwn(value) || isSame(value, tenant, bound));
    }

    private boolean is(Value value, Object tenant, @Nullable Object[] bound) {
        return isFaithful(value, tenant) && isSame(value, tenant, bound);
    }

    private boolean isSame(Value value, Object tenant, @Nullable Object[] bound) {
        return value.literal() != null ? isText(value.literal(), tenant) : isBound(value, tenant, bound);
    }

    // A cast to another kind of type, or a number for a text, makes the database compare something else.
    private static boolean isFaithful(Value value, Object tenant) {
        if (tenant instanceof String text) {
            return !value.number()
                    && (value.type() == null || !NO_TEXT.contains(value.type()))
                    && (value.longest() == 0 || text.length() <= value.longest());
        }
        return value.longest() == 0 || tenant.toString().length() <= value.longest();
    }

    private boolean isOwn(Value value) {
        return Arrays.binarySearch(own, value.parameter()) >= 0;
    }

    private boolean isBound(Value value, Object tenant, @Nullable Object[] bound) {
        int place = Arrays.binarySearch(watched, value.parameter());
        return place >= 0 && is(bound[place], tenant);
    }

    private static boolean is(@Nullable Object value, Object tenant) {
        if (tenant.equals(value)) {
            return true;
        }
        if (value instanceof String text) {
            return isText(text, tenant);
        }
        if (value instanceof byte[] bytes) {
            return tenant instanceof UUID id
                    && bytes.length == 16
                    && ByteBuffer.wrap(bytes).getLong() == id.getMostSignificantBits()
                    && ByteBuffer.wrap(bytes).getLong(8) == id.getLeastSignificantBits();
        }
        return false;
    }

    private static boolean isText(String text, Object tenant) {
        return text.equals(tenant.toString())
                || tenant instanceof UUID && text.toLowerCase(Locale.ROOT).equals(tenant.toString());
    }
}
