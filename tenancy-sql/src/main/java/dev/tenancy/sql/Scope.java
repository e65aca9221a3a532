package dev.tenancy.sql;

import dev.tenancy.sql.Proof.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A query block: what its names mean, and what its rows have to meet. */
final class Scope {

    /**
     * What a column can show: that it holds the tenant, which row it identifies, or a value of the text.
     *
     * @param row as {@link Relation#keys} has it
     * @param refers null if it may hold what is no row of the tenant's
     */
    record Trait(
            boolean tenant,
            @Nullable String row,
            @Nullable Value value,
            @Nullable Refers refers) {

        static final Trait NONE = new Trait(false, null, null);

        Trait(boolean tenant, @Nullable String row, @Nullable Value value) {
            this(tenant, row, value, value == null ? null : new Refers(null, List.of(value)));
        }
    }

    /**
     * What may stand in a column besides null.
     *
     * @param own what it identifies a row of, as {@link Relation#keys} has it, which is the tenant's; null if nothing
     * @param values of the text
     */
    record Refers(@Nullable String own, List<Value> values) {

        static final Refers TO_NOTHING = new Refers(null, List.of());

        /** What may stand in a column of both; null if that cannot be told. */
        static @Nullable Refers either(@Nullable Refers one, @Nullable Refers other) {
            if (one == null || other == null || one.own != null && other.own != null && !one.own.equals(other.own)) {
                return null;
            }
            List<Value> values = new ArrayList<>(one.values);
            values.addAll(other.values);
            return new Refers(one.own == null ? other.own : one.own, values);
        }
    }

    record Out(String name, Trait trait) {}

