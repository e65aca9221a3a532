package dev.tenancy;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.annotations.TenantId;

/**
 * The tables that the oracle's statements are about, of every kind: keys (tenant_id, id) with the same ids in both tenants,
 * partitions by tenant, a reserved word, a name of full length and one of other letters than ASCII's, a domain and a generated
 * column, unique expressions, parts of a row in other tables, and tables that are nobody's.
 */
final class OracleTables {

    static final UUID A = UUID.fromString("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa");
    static final UUID B = UUID.fromString("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb");

    /** In each text of A's rows, and never in a statement; short, as messages cut values off. */
    static final String SECRET = "Q7X";

    private static final int LARGE_OBJECT = 90_001;
    // As long as PostgreSQL's names can be, which cuts off what is longer.
    private static final String LONG_NAME = "a_name_as_long_as_names_can_be_in_postgresql_which_is_63_bytes_";
    private static final List<String> GLOBAL = List.of("currency", "\"user\"", "history");
    private static final String COLUMNS = "id, name, amount, data, tags, ref, partner_id";

    static final Class<?>[] ENTITIES = {
        Customer.class,
        Invoice.class,
        Item.class,
        Order.class,
        LongName.class,
        Asset.class,
        Car.class,
        Doc.class,
        Size.class,
        Currency.class,
        User.class
    };

    private OracleTables() {}

    @MappedSuperclass
    static class Row {
        @Id
        int id;

        @TenantId
        @Column(name = "tenant_id")
        UUID tenantId;

        String name;
    }

    @Entity
    @Table(name = "customer")
    static class Customer extends Row {
        @ElementCollection
        @CollectionTable(name = "customer_label", joinColumns = @JoinColumn(name = "customer_id"))
        @Column(name = "label")
        Set<String> labels = new HashSet<>();
    }

    @Entity
    @Table(name = "invoice")
    static class Invoice extends Row {}

    @Entity
    @Table(name = "item")
    static class Item extends Row {}

    @Entity
    @Table(name = "`order`")
    static class Order extends Row {}

    @Entity
    @Table(name = LONG_NAME)
    static class LongName extends Row {}

    @Entity
    @Table(name = "asset")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Asset extends Row {}

    @Entity
    @Table(name = "car")
    static class Car extends Asset {
        String plate;
    }

    @Entity
    @Table(name = "doc")
    @SecondaryTable(name = "doc_more")
    static class Doc extends Row {
        @Column(table = "doc_more")
        String more;
    }

    @Entity
    @Table(name = "größe")
    static class Size extends Row {}

    @Entity
    @Table(name = "currency")
    @GlobalEntity(reason = "ISO currency list")
    static class Currency {
        @Id
        int id;

        String name;
    }

    @Entity
    @Table(name = "`user`")
    @GlobalEntity(reason = "people are in several tenants")
    static class User {
        @Id
        int id;

        String name;
    }

    /** Owned tables that have all columns. */
    static List<String> owned() {
        return List.of("customer", "invoice", "item", "\"order\"", "asset", "doc", "größe", LONG_NAME);
    }

    /** Owned tables that hold parts of another's rows: the key's column, and one with a text. */
    static List<List<String>> dependent() {
        return List.of(
                List.of("car", "id", "plate"),
                List.of("doc_more", "id", "more"),
                List.of("customer_label", "customer_id", "label"));
    }

    static List<String> global() {
        return GLOBAL;
    }

    /** Whether a table of the database has a tenant, by the name that the database gives it. */
    static boolean isOwned(String table) {
        return Stream.concat(owned().stream(), dependent().stream().map(part -> part.get(0)))
                .map(name -> name.replace("\"", ""))
                .anyMatch(name -> table.equalsIgnoreCase(name) || table.matches(name + "_[ab01]"));
    }

    static int largeObject() {
        return LARGE_OBJECT;
    }

    /** The schema, the global rows, B's, and where asked for, A's before them. */
    static List<String> sql(boolean postgres, boolean withA) {
        List<String> sql = new ArrayList<>();
        if (postgres) {
            sql.add("create domain tenant_key as uuid");
        }
        for (String table : owned()) {
            String columns = columns(postgres);
            if (postgres && table.equals("doc")) {
                columns = columns.replace("partner_id uuid", "partner_id tenant_key");
            }
            sql.add("create table " + table + " (tenant_id uuid not null, " + columns
                    + (table.equals("item") ? ", shout " + generated(postgres) : "")
                    + ", primary key (tenant_id, id))" + (postgres ? partitioning(table) : ""));
        }
        for (List<String> table : dependent()) {
            String key = table.get(1).equals("id") ? "id" : table.get(1) + ", " + table.get(2);
            sql.add("create table " + table.get(0) + " (tenant_id uuid not null, " + table.get(1) + " int not null, "
                    + table.get(2) + (postgres ? " text" : " varchar") + ", primary key (tenant_id, " + key + "))");
        }
        GLOBAL.forEach(table -> sql.add("create table " + table + " (" + columns(postgres) + ", primary key (id))"));
        sql.add("create view customer_view as select * from customer");
        sql.add("create view currency_view as select * from currency");
        sql.add("create sequence oracle_seq");
        if (postgres) {
            sql.addAll(partitions());
        }
        sql.addAll(rows(postgres, withA));
        if (postgres) {
            sql.addAll(ofPostgres(withA));
        }
        return sql;
    }

