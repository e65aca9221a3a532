package dev.tenancy;

import dev.tenancy.LiveSchema.LiveTable;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.hibernate.boot.Metadata;
import org.jspecify.annotations.Nullable;

/** What {@link Doctor} finds in PostgreSQL's row-level security, if it is on for any owned table. */
final class PolicyCheck {

    private static final String TABLE =
            "select c.oid, c.relrowsecurity, c.relforcerowsecurity, pg_has_role(c.relowner, 'USAGE') as is_owner,"
                    + " has_table_privilege(c.oid, 'TRUNCATE') as may_truncate from pg_class c join pg_namespace n on n.oid ="
                    + " c.relnamespace where n.nspname = ? and c.relname = ?";

    /** A table, and what PostgreSQL knows of it. */
    private record Guarded(
            TenantTable mapped,
            LiveTable live,
            long oid,
            boolean on,
            boolean forced,
            boolean owner,
            boolean truncate) {}

    private record Policy(
            String name,
            boolean permissive,
            String command,
            List<String> roles,
            @Nullable String using,
            @Nullable String check) {}

    private final OwnedEntities owned;
    private final Connection connection;
    private final List<Finding> findings = new ArrayList<>();

    private PolicyCheck(OwnedEntities owned, Connection connection) {
        this.owned = owned;
        this.connection = connection;
    }

    static List<Finding> examine(Metadata metadata, OwnedEntities owned, LiveSchema schema) throws SQLException {
        if (schema.database() != Database.POSTGRESQL) {
            return List.of();
        }
        PolicyCheck check = new PolicyCheck(owned, schema.connection());
        List<Guarded> tables = check.tables(metadata, schema);
        if (tables.stream().anyMatch(Guarded::on)) {
            check.role(tables);
            for (Guarded table : tables) {
                check.table(table);
            }
        }
        return check.findings;
    }

    /** Whether row-level security is on for any owned table, so that each transaction has to say whose it is. */
    static boolean hasPolicies(Metadata metadata, OwnedEntities owned, LiveSchema schema) throws SQLException {
        return schema.database() == Database.POSTGRESQL
                && new PolicyCheck(owned, schema.connection())
                        .tables(metadata, schema).stream().anyMatch(Guarded::on);
    }

    private List<Guarded> tables(Metadata metadata, LiveSchema schema) throws SQLException {
        List<Guarded> tables = new ArrayList<>();
        for (TenantTable mapped : TenantTable.of(metadata, owned)) {
            Optional<LiveTable> live = schema.find(mapped.table());
            if (live.isEmpty()) {
                continue;
            }
            try (PreparedStatement query = connection.prepareStatement(TABLE)) {
                query.setString(1, live.get().schema());
                query.setString(2, live.get().name());
                try (ResultSet row = query.executeQuery()) {
                    if (row.next()) {
                        tables.add(new Guarded(
                                mapped,
                                live.get(),
                                row.getLong(1),
                                row.getBoolean(2),
                                row.getBoolean(3),
                                row.getBoolean(4),
                                row.getBoolean(5)));
                    }
                }
            }
        }
        return tables;
    }