    /**
     * What a query gives its surroundings.
     *
     * @param columns null if not all are known
     * @param open the owner of rows that the surroundings have to restrict by a tenant column, null if there are none
     * @param library of these rows, as {@link Relation#library} has it
     */
    record Output(
            @Nullable List<Out> columns,
            Map<String, Trait> named,
            @Nullable String open,
            @Nullable String library) {

        static final Output NOTHING = new Output(null, Map.of(), null);

        Output(@Nullable List<Out> columns, Map<String, Trait> named, @Nullable String open) {
            this(columns, named, open, null);
        }

        Output withLibrary(@Nullable String library) {
            return new Output(columns, named, open, library);
        }

        /** Of two columns of one name, neither can be meant. */
        static Output of(List<Out> columns, boolean complete, @Nullable String open) {
            Map<String, Trait> named = new HashMap<>();
            Set<String> twice = new HashSet<>();
            for (Out column : columns) {
                if (named.put(column.name(), column.trait()) != null) {
                    twice.add(column.name());
                }
            }
            twice.forEach(name -> named.put(name, Trait.NONE));
            return new Output(complete ? columns : null, named, open);
        }

        Output renamed(List<Token> names, SqlDialect dialect) {
            if (names.isEmpty()) {
                return this;
            }
            if (columns == null) {
                return new Output(null, Map.of(), open, library);
            }
            List<Out> renamed = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                renamed.add(
                        i < names.size()
                                ? new Out(
                                        names.get(i).name().columnKey(dialect),
                                        columns.get(i).trait())
                                : columns.get(i));
            }
            return of(renamed, true, open).withLibrary(library);
        }
    }

    /** A query that WITH gives a name. */
    record Named(SqlName name, Output output) {}

    /** Something in FROM that gives rows. */
    static final class Rows {

        final SqlName name;
        /** The owner of the rows, null if they are nobody's, or were shown to be the tenant's already. */
        final @Nullable String owner;

        final Map<String, Trait> columns;
        /** How a condition that is added may name the tenant's column; null if there is none. */
        final @Nullable SqlName tenantColumn;
        /** As the statement writes its name; null if columns cannot be qualified by one. */
        final @Nullable String qualifier;

        final boolean stored;
        final boolean dependent;
        /** As {@link Relation#library} has it; null as well for rows that are changed or locked. */
        final @Nullable String library;
        /** Whether its library's rows may only not be read because they are locked. */
        final boolean locked;

        final Set<Value> values = new LinkedHashSet<>();
        /** Of each list, all values have to be the tenant or the library. */
        final Set<List<Value>> within = new LinkedHashSet<>();
        /** Whether all its rows in the result are the current tenant's, once the demands are met. */
        boolean restricted;
        /** Whether they are the current tenant's or the library's. */
        private boolean shared;

        boolean demanded;
        /** Whether it is a catalogue with columns that count the rows of all tenants. */
        boolean counting;

        /** Rows that the statement may change, so that none of the library's may be among them. */
        Rows(SqlName name, @Nullable String qualifier, Relation relation, SqlDialect dialect) {
            this(name, qualifier, relation, dialect, null, false);
        }

        Rows(
                SqlName name,
                @Nullable String qualifier,
                Relation relation,
                SqlDialect dialect,
                @Nullable String library,
                boolean locked) {
            this.library = library;
            this.locked = locked;
            this.name = name;
            this.qualifier = qualifier;
            this.owner = relation.owner();
            this.tenantColumn = relation.tenantColumn();
            this.stored = true;
            this.dependent = relation.dependent();
            this.columns = new HashMap<>();
            relation.keys().forEach((column, row) -> columns.put(column, new Trait(false, row, null, own(row))));
            if (owner != null || dependent) {
                relation.references().forEach(this::refer);
            }
            if (tenantColumn != null) {
                columns.put(tenantColumn.columnKey(dialect), new Trait(true, null, null));
            }
            this.restricted = owner == null;
        }

        Rows(SqlName name, @Nullable String qualifier, Output output) {
            this.library = output.library();
            this.locked = false;
            this.name = name;
            this.qualifier = qualifier;
            this.owner = output.open();
            this.columns = output.named();
            this.tenantColumn = output.named().entrySet().stream()
                    .filter(column -> column.getValue().tenant())
                    .map(column -> new SqlName(column.getKey(), false))
                    .filter(column -> column.sql().equals(column.text()))
                    .findFirst()
                    .orElse(null);
            this.stored = false;
            this.dependent = false;
            this.restricted = owner == null;
        }

        // A key of rows that are nobody's may be another tenant's, and the library's rows may refer to rows that are
        // its own.
        private @Nullable Refers own(String row) {
            return owner == null
                            || row.startsWith(Relation.ROW)
                            || library != null && row.startsWith(Relation.REFERENCE)
                    ? null
                    : new Refers(
                            row.startsWith(Relation.REFERENCE) ? row.substring(Relation.REFERENCE.length()) : row,
                            List.of());
        }

        /** What stands in a column is one of the tenant's rows. */
        void refer(String column, Relation.Reference reference) {
            if (library != null && reference.targets().stream().anyMatch(to -> to.library() == null)) {
                return;
            }
            Trait known = trait(column);
            columns.put(column, new Trait(known.tenant(), known.row(), null, new Refers(reference.of(), List.of())));
        }

        Trait trait(String column) {
            return columns.getOrDefault(column, Trait.NONE);
        }

        /** Whether none of its rows in the result is another's, as far as rows are only read. */
        boolean isReadable() {
            return restricted || shared;
        }

        boolean isShared() {
            return shared;
        }

        /** Holds its rows to the tenant and the library; by which values, where the text has them. */
        boolean share(@Nullable List<Value> values) {
            boolean more = values == null ? !shared : within.add(values);
            shared = true;
            return more;
        }

        boolean hold(@Nullable Value value) {
            boolean more = value == null ? !restricted : values.add(value);
            restricted = true;
            return more;
        }
    }

    /** A condition, the rows of which none is left that does not meet it, and those of its block that its names can mean. */
    record Condition(Conditions.Conjunct conjunct, Set<Rows> restricted, Set<Rows> visible) {}

    /** Two tables of one join with USING: a column is equal in both. */
    record EqualTenants(Rows left, Rows right, String column) {

        /** Whether that shows something new of the right one, whose rows are in the result only where the columns are equal. */
        boolean apply() {
            boolean tenants = right.owner != null
                    && left.trait(column).tenant()
                    && right.trait(column).tenant();
            if (tenants && !right.restricted && left.restricted) {
                return right.hold(null);
            }
            return tenants && !right.isReadable() && right.library != null && left.isShared() && right.share(null);
        }
    }

    final @Nullable Scope outer;
    final Map<String, Rows> rows = new LinkedHashMap<>();
    final Map<String, Named> queries = new HashMap<>();
    final List<Condition> conditions = new ArrayList<>();
    final List<EqualTenants> equalTenants = new ArrayList<>();
    /** Whether something in FROM has a name that only the database knows. */
    boolean hasNameless;

    /** The table of a MERGE: what is to be named in its ON depends on what it does with the rows. */
    @Nullable Rows mergeTarget;

    /** Columns that a join made one of two, and whose value each has. */
    final Map<String, Rows> merged = new HashMap<>();

    /** Columns of which a join may have made one of two, and nobody can tell whose value it has. */
    final Set<String> uncertain = new HashSet<>();

    /** What USING gave a name: the columns that it made. */
    final Map<String, Map<String, Rows>> joined = new HashMap<>();

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    /** What stands beside a derived table in FROM is not visible inside of it; what WITH names is. */
    static Scope beside(Scope scope) {
        Scope inside = new Scope(scope.outer);
        inside.queries.putAll(scope.queries);
        return inside;
    }

    /** The same block where only some of its rows can be meant. */
    Scope seeing(Set<Rows> visible) {
        Scope part = new Scope(outer);
        part.queries.putAll(queries);
        part.hasNameless = hasNameless;
        rows.forEach((key, one) -> {
            if (visible.contains(one)) {
                part.rows.put(key, one);
            }
        });
        part.uncertain.addAll(uncertain);
        merged.forEach((column, one) -> {
            if (visible.contains(one)) {
                part.merged.put(column, one);
            } else {
                part.uncertain.add(column);
            }
        });
        part.joined.putAll(joined);
        return part;
    }

    /** Null if its name is taken. */
    @Nullable Rows add(Rows added) {
        return rows.put(added.name.key(), added) == null ? added : null;
    }

    @Nullable Named query(SqlName name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Named found = scope.queries.get(name.key());
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** What a column shows the value of; null if that is not certain. */
    @Nullable Rows shown(@Nullable SqlName qualifier, String column) {
        return qualifier == null && uncertain.contains(column) ? null : rows(qualifier, column);
    }

    /** What a column is of, as far as a condition on it restricts that; null if that is not certain. */
    @Nullable Rows rows(@Nullable SqlName qualifier, String column) {
        if (qualifier != null) {
            for (Scope scope = this; scope != null; scope = scope.outer) {
                if (scope.joined.containsKey(qualifier.key())) {
                    return scope.joined.get(qualifier.key()).get(column);
                }
                Rows found = scope.rows.get(qualifier.key());
                if (found != null) {
                    return found.name.isSame(qualifier) ? found : null;
                }
                if (scope.hasNameless) {
                    return null;
                }
            }
            return null;
        }
        if (merged.containsKey(column)) {
            return merged.get(column);
        }
        List<Rows> possible = rows.values().stream()
                .filter(one -> one.columns.containsKey(column))
                .toList();
        return possible.size() == 1 ? possible.get(0) : null;
    }
}
