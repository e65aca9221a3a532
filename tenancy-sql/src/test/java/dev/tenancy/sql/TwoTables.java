package dev.tenancy.sql;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An owned table with a dependent one, two with a library, a global table, and functions of which one is harmful. */
final class TwoTables implements Catalog {

    private static final Map<String, Relation> TABLES = Map.of(
            "customer",
            new Relation(
                    new SqlName("customer", false),
                    "Customer",
                    new SqlName("tenant_id", false),
                    Map.of("id", "Customer", "ctid", Relation.ROW + "customer"),
                    false),
            "customer_note",
            new Relation(
                    new SqlName("customer_note", false),
                    "Customer.notes",
                    new SqlName("tenant_id", false),
                    Map.of("customer_id", "Customer"),
                    true),
            "order",
            new Relation(new SqlName("order", true), "Order", new SqlName("Tenant", true), Map.of("id", "Order"), true),
            "account",
            new Relation(
                            new SqlName("account", false),
                            "Account",
                            new SqlName("tenant_id", false),
                            Map.of("id", "Account", "ctid", Relation.ROW + "account"),
                            false)
                    .withLibrary("lib"),
            "account_tag",
            new Relation(
                            new SqlName("account_tag", false),
                            "Account.tags",
                            new SqlName("tenant_id", false),
                            Map.of("account_id", "Account"),
                            true)
                    .withLibrary("lib"),
            "currency",
            Relation.global(new SqlName("currency", false)));

    static StatementProver on(SqlDialect dialect) {
        return new StatementProver(dialect, new TwoTables());
    }

    @Override
    public @Nullable Relation relation(@Nullable SqlName schema, SqlName name) {
        return TABLES.get(name.key());
    }

    @Override
    public boolean isOwned(SqlName name) {
        Relation found = TABLES.get(name.key());
        return found != null && found.owner() != null;
    }

    @Override
    public boolean mayReach(SqlName name) {
        return isOwned(name);
    }

    @Override
    public boolean isHarmlessFunction(SqlName name) {
        return !name.key().equals("query_to_xml");
    }

    @Override
    public boolean isFunctionOfRows(SqlName name) {
        return name.key().equals("leak");
    }

    @Override
    public boolean isHarmlessOperator(String operator) {
        return !operator.equals("===");
    }
}
