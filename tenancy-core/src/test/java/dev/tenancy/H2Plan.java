package dev.tenancy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How H2 itself has understood a statement: behind each table of its plan stands how it is read, and each owned one has to be read by an
 * index whose condition is on the tenant, or be compared in the statement as H2 writes it out. That shows less than PostgreSQL's
 * plan: whether a comparison in ON keeps a row out is not told.
 */
final class H2Plan {

    private static final Pattern EXPLAINED =
            Pattern.compile("(?is)[\\s(]*(select|with|values|insert|update|delete|merge)\\b.*");
    // A table, perhaps its alias, and the comment that tells how it is read.
    private static final Pattern READ = Pattern.compile(
            "\"?PUBLIC\"?\\.(\"[^\"]+\"|\\w+)(?: (\"[^\"]+\"|\\w+))?(?:\\([^()]*\\))?\\s*/\\* (?:PUBLIC\\.[\\w\".]+?)(: [^*]*)?\\s*(?:\\*/|/\\*)");
    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*(?:(?!/\\*|\\*/).)*\\*/");
    private static final Pattern NOTHING = Pattern.compile("(?:WHERE|ON)\\s+\\(*FALSE\\b");
    private static final String HELD = "TENANT_ID\"? (=|IS NOT DISTINCT FROM|IN\\()";

    private H2Plan() {}

    /** What is wrong with the plan of a statement; empty if nothing is, or if such a statement has none. */
    static List<String> faults(Connection connection, String sql) throws SQLException {
        if (!EXPLAINED.matcher(sql).matches()) {
            return List.of();
        }
        List<String> faults = new ArrayList<>();
        try (PreparedStatement explaining = connection.prepareStatement("explain " + sql)) {
            int parameters = explaining.getParameterMetaData().getParameterCount();
            for (int i = 1; i <= parameters; i++) {
                explaining.setObject(i, null);
            }
            try (ResultSet plan = explaining.executeQuery()) {
                while (plan.next()) {
                    faults.addAll(faults(plan.getString(1)));
                }
            }
        }
        return faults;
    }

    private static List<String> faults(String plan) {
        List<String> faults = new ArrayList<>();
        String statement = withoutComments(plan);
        if (NOTHING.matcher(statement).find()) {
            // A block that can have no rows is printed without its other conditions.
            return faults;
        }
        Matcher read = READ.matcher(plan);
        while (read.find()) {
            String table = bare(read.group(1));
            boolean byTenant = read.group(3) != null
                    && Pattern.compile(HELD).matcher(read.group(3)).find();
            String alias = read.group(2) == null ? table : bare(read.group(2));
            boolean compared = Pattern.compile("(?:\"?" + Pattern.quote(alias) + "\"?\\.|(?<![.\"\\w]))\"?" + HELD
                            + "|= \"?" + Pattern.quote(alias) + "\"?\\.\"?TENANT_ID")
                    .matcher(statement)
                    .find();
            boolean nothing = ": FALSE"
                    .equals(read.group(3) == null ? null : read.group(3).strip());
            if (OracleTables.isOwned(table) && !byTenant && !compared && !nothing) {
                faults.add("scan of " + table + " is held by no tenant: "
                        + read.group().replaceAll("\\s+", " "));
            }
        }
        return faults;
    }

    private static String withoutComments(String plan) {
        String text = plan;
        for (String before = ""; !before.equals(text); ) {
            before = text;
            text = COMMENT.matcher(before).replaceAll(" ");
        }
        return text;
    }

    private static String bare(String name) {
        return name.replace("\"", "");
    }
}