    static List<String> rows(boolean postgres, boolean withA) {
        List<String> sql = new ArrayList<>();
        if (withA) {
            // So that the least is A's, and the greatest.
            owned(postgres, A, "0" + SECRET + "-", 1, 2, -100, B, sql);
            owned(postgres, A, "z" + SECRET + "-", 3, 5, 100, B, sql);
        }
        owned(postgres, B, "own-b", 1, 3, 0, A, sql);
        for (String table : GLOBAL) {
            for (int id = 1; id <= 3; id++) {
                sql.add("insert into " + table + " (" + COLUMNS + ") values (" + values(postgres, id, "global-", 50, B)
                        + ")");
            }
        }
        return sql;
    }

    private static void owned(
            boolean postgres,
            UUID tenant,
            String name,
            int first,
            int last,
            int amount,
            UUID partner,
            List<String> sql) {
        for (int id = first; id <= last; id++) {
            String values = values(postgres, id, name, amount, partner);
            for (String table : owned()) {
                sql.add("insert into " + table + " (tenant_id, " + COLUMNS + ") values ('" + tenant + "', " + values
                        + ")");
            }
            for (List<String> table : dependent()) {
                sql.add("insert into " + table.get(0) + " (tenant_id, " + table.get(1) + ", " + table.get(2)
                        + ") values ('" + tenant + "', " + id + ", '" + name + id + "')");
            }
        }
    }

    private static String values(boolean postgres, int id, String name, int amount, UUID partner) {
        String json = "'{\"k\":\"" + name + id + "\",\"n\":" + (amount + id) + "}'";
        return id + ", '" + name + id + "', " + (amount + id * 2) + ", " + (postgres ? json : "json " + json)
                + ", array['" + name + id + "', 'x'], " + (id % 3 + 1) + ", '" + partner + "'";
    }

    private static String columns(boolean postgres) {
        return postgres
                ? "id int not null, name text, amount int, data jsonb, tags text[], ref int, partner_id uuid"
                : "id int not null, name varchar, amount int, data json, tags varchar array, ref int, partner_id uuid";
    }

    private static String generated(boolean postgres) {
        return postgres ? "text generated always as (upper(name)) stored" : "varchar generated always as (upper(name))";
    }

    private static String partitioning(String table) {
        return switch (table) {
            case "invoice" -> " partition by list (tenant_id)";
            case "item" -> " partition by hash (tenant_id)";
            default -> "";
        };
    }

    private static List<String> partitions() {
        return List.of(
                "create table invoice_a partition of invoice for values in ('" + A + "')",
                "create table invoice_b partition of invoice for values in ('" + B + "')",
                "create table item_0 partition of item for values with (modulus 2, remainder 0)",
                "create table item_1 partition of item for values with (modulus 2, remainder 1)");
    }

    // What only a server's administrator could have made, and the application's role may use.
    private static List<String> ofPostgres(boolean withA) {
        String read = "select max(name) from public.customer";
        return List.of(
                "create function peek() returns text language sql stable as '" + read + "'",
                "create function peek_immutable() returns text language sql immutable as '" + read + "'",
                "create function peek_dynamic(what text) returns text language plpgsql as 'declare r text; begin execute"
                        + " ''sel'' || ''ect max(name) from '' || what into r; return r; end'",
                "create function peek_behind(text, text) returns text language sql stable as '" + read + "'",
                "create operator === (function = peek_behind, leftarg = text, rightarg = text)",
                "create materialized view customer_copy as select * from customer",
                "create materialized view currency_copy as select * from currency",
                "create unique index doc_name on doc (tenant_id, lower(name))",
                "create table region (id int primary key, name text)",
                "insert into region values (1, 'r'), (2, 'r'), (3, 'r')",
                "alter table asset add foreign key (ref) references region (id)",
                driversOwn(),
                withA ? "select lo_from_bytea(" + LARGE_OBJECT + ", '" + SECRET + "')" : "select 1",
                "analyze");
    }

    /** Unique in all tenants, which no start accepts; A's rows only are above 3, so that B's can meet them there. */
    static List<String> uniqueAcrossTenants() {
        return List.of(
                "create unique index doc_large on doc ((nullif(greatest(id, 3), 3)))",
                "create unique index doc_odd on doc ((nullif(greatest(id, 3), 3) + length(tenant_id::text)))");
    }

    /** As the driver names the statements that it prepares for whoever comes. */
    static String driversOwn() {
        return "prepare \"S_1\" as select max(name) from customer";
    }

    /** All rows of all tables as texts, each with its tenant behind the table's name. */
    static String content(boolean postgres) {
        Stream<String> owned = owned().stream().map(table -> content(table, "tenant_id", COLUMNS, postgres));
        Stream<String> dependent = dependent().stream()
                .map(table -> content(table.get(0), "tenant_id", table.get(1) + ", " + table.get(2), postgres));
        Stream<String> global = GLOBAL.stream().map(table -> content(table, "null", COLUMNS, postgres));
        return Stream.of(owned, dependent, global).flatMap(one -> one).collect(Collectors.joining(" union all "));
    }

    private static String content(String table, String tenant, String columns, boolean postgres) {
        String row = Stream.of(columns.split(", "))
                .map(column -> "coalesce(cast(" + column + " as " + (postgres ? "text" : "varchar") + "), '-')")
                .collect(Collectors.joining(" || ' ' || "));
        return "select '" + table.replace("\"", "") + " ' || coalesce(cast(" + tenant
                + " as varchar(36)), '') || ' ' || " + row + " from public." + table;
    }

    /** Puts back what a statement has committed. */
    static List<String> clearing() {
        return Stream.of(owned().stream(), dependent().stream().map(table -> table.get(0)), GLOBAL.stream())
                .flatMap(one -> one)
                .map(table -> "delete from " + table)
                .toList();
    }
}
