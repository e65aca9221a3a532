package dev.tenancy;

import dev.tenancy.CorpusBench.Entry;
import dev.tenancy.CorpusModel.Color;
import dev.tenancy.CorpusModel.Item;
import dev.tenancy.CorpusModel.LineId;
import dev.tenancy.CorpusModel.Row;
import dev.tenancy.CorpusModel.Tag;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.SharedSessionContract;
import org.hibernate.query.CommonQueryContract;
import org.hibernate.query.MutationQuery;
import org.hibernate.query.SelectionQuery;

/** What is done on the {@link CorpusBench}, by kind. */
final class Corpus {

    // What differs between two runs, whoever runs them.
    private static final String VOLATILE =
            "(?i).*(current|local|offset)[ _]?(date|time|instant).*|instant|rand\\(.*|now\\(.*|cur(date|time)\\(.*|sysdate|pi";

    private Corpus() {}

    /** By the function's name: calls of it, in each place where one can stand. */
    static Map<String, List<Entry>> functions() {
        Map<String, List<Entry>> functions = new LinkedHashMap<>();
        lines(CorpusQueries.SCALARS).forEach(line -> add(functions, line, Corpus::scalar));
        lines(CorpusQueries.AGGREGATES).forEach(line -> add(functions, line, Corpus::aggregate));
        lines(CorpusQueries.WINDOWS).forEach(line -> add(functions, line, Corpus::window));
        lines(CorpusQueries.SETS).forEach(line -> add(functions, line, hql -> List.of(query(hql))));
        functions.put("changesetid", CorpusWork.history("changesetId(l)"));
        functions.put("modificationtype", CorpusWork.history("modificationType(l)"));
        return functions;
    }

    private static void add(
            Map<String, List<Entry>> functions, String line, java.util.function.Function<String, List<Entry>> entries) {
        String[] parts = line.split(" \\| ", 2);
        functions.computeIfAbsent(parts[0], name -> new ArrayList<>()).addAll(entries.apply(parts[1]));
    }

    static List<Entry> expressions() {
        return lines(CorpusQueries.EXPRESSIONS)
                .flatMap(call -> scalar(call).stream())
                .toList();
    }

    static List<Entry> conditions() {
        return lines(CorpusQueries.CONDITIONS)
                .flatMap(condition -> Stream.of(
                        query("select i.id from Item i where " + condition),
                        query("select i.id, case when %s then 1 else 0 end from Item i".formatted(condition)),
                        query("select i.id from Item i left join i.parent p on not (%s)".formatted(condition)),
                        query("select t.name from Team t join t.items i where not (%s) or t.id = 1"
                                .formatted(condition)),
                        mutation("update Item i set i.name = 'x' where " + condition),
                        mutation("delete from Item i where i.id = 9 and (%s)".formatted(condition))))
                .toList();
    }

    static List<Entry> queries() {
        return lines(CorpusQueries.SELECTS).map(Corpus::query).toList();
    }

    /** @param ids the entities that are worked on one by one, with the id of a row of each */
    static List<Entry> works(Map<? extends Class<? extends Row>, Long> ids) {
        return Stream.of(CorpusWork.onEach(ids), CorpusWork.collections(), CorpusWork.sessions(), CorpusWork.criteria())
                .flatMap(entries -> entries)
                .toList();
    }

    static List<Entry> mutations() {
        return lines(CorpusQueries.MUTATIONS).map(Corpus::mutation).toList();
    }

    /** What is done with the small models. */
    static List<Entry> small(Map<? extends Class<? extends Row>, Long> ids) {
        Stream<Entry> queries = lines(CorpusQueries.SMALL)
                .map(hql -> hql.matches("(update|delete|insert) .*") ? mutation(hql) : query(hql));
        return Stream.concat(queries, CorpusWork.onEach(ids)).toList();
    }

    private static List<Entry> scalar(String call) {
        String selected = call.matches(VOLATILE) ? "(%s) is not null".formatted(call) : call;
        return List.of(
                query("select i.id, %s from Item i".formatted(selected)),
                query(("select t.name from Team t where t.id in (select i.team.id from Item i left join i.parent p on"
                                + " coalesce(str(%1$s), '') <> p.name where (%1$s) is not null)")
                        .formatted(call)),
                mutation("update Item i set i.name = 'x' where (%s) is not null".formatted(call)));
    }

    private static List<Entry> aggregate(String call) {
        return List.of(
                        query("select %s from Item i".formatted(call)),
                        query("select i.place.town, %s from Item i group by i.place.town".formatted(call)),
                        query("select i.place.town from Item i group by i.place.town having %s is not null"
                                .formatted(call)),
                        query("select t.name, (select %s from Item i where i.team = t) from Team t".formatted(call)),
                        query("select %s filter (where i.number > 1) from Item i".formatted(call)),
                        query("select i.id, %s over (partition by i.place.town) from Item i".formatted(call)))
                .stream()
                // Whose calls the grammar spells by themselves, without a window.
                .filter(entry -> !entry.name().matches(".*(json|xml)\\w*agg\\(.* over .*"))
                .toList();
    }

    private static List<Entry> window(String call) {
        return List.of(
                query("select i.id, %s from Item i".formatted(call)),
                query("select x.w from (select i.id as id, %s as w from Item i) x where x.id > 1".formatted(call)));
    }

    private static Stream<String> lines(String block) {
        return block.lines();
    }

    private static Entry query(String hql) {
        return new Entry(hql, false, session -> {
            SelectionQuery<Object> query = session.createSelectionQuery(hql, Object.class);
            bind(query, session);
            return inOrder(hql, query.getResultList());
        });
    }

    private static Entry mutation(String hql) {
        return new Entry(hql, false, session -> {
            MutationQuery query = session.createMutationQuery(hql);
            bind(query, session);
            return query.executeUpdate();
        });
    }

    private static Object inOrder(String hql, List<Object> rows) {
        List<String> texts = new ArrayList<>();
        rows.forEach(row -> texts.add(CorpusBench.text(row)));
        if (!hql.matches("(?s).*order by [^()]*$")) {
            Collections.sort(texts);
        }
        return texts;
    }

    static void bind(CommonQueryContract query, SharedSessionContract session) {
        query.getParameterMetadata().getNamedParameterNames().forEach(name -> {
            Object value = value(name, session);
            if (value instanceof List<?> list) {
                query.setParameterList(name, list);
            } else {
                query.setParameter(name, value);
            }
        });
    }

    private static Object value(String name, SharedSessionContract session) {
        return switch (name) {
            case "text" -> "B";
            case "pattern" -> "B i%";
            case "letter" -> 'B';
            case "number" -> 3;
            case "id" -> 2L;
            case "price" -> new BigDecimal("2.5");
            case "day" -> LocalDate.of(2024, 2, 11);
            case "color" -> Color.BLUE;
            case "token" -> new UUID(7, 1);
            case "words" -> new String[] {"one", "B item 1", "two"};
            case "names" -> List.of("B item 1", "B item 2", "x");
            case "ids" -> List.of(1L, 2L, 9L);
            case "tenant" -> session.getTenantIdentifierValue();
            case "type" -> CorpusModel.Car.class;
            case "item" -> reference(session, Item.class);
            case "items" -> List.of(reference(session, Item.class));
            case "tag" -> reference(session, Tag.class);
            case "line" -> new LineId(reference(session, Item.class), 7);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static <E extends CorpusModel.Owned> E reference(SharedSessionContract session, Class<E> type) {
        return session instanceof org.hibernate.Session stateful
                ? stateful.getReference(type, 1L)
                : ((org.hibernate.StatelessSession) session).get(type, 1L);
    }
}
