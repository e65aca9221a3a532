package dev.tenancy;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What session factories have told of the tables of one database. The guards of all data sources that reach it share it; what is
 * told later never opens a table that was closed before, also not once its factory is closed.
 */
final class Knowledge {

    /** What the factories together have told, and the checks that were made from it. */
    record Tables(MappedTables mapped, MembershipTables memberships, StatementCheckCache checks) {

        Tables and(Tables other) {
            return new Tables(mapped.and(other.mapped), memberships.and(other.memberships), new StatementCheckCache());
        }
    }

    private volatile @Nullable Tables tables;
    private volatile TableClaims claims = TableClaims.NONE;
    private final List<EnforcedReferences> references = new CopyOnWriteArrayList<>();
    private final ConstraintNames constraints = new ConstraintNames();
    private final Set<DatabaseIdentity> databases = ConcurrentHashMap.newKeySet();
    private final List<Finding> postponed = new CopyOnWriteArrayList<>();
    private volatile boolean announces;
    private volatile boolean ridesAlong;

    /** @throws TenancySetupException if another factory has told otherwise; nothing is learned then */
    synchronized void learn(
            MappedTables learned, MembershipTables memberships, TableClaims claimed, EnforcedReferences enforced) {
        claims = claims.and(claimed);
        references.add(enforced);
        add(new Tables(learned, memberships, new StatementCheckCache()));
    }

    private void add(Tables learned) {
        Tables known = tables;
        tables = known == null ? learned : known.and(learned);
    }

    void forget(EnforcedReferences enforced) {
        references.remove(enforced);
    }

    /** Takes in what was told of the same database elsewhere. */
    synchronized void absorb(Knowledge other) {
        claims = claims.and(other.claims);
        include(other);
    }

    private void include(Knowledge other) {
        references.addAll(other.references);
        constraints.learn(other.constraints);
        databases.addAll(other.databases);
        postponed.addAll(other.postponed);
        Tables theirs = other.tables;
        if (theirs != null) {
            add(theirs);
        }
        if (other.announces) {
            announce(other.ridesAlong);
        }
    }

    /** For a database of which it is not known which of these it is: owned tables of any are held. */
    static Knowledge ofAll(Collection<Knowledge> several) {
        if (several.size() == 1) {
            return several.iterator().next();
        }
        Knowledge all = new Knowledge();
        for (Knowledge one : several) {
            all.claims = all.claims.or(one.claims);
            all.include(one);
        }
        return all;
    }

    synchronized void announce(boolean withFirstQuery) {
        ridesAlong = withFirstQuery && (ridesAlong || !announces);
        announces = true;
    }

    boolean announces() {
        return announces;
    }

    boolean ridesAlong() {
        return ridesAlong;
    }

    @Nullable Tables tables() {
        return tables;
    }

    TableClaims claims() {
        return claims;
    }

    List<EnforcedReferences> references() {
        return references;
    }

    ConstraintNames constraints() {
        return constraints;
    }

    /** Findings that hold only if no other factory of the database maps the tables either. */
    void postpone(List<Finding> findings) {
        postponed.addAll(findings);
    }

    List<Finding> postponed() {
        return postponed.stream()
                .filter(one -> !claims.contains(SchemaCheck.tableOf(one)))
                .toList();
    }

    /** Notes the database that a factory was built on. */
    void isOf(DatabaseIdentity database) {
        databases.add(database);
    }

    boolean isOfSame(DatabaseIdentity database) {
        return databases.stream().anyMatch(database::isSame);
    }

    boolean isOfSame(Knowledge other) {
        return other.databases.stream().anyMatch(this::isOfSame);
    }
}
