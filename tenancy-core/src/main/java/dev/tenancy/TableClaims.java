package dev.tenancy;

import dev.tenancy.sql.SqlName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Join;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;

/**
 * What session factories say of the tables of one database: whose rows are in them. Names are compared as the guard compares them,
 * without quotes, schema and case. Immutable.
 */
final class TableClaims {

    static final TableClaims NONE = new TableClaims(Map.of());

    /**
     * @param claimant the entity or collection that maps the table
     * @param tenantColumn null if the rows are everybody's
     */
    private record Claim(String claimant, @Nullable String tenantColumn) {

        String words() {
            return claimant
                    + (tenantColumn == null
                            ? " maps it for all tenants"
                            : " has a tenant's rows in it, by " + tenantColumn);
        }
    }

    private final Map<String, Claim> claims;

    private TableClaims(Map<String, Claim> claims) {
        this.claims = Map.copyOf(claims);
    }

    /** Of one factory: a table that it maps both ways is owned. */
    static TableClaims of(Metadata metadata, OwnedEntities owned) {
        Map<String, Claim> claims = new HashMap<>();
        for (PersistentClass entity : metadata.getEntityBindings()) {
            Claim claim = new Claim(
                    entity.getEntityName(),
                    owned.contains(entity)
                            ? SqlName.of(owned.tenantColumn(entity)).key()
                            : null);
            List<Table> tables = new ArrayList<>(entity.getTableClosure());
            for (Join join : entity.getJoinClosure()) {
                tables.add(join.getTable());
            }
            tables.forEach(table -> add(table, claim, claims));
        }
        for (Collection collection : metadata.getCollectionBindings()) {
            PersistentClass owner = collection.getOwner();
            if (!collection.isOneToMany()) {
                add(
                        collection.getCollectionTable(),
                        new Claim(
                                collection.getRole(),
                                owned.contains(owner)
                                        ? SqlName.of(owned.tenantColumn(owner)).key()
                                        : null),
                        claims);
            }
        }
        return new TableClaims(claims);
    }

    private static void add(Table table, Claim claim, Map<String, Claim> claims) {
        if (!table.isSubselect()) {
            claims.merge(
                    SqlName.of(table.getName()).key(),
                    claim,
                    (known, again) -> known.tenantColumn() == null && again.tenantColumn() != null ? again : known);
        }
    }

    /** Whether the table of this name is mapped by anybody. */
    boolean contains(String table) {
        return claims.containsKey(SqlName.of(table).key());
    }

    boolean isOwned(String table) {
        Claim claim = claims.get(SqlName.of(table).key());
        return claim != null && claim.tenantColumn() != null;
    }

    boolean ownsAny() {
        return claims.values().stream().anyMatch(claim -> claim.tenantColumn() != null);
    }

    /**
     * What both say, of one database.
     *
     * @throws TenancySetupException if a table is an owned entity's for one and everybody's for the other, or has two tenant columns
     */
    TableClaims and(TableClaims later) {
        Map<String, Claim> both = new HashMap<>(claims);
        later.claims.forEach((table, claim) -> {
            Claim known = both.putIfAbsent(table, claim);
            if (known != null && !isAgreed(known, claim)) {
                throw clash(table, known, claim);
            }
        });
        return new TableClaims(both);
    }

    /** What either says, where they may speak of several databases: owned tables stay so. */
    TableClaims or(TableClaims other) {
        Map<String, Claim> both = new HashMap<>(claims);
        other.claims.forEach((table, claim) ->
                both.merge(table, claim, (known, again) -> known.tenantColumn() == null ? again : known));
        return new TableClaims(both);
    }

    private static boolean isAgreed(Claim one, Claim other) {
        return one.tenantColumn() == null
                ? other.tenantColumn() == null
                : one.tenantColumn().equals(other.tenantColumn());
    }

    private static TenancySetupException clash(String table, Claim known, Claim later) {
        boolean onColumn = known.tenantColumn() != null && later.tenantColumn() != null;
        String open = known.tenantColumn() == null ? known.claimant() : later.claimant();
        String held = known.tenantColumn() == null ? later.claimant() : known.claimant();
        return new TenancySetupException(
                "Two session factories of one database do not agree on the table " + table + ": " + known.words()
                        + ", but " + later.words() + ".",
                onColumn
                        ? "Map the same column with @TenantId in both, or map them to different tables."
                        : "Make " + open + " tenant-owned as " + held
                                + " is (remove its @GlobalEntity and give it a @TenantId),"
                                + " or map it to a table of another name. If its table is in another database, build its session"
                                + " factory over a data source of its own.");
    }
}
