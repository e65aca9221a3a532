package dev.tenancy;

import java.io.StringReader;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

/**
 * How PostgreSQL itself has understood a statement: its plan, in which each scan of an owned table has to be held to a tenant by
 * a condition of its own, or of a join above it that keeps its other rows out. Knows nothing of the text.
 */
final class PostgresPlan {

    private static final Pattern EXPLAINED =
            Pattern.compile("(?is)[\\s(]*(select|with|values|insert|update|delete|merge)\\b.*");
    private static final Pattern COMMENTS =
            Pattern.compile("(?s)^(\\s+|--[^\\n]*\\n|/\\*([^/*]|/\\*.*?\\*/|[/*])*?\\*/)+");
    private static final List<String> CONDITIONS = List.of("Filter", "Index-Cond", "Recheck-Cond", "TID-Cond");
    private static final List<String> JOIN_CONDITIONS = List.of("Join-Filter", "Hash-Cond", "Merge-Cond");
    private static final String COLUMN = "(?:(\\w+|\"[^\"]+\")\\.)?(\\w+|\"[^\"]+\")";
    private static final Pattern EQUAL = Pattern.compile("\\(?" + COLUMN + "(?:\\)::\\w+)?\\)? = \\(?(.+?)\\)?");
    private static final Pattern CONSTANT = Pattern.compile("\\(*'" + OracleTables.B + "'(::\\w+)*\\)*");
    private static final Pattern ONE_OF =
            Pattern.compile(" = ANY \\((?:'\\{|ARRAY\\[')([^,{}']+)(?:}'::(?=\\w+\\[])|'::)(\\w+)(?:\\[])?]?\\)$");
    private static final Pattern ALIASED = Pattern.compile("\\(?" + COLUMN + "\\)?(?:::\\w+)?");
    private static final Set<String> DERIVED =
            Set.of("Subquery Scan", "CTE Scan", "WorkTable Scan", "Named Tuplestore Scan");
    private static final Pattern HARMFUL =
            Pattern.compile("\\b(peek\\w*|\\w+_to_xml\\w*|pg_read_\\w+|lo_get|loread|set_config|ts_stat)\\(");

    private final Predicate<String> owned;
    private final Map<String, List<Element>> byAlias = new HashMap<>();
    private final List<Element> plans = new ArrayList<>();
    // Of rows that a statement writes and does not read, those are left that it makes, which are compared with the
    // copy, or none.
    private final Set<String> written = new HashSet<>();

    private PostgresPlan(Predicate<String> owned, Element root) {
        this.owned = owned;
        collect(root);
    }

    /**
     * What is wrong with the plan of a statement; empty if nothing is, or if such a statement has none.
     *
     * @param owned tells the tables with a tenant
     * @throws SQLException if the database does not explain it
     */
    static List<String> faults(Connection connection, String sql, Predicate<String> owned) throws SQLException {
        if (!EXPLAINED.matcher(COMMENTS.matcher(sql).replaceFirst("")).matches()) {
            return List.of();
        }
        try (PreparedStatement statement = connection.prepareStatement("explain (verbose, format xml) " + sql)) {
            ParameterMetaData parameters = statement.getParameterMetaData();
            for (int i = 1; i <= parameters.getParameterCount(); i++) {
                statement.setObject(i, value(parameters.getParameterTypeName(i)));
            }
            try (ResultSet plan = statement.executeQuery()) {
                plan.next();
                return new PostgresPlan(owned, parsed(plan.getString(1))).faults();
            }
        }
    }

    // The tenant wherever one may stand; for anything else, something.
    private static Object value(String type) {
        return switch (type) {
            case "uuid" -> OracleTables.B;
            case "int2", "int4", "int8", "numeric", "float4", "float8" -> 1;
            case "bool" -> true;
            default -> "o";
        };
    }

