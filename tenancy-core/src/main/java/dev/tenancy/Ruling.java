package dev.tenancy;

import dev.tenancy.Verdict.Demand;
import dev.tenancy.Verdict.Value;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What may be done with a text: the same for every tenant, so that it is kept. Immutable. */
final class Ruling {

    private static final Pattern DELETE = Pattern.compile("(?i)\\s*delete\\b");
    private static final Pattern COMMIT = Pattern.compile("(?i)\\s*commit\\b");
    private static final int[] NOTHING = {};
    private static final Demand[] NONE = {};

    private final String sql;
    private final String sqlAcross;
    private final @Nullable String entity;
    private final boolean reads;
    private final boolean defines;
    private final boolean trusted;
    private final boolean decides;
    private final boolean commits;
    private final @Nullable Supplier<TenancyException> refusal;
    private final Demand[] demands;
    private final int[] watched;
    private final int[] own;

    private Ruling(String sql, String sqlAcross, Verdict verdict, boolean trusted, int own) {
        this.sql = sql;
        this.sqlAcross = sqlAcross;
        this.entity = verdict.entity();
        this.reads = verdict.reads();
        this.defines = verdict.defines();
        this.trusted = trusted;
        this.commits = trusted && !reads || defines || COMMIT.matcher(sql).lookingAt();
        this.decides = commits || verdict.decides();
        this.refusal = trusted ? null : verdict.refusal();
        this.demands = trusted ? NONE : verdict.demands().toArray(NONE);
        int parameters =
                own == 0 ? 0 : (int) sql.chars().filter(one -> one == '?').count();
        this.own = IntStream.rangeClosed(parameters - own + 1, parameters).toArray();
        TreeSet<Integer> positions = new TreeSet<>();
        for (Demand demand : demands) {
            demand.anyOf().forEach(value -> positions.add(value.parameter()));
        }
        positions.remove(0);
        Arrays.stream(this.own).forEach(positions::remove);
        this.watched = positions.stream().mapToInt(Integer::intValue).toArray();
    }

    private Ruling(String sql) {
        this.sql = sql;
        this.sqlAcross = sql;
        this.entity = null;
        this.reads = false;
        this.defines = false;
        this.trusted = false;
        this.decides = false;
        this.commits = false;
        this.refusal = null;
        this.demands = NONE;
        this.own = NOTHING;
        this.watched = NOTHING;
    }

    /** @param own how many parameters at the text's end the guard itself binds to the tenant; if any, it has no literals */
    static Ruling of(String sql, Verdict verdict, int own, TenantColumns columns) {
        return new Ruling(sql, verdict.reads() ? columns.widened(sql) : sql, verdict, false, own);
    }

    /** For a text whose author says why it is safe. */
    static Ruling trusted(String sql, Verdict verdict) {
        return new Ruling(sql, sql, verdict, true, 0);
    }

    static Ruling unguarded(String sql) {
        return new Ruling(sql);
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
    boolean decides() {
        return decides;
    }

    /** Whether it may have ended the transaction by itself, as a procedure can, and a change of the schema does in H2. */
    boolean commits() {
        return commits;
    }

    boolean isQuery() {
        return reads;
    }

    /** The positions of the parameters whose values have to be known before the statement runs. */
    int[] watched() {
        return watched;
    }

    /** The positions of the parameters that the guard itself binds to the tenant. */
    int[] own() {
        return own;
    }

    /** Refuses what no values can save. */
    void checkText() {
        if (CurrentTenant.peek() == null) {
            checkWithoutTenant();
        } else if (refusal != null) {
            throw refusal.get();
        }
    }

    private void checkWithoutTenant() {
        if (defines && !CurrentTenant.isCrossing()) {
            return; // Migrations and schema tools work for nobody.
        }
        if (entity == null) {
            if (refusal != null) {
                throw refusal.get();
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
     */
    void check(@Nullable Object[] bound) {
        TenantPrincipal principal = CurrentTenant.peek();
        if (principal == null) {
            checkWithoutTenant();
            return;
        }
        if (refusal != null) {
            throw refusal.get();
        }
        for (Demand demand : demands) {
            if (!isMet(demand, principal.tenantId(), bound)) {
                throw new UnprovenStatementException(
                        demand.entity(),
                        "the value given for its tenant is not the current one",
                        "Bind CurrentTenant.require().tenantId(), or act for that tenant with CurrentTenant.runAs(tenant, …).");
            }
        }
    }

    private boolean isMet(Demand demand, Object tenant, @Nullable Object[] bound) {
        for (Value value : demand.anyOf()) {
            String literal = value.literal();
            if (literal != null ? isText(literal, tenant) : isOwn(value) || isBound(value, tenant, bound)) {
                return true;
            }
        }
        return false;
    }

    private boolean isOwn(Value value) {
        return own.length > 0 && value.parameter() >= own[0];
    }

    private boolean isBound(Value value, Object tenant, @Nullable Object[] bound) {
        for (int i = 0; i < watched.length; i++) {
            if (watched[i] == value.parameter()) {
                return is(bound[i], tenant);
            }
        }
        return false;
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
        if (tenant instanceof Long number) {
            return value instanceof Integer || value instanceof Short || value instanceof Byte
                    ? ((Number) value).longValue() == number
                    : value instanceof BigDecimal decimal && decimal.compareTo(BigDecimal.valueOf(number)) == 0;
        }
        return false;
    }

    private static boolean isText(String text, Object tenant) {
        return text.equals(tenant.toString())
                || tenant instanceof UUID && text.toLowerCase(Locale.ROOT).equals(tenant.toString());
    }
}
