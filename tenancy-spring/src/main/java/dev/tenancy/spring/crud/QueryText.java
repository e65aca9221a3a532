package dev.tenancy.spring.crud;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.query.CommonQueryContract;

/**
 * A query in HQL over the rows of one entity. Requests of one kind make the same text, whatever their values, so that Hibernate
 * translates it once.
 */
final class QueryText {

    /** The alias of the row. */
    static final String ROW = "r";

    private final String entity;
    private final String alias;
    private final Map<String, String> joins = new LinkedHashMap<>();
    private final List<String> conditions = new ArrayList<>();
    private final List<String> order = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    /** @param entity its name in HQL */
    QueryText(String entity) {
        this(entity, ROW);
    }

    /** @param alias of the row, which is another one in a query within a query */
    QueryText(String entity, String alias) {
        this.entity = entity;
        this.alias = alias;
    }

    /** An attribute of the row. Words of HQL are attributes as well. */
    static String attribute(String holder, String name) {
        return holder + ".`" + name + '`';
    }

    /** What the path leads to. Rows that refer to nothing stay, so that a sort drops none of them. */
    String path(AttributePath path) {
        String at = alias;
        for (AttributePath.Step step : path.steps()) {
            String next = attribute(at, step.name());
            at = step.join() ? joins.computeIfAbsent(next, any -> alias + "j" + joins.size()) : next;
        }
        return at;
    }

    String parameter(Object value) {
        values.add(value);
        return ":p" + (values.size() - 1);
    }

    QueryText where(String condition) {
        conditions.add(condition);
        return this;
    }

    QueryText orderBy(String term) {
        order.add(term);
        return this;
    }

    /** How many rows there are. */
    String counting() {
        return selecting("count(" + alias + ")");
    }

    String selecting(String what) {
        StringBuilder text = new StringBuilder("select ")
                .append(what)
                .append(" from ")
                .append(entity)
                .append(' ')
                .append(alias);
        joins.forEach((association, joined) ->
                text.append(" left join ").append(association).append(' ').append(joined));
        append(text, " where ", conditions, " and ");
        append(text, " order by ", order, ", ");
        return text.toString();
    }

    private static void append(StringBuilder text, String before, List<String> parts, String between) {
        if (!parts.isEmpty()) {
            text.append(before).append(String.join(between, parts));
        }
    }

    void bind(CommonQueryContract query) {
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) instanceof Collection<?> several) {
                query.setParameterList("p" + i, several);
            } else {
                query.setParameter("p" + i, values.get(i));
            }
        }
    }
}