    private static Element parsed(String xml) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(xml)))
                    .getDocumentElement();
        } catch (Exception malformed) {
            throw new IllegalStateException(xml, malformed);
        }
    }

    private void collect(Element element) {
        if (element.getTagName().equals("Plan")) {
            plans.add(element);
            String alias = text(element, "Alias");
            if (alias != null && "ModifyTable".equals(text(element, "Node-Type"))) {
                written.add(alias);
            }
            if (alias != null && String.valueOf(text(element, "Node-Type")).endsWith("Scan")) {
                byAlias.computeIfAbsent(alias, one -> new ArrayList<>()).add(element);
            }
        }
        children(element).forEach(this::collect);
    }

    private static Stream<Element> children(Element element) {
        return Stream.iterate(element.getFirstChild(), one -> one != null, Node::getNextSibling)
                .filter(Element.class::isInstance)
                .map(Element.class::cast);
    }

    private static String text(Element plan, String name) {
        return children(plan)
                .filter(one -> one.getTagName().equals(name))
                .map(Element::getTextContent)
                .findFirst()
                .orElse(null);
    }

    private List<String> faults() {
        List<String> faults = new ArrayList<>();
        for (Element plan : plans) {
            String relation = text(plan, "Relation-Name");
            String type = String.valueOf(text(plan, "Node-Type"));
            if (relation != null
                    && type.endsWith("Scan")
                    && owned.test(relation)
                    && !isHeld(plan, text(plan, "Alias"), "tenant_id", new HashSet<>())
                    && !isProbed(plan)) {
                faults.add(type + " of " + relation + " is held by no tenant: " + conditions(plan));
            }
            Matcher harmful = HARMFUL.matcher(children(plan)
                    .filter(one -> !one.getTagName().equals("Plans"))
                    .map(Element::getTextContent)
                    .reduce("", (one, other) -> one + " " + other)
                    .replaceAll("'[^']*'", ""));
            if (harmful.find()) {
                faults.add("it calls " + harmful.group(1));
            }
        }
        return faults;
    }

    /** Whether a node fills a table of hashes, in which the tenant's column of a row outside is looked for. */
    private boolean isProbed(Element plan) {
        for (Element one = plan; one != null; one = above(one)) {
            String subplan = text(one, "Subplan-Name");
            if (subplan != null) {
                Pattern probe = Pattern.compile("tenant_id = \\(hashed " + Pattern.quote(subplan) + "\\)\\.col");
                return plans.stream()
                        .anyMatch(other -> children(other)
                                .anyMatch(part -> !part.getTagName().equals("Plans")
                                        && probe.matcher(part.getTextContent()).find()));
            }
        }
        return false;
    }

    /** Whether a column of what a node yields is one value of the statement's. */
    private boolean isHeld(Element plan, String alias, String column, Set<String> asked) {
        if (alias == null || !asked.add(alias + "." + column)) {
            return false;
        }
        for (String printed : conditions(plan)) {
            // A list of one.
            String conjunct = ONE_OF.matcher(printed).replaceFirst(" = '$1'::$2");
            Matcher equal = EQUAL.matcher(conjunct);
            if (equal.matches() && isHeld(equal.group(1), equal.group(2), equal.group(3), alias, column, asked)) {
                return true;
            }
            int at = conjunct.indexOf(" = ");
            String turned = at < 0 ? "" : conjunct.substring(at + 3) + " = " + conjunct.substring(0, at);
            Matcher other = EQUAL.matcher(turned);
            if (other.matches() && isHeld(other.group(1), other.group(2), other.group(3), alias, column, asked)) {
                return true;
            }
        }
        return false;
    }

    private boolean isHeld(String of, String name, String to, String alias, String column, Set<String> asked) {
        boolean itself =
                bare(of == null ? alias : of).equals(alias) && bare(name).equals(column);
        // What stands above a derived table calls its column as that table does.
        boolean above = of != null
                && bare(name).equals(column)
                && byAlias.getOrDefault(bare(of), List.of()).stream()
                        .anyMatch(one -> DERIVED.contains(text(one, "Node-Type")));
        if (!itself && !above) {
            return false;
        }
        if (CONSTANT.matcher(to).matches()) {
            return true;
        }
        Matcher other = ALIASED.matcher(to);
        if (!other.matches()) {
            return false;
        }
        if (other.group(1) == null) {
            // A column of the plan around, whose own scans are looked at by themselves, is printed without its table.
            return bare(other.group(2)).equals("tenant_id");
        }
        String source = bare(other.group(1));
        if (written.contains(source) && !byAlias.containsKey(source)) {
            return true;
        }
        return byAlias.getOrDefault(source, List.of()).stream()
                .anyMatch(one ->
                        DERIVED.contains(text(one, "Node-Type")) || isHeld(one, source, bare(other.group(2)), asked));
    }

    private static String bare(String name) {
        return name.startsWith("\"") ? name.substring(1, name.length() - 1) : name;
    }

    /** The conjuncts that each row of a node meets which is in the result. */
    private List<String> conditions(Element plan) {
        List<String> all = new ArrayList<>();
        CONDITIONS.forEach(name -> split(text(plan, name), all));
        Element child = plan;
        for (Element above = above(plan); above != null; above = above(above)) {
            String type = text(above, "Join-Type");
            String side = text(child, "Parent-Relationship");
            String subplan = text(child, "Subplan-Name");
            if (subplan != null && subplan.startsWith("CTE ")) {
                ofReaders(subplan.substring(4), all);
            }
            if ("SubPlan".equals(side) || "InitPlan".equals(side)) {
                break;
            }
            split(text(above, "Filter"), all);
            if (type != null && holds(type, side)) {
                for (String name : JOIN_CONDITIONS) {
                    split(text(above, name), all);
                }
            }
            child = above;
        }
        return all;
    }

    private static boolean holds(String join, String side) {
        return switch (join) {
            case "Inner", "Semi", "Right Semi" -> "Outer".equals(side) || "Inner".equals(side);
            case "Left", "Anti" -> "Inner".equals(side);
            case "Right", "Right Anti" -> "Outer".equals(side);
            default -> false;
        };
    }

    /** What all that read a query of WITH demand of its rows. */
    private void ofReaders(String query, List<String> all) {
        List<String> common = null;
        for (Element plan : plans) {
            if (query.equals(text(plan, "CTE-Name")) && "CTE Scan".equals(text(plan, "Node-Type"))) {
                List<String> some = conditions(plan);
                if (common == null) {
                    common = new ArrayList<>(some);
                } else if (some.stream().noneMatch(one -> one.contains("tenant_id") || one.contains("= $"))) {
                    common.clear();
                }
            }
        }
        if (common != null) {
            all.addAll(common);
        }
    }

    private static Element above(Element plan) {
        Node parent = plan.getParentNode();
        while (parent instanceof Element element) {
            if (element.getTagName().equals("Plan")) {
                return element;
            }
            parent = parent.getParentNode();
        }
        return null;
    }

    // ((a) AND (b)) is printed so, and has no other AND at that depth.
    private static void split(String condition, List<String> all) {
        if (condition == null) {
            return;
        }
        String inside = condition;
        while (inside.startsWith("(") && end(inside, 0) == inside.length() - 1) {
            inside = inside.substring(1, inside.length() - 1);
        }
        int from = 0;
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            if (c == '(') {
                i = end(inside, i);
            } else if (c == '\'') {
                i = Math.max(i, inside.indexOf('\'', i + 1));
            } else if (inside.startsWith(" AND ", i)) {
                split(inside.substring(from, i), all);
                from = i + 5;
            }
        }
        if (from > 0) {
            split(inside.substring(from), all);
        } else {
            all.add(inside);
        }
    }

    private static int end(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\'') {
                int close = text.indexOf('\'', i + 1);
                i = close < 0 ? text.length() - 1 : close;
            } else {
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                if (depth == 0) {
                    return i;
                }
            }
        }
        return text.length() - 1;
    }
}
