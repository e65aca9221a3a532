package dev.tenancy.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * The parameters of a list. What is not understood is refused: a filter that was ignored would look like an answer.
 *
 * @param after where the page before ended, with keyset paging; null for the first page
 * @param counted whether the totals are wanted
 */
record ListRequest(
        int page,
        int size,
        List<Sort> sorts,
        @Nullable String search,
        List<ListFilter.Condition> conditions,
        @Nullable String after,
        boolean counted) {

    static final int DEFAULT_SIZE = 20;

    record Sort(String field, boolean descending) {}

    /** What a resource offers to those who list it. */
    record Offer(List<String> sorts, List<ListFilter> filters, boolean searchable, boolean keyset, int maxSize) {

        private TreeSet<String> parameters(boolean paged) {
            TreeSet<String> names = new TreeSet<>(List.of("sort"));
            filters.forEach(filter -> filter.parameters().forEach(names::add));
            if (searchable) {
                names.add("search");
            }
            if (paged) {
                names.add("size");
                names.addAll(keyset ? List.of("after") : List.of("page", "total"));
            }
            return names;
        }
    }

    /** @param paged whether one page is asked for, and not all rows */
    static ListRequest parse(MultiValueMap<String, String> parameters, Offer offer, boolean paged) {
        List<Problem.FieldFault> faults = new ArrayList<>();
        TreeSet<String> known = offer.parameters(paged);
        parameters.keySet().stream()
                .filter(name -> !known.contains(name))
                .limit(10)
                .forEach(name -> faults.add(new Problem.FieldFault(
                        name.length() > 100 ? name.substring(0, 100) : name,
                        "is unknown; this list takes " + String.join(", ", known))));
        Reader reader = new Reader(parameters, faults);
        int size = reader.number("size", DEFAULT_SIZE, 1, offer.maxSize());
        int page = reader.number("page", 0, 0, Integer.MAX_VALUE / Math.max(size, 1) - 1);
        List<Sort> sorts = parameters.getOrDefault("sort", List.of()).stream()
                .flatMap(text -> reader.sort(text, offer.sorts()).stream())
                .toList();
        String search = known.contains("search") ? reader.text("search") : null;
        String after = known.contains("after") ? reader.text("after") : null;
        boolean counted = reader.flag("total", true);
        List<ListFilter.Condition> conditions = reader.conditions(offer.filters());
        if (!faults.isEmpty()) {
            throw Problem.invalidParameters(faults);
        }
        return new ListRequest(page, size, sorts, search, conditions, after, counted && !offer.keyset());
    }

    private record Reader(MultiValueMap<String, String> parameters, List<Problem.FieldFault> faults) {

        private static final int LONGEST = 200;
        private static final int LONGEST_CURSOR = 4000;

        private void refuse(String parameter, String why) {
            faults.add(new Problem.FieldFault(parameter, why));
        }

        private @Nullable String single(String name) {
            List<String> values = parameters.getOrDefault(name, List.of());
            if (values.size() > 1) {
                refuse(name, "must be given once");
            }
            return values.isEmpty() ? null : values.get(0);
        }

        int number(String name, int absent, int min, int max) {
            String text = single(name);
            if (text == null) {
                return absent;
            }
            if (text.matches("[0-9]{1,9}")) {
                int number = Integer.parseInt(text);
                if (number >= min && number <= max) {
                    return number;
                }
            }
            refuse(name, "must be a whole number from " + min + " to " + max);
            return absent;
        }

        boolean flag(String name, boolean absent) {
            String text = single(name);
            if (text == null || text.equals("true") || text.equals("false")) {
                return text == null ? absent : text.equals("true");
            }
            refuse(name, "must be true or false");
            return absent;
        }

        @Nullable String text(String name) {
            String text = single(name);
            if (text == null || text.isBlank()) {
                return null;
            }
            int longest = name.equals("after") ? LONGEST_CURSOR : LONGEST;
            if (text.length() > longest || !RecordMapping.isStorable(text)) {
                refuse(name, "must be text of at most " + longest + " characters");
                return null;
            }
            return text.strip();
        }

        List<Sort> sort(String text, List<String> sortable) {
            String[] parts = text.split(",", -1);
            boolean directed = parts.length == 1 || parts.length == 2 && parts[1].matches("(?i)asc|desc");
            if (!directed || !sortable.contains(parts[0])) {
                refuse(
                        "sort",
                        "must be a field and a direction, as in \"" + sortable.get(0) + ",desc\"; fields are "
                                + String.join(", ", sortable));
                return List.of();
            }
            return List.of(new Sort(parts[0], parts.length == 2 && parts[1].equalsIgnoreCase("desc")));
        }

        List<ListFilter.Condition> conditions(List<ListFilter> filters) {
            List<ListFilter.Condition> conditions = new ArrayList<>();
            for (Map.Entry<String, List<String>> parameter : parameters.entrySet()) {
                ListFilter filter = ListFilter.find(filters, parameter.getKey());
                if (filter != null) {
                    try {
                        conditions.add(filter.condition(parameter.getKey(), parameter.getValue()));
                    } catch (IllegalArgumentException malformed) {
                        refuse(parameter.getKey(), String.valueOf(malformed.getMessage()));
                    }
                }
            }
            return conditions;
        }
    }
}
