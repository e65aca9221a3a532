package dev.tenancy.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The tables as migrations would make them: as many keys and indexes with tenants as without, but each begins with the tenant. */
final class Schema {

    /** A role that policies hold. */
    static final String ROLE = "application";

    private Schema() {}

    static void create(Variant variant, String url, String user) throws SQLException {
        boolean owned = variant != Variant.NONE;
        String tenant = owned ? "tenant_id uuid not null, " : "";
        String first = owned ? "tenant_id, " : "";
        List<String> statements = new ArrayList<>(List.of(
                "create table customer (" + tenant + "id uuid not null, version bigint not null, name varchar(255),"
                        + " primary key (" + first + "id))",
                "create table task (" + tenant + "id uuid not null, version bigint not null, name varchar(255),"
                        + " minutes integer not null, customer_id uuid, primary key (" + first + "id))",
                "create index task_customer on task (" + first + "customer_id)",
                "alter table task add foreign key (" + first + "customer_id) references customer (" + first + "id)"));
        if (variant == Variant.POLICIES) {
            statements.add("create role " + ROLE + " login");
            for (String table : List.of("customer", "task")) {
                String own = "(tenant_id = current_setting('app.tenant')::uuid)";
                statements.add("grant select, insert, update, delete on " + table + " to " + ROLE);
                statements.add("alter table " + table + " enable row level security");
                statements.add("alter table " + table + " force row level security");
                statements.add("create policy tenancy_isolation on " + table + " using " + own + " with check " + own);
            }
        }
        try (Connection connection = DriverManager.getConnection(url, user, "");
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }
}