    private void role(List<Guarded> tables) throws SQLException {
        String sql = "select rolname, rolsuper, rolbypassrls, exists (select 1 from pg_roles a where a.rolname = '"
                + RowPolicies.ACROSS + "' and pg_has_role(a.oid, 'USAGE')) from pg_roles where rolname = current_user";
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet row = query.executeQuery()) {
            row.next();
            String role = row.getString(1);
            String subject = "The database role " + role;
            boolean exempt = row.getBoolean(2) || row.getBoolean(3);
            List<String> bare = tables.stream()
                    .filter(one -> one.on() && one.owner() && !one.forced())
                    .map(one -> one.live().name())
                    .toList();
            if (exempt) {
                findings.add(Fault.ROLE_BYPASSES.found(
                        subject,
                        "is a superuser or has BYPASSRLS",
                        "create role app login nosuperuser nobypassrls, and connect as it"));
                // Such a role has every privilege, so that the rest would only repeat it.
                return;
            }
            if (!bare.isEmpty()) {
                findings.add(Fault.ROLE_BYPASSES.found(
                        subject,
                        "is the owner of " + String.join(", ", bare) + ", where row-level security is not forced",
                        bare.stream()
                                .map(one -> "alter table " + RowPolicies.exact(one) + " force row level security")
                                .reduce((one, other) -> one + ";\n" + other)
                                .orElseThrow()));
            }
            if (row.getBoolean(4)) {
                findings.add(Fault.ACROSS_INHERITED.found(
                        subject,
                        "inherits " + RowPolicies.ACROSS,
                        "grant " + RowPolicies.ACROSS + " to " + RowPolicies.exact(role)
                                + " with inherit false, set true"));
            }
            tables.stream()
                    .filter(Guarded::truncate)
                    .forEach(one -> findings.add(Fault.TRUNCATE_GRANTED.found(
                            subject,
                            "may TRUNCATE " + one.live().name(),
                            "revoke truncate on " + RowPolicies.exact(one.live().name()) + " from "
                                    + RowPolicies.exact(role))));
        }
    }

    private void table(Guarded table) throws SQLException {
        String condition =
                RowPolicies.condition(RowPolicies.quoted(table.mapped().column()), owned.tenantType());
        List<Policy> policies = policies(table.oid());
        String subject = "The table " + table.live().name();
        String mend = String.join(";\n", RowPolicies.isolation(table.mapped(), owned.tenantType()));
        if (!table.on() || policies.stream().noneMatch(one -> one.name().equals(RowPolicies.ISOLATION))) {
            findings.add(Fault.NO_POLICY.found(
                    subject,
                    table.on()
                            ? "has row-level security, but no policy " + RowPolicies.ISOLATION
                            : "has no row-level security",
                    mend));
        }
        Object library = table.mapped().library();
        if (library != null && policies.stream().noneMatch(one -> one.name().equals(RowPolicies.LIBRARY))) {
            findings.add(Fault.NO_POLICY.found(
                    subject,
                    "has rows that every tenant reads, but no policy " + RowPolicies.LIBRARY + " that shows them",
                    mend));
        }
        for (Policy policy : policies) {
            if (library != null && policy.name().equals(RowPolicies.LIBRARY)) {
                String wanted = RowPolicies.libraryCondition(
                        RowPolicies.quoted(table.mapped().column()), library);
                if (!isOfLibrary(policy, wanted)) {
                    findings.add(Fault.WRONG_POLICY.found(
                            subject,
                            "has the policy " + policy.name() + ", which is not \"for select using (" + wanted + ")\"",
                            "drop policy " + RowPolicies.LIBRARY + " on "
                                    + RowPolicies.exact(table.live().name()) + ";\n" + mend));
                }
            } else if (!isRight(policy, condition)) {
                findings.add(Fault.WRONG_POLICY.found(
                        subject,
                        "has the policy " + policy.name() + ", which is not \"using (" + condition + ") with check ("
                                + condition + ")\" for all commands",
                        "drop policy " + RowPolicies.exact(policy.name()) + " on "
                                + RowPolicies.exact(table.live().name()) + ";\n" + mend));
            }
        }
    }

    private static boolean isOfLibrary(Policy policy, String condition) {
        return policy.permissive()
                && policy.command().equals("r")
                && policy.roles().isEmpty()
                && policy.using() != null
                && RowPolicies.isSame(policy.using(), condition);
    }

    // A restrictive policy can only take more rows away.
    private static boolean isRight(Policy policy, String condition) {
        if (policy.name().equals(RowPolicies.ISOLATION)) {
            return policy.permissive()
                    && policy.command().equals("*")
                    && policy.roles().isEmpty()
                    && policy.using() != null
                    && RowPolicies.isSame(policy.using(), condition)
                    && (policy.check() == null || RowPolicies.isSame(policy.check(), condition));
        }
        boolean across = policy.command().equals("r") && policy.roles().equals(List.of(RowPolicies.ACROSS));
        return across || !policy.permissive();
    }

    private List<Policy> policies(long table) throws SQLException {
        List<Policy> policies = new ArrayList<>();
        // pg_policies shows the same, by names that need not be unique.
        try (PreparedStatement query = connection.prepareStatement(
                "select polname, polpermissive, polcmd, array(select rolname::text from pg_roles where oid = any(polroles)),"
                        + " pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) from pg_policy where polrelid"
                        + " = ?")) {
            query.setLong(1, table);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    Array roles = rows.getArray(4);
                    policies.add(new Policy(
                            rows.getString(1),
                            rows.getBoolean(2),
                            rows.getString(3),
                            Arrays.asList((String[]) roles.getArray()),
                            rows.getString(5),
                            rows.getString(6)));
                }
            }
        }
        return policies;
    }
}
