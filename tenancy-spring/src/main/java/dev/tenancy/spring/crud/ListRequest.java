package dev.tenancy.spring.crud;

import dev.tenancy.spring.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;

/**
 * The parameters of a list. What is not understood is refused: a filter that was ignored would look like an answer.
 *
 * @param total whether all rows are counted
 * @param after where the page begins, if it is not the first one of {@link Crud.Paging#KEYSET}
 */
record ListRequest(
        int page,
        int size,
        boolean total,
        @Nullable Cursor after,
        List<Sort> sorts,
        List<Filter.Term> filters,
        @Nullable String search) {

    static final int DEFAULT_SIZE = 20;
    private static final int MAX_SEARCH = 200;
    private static final int MAX_SORTS = 10;

    record Sort(AttributePath path, boolean descending) {

        @Override
        public String toString() {
            return path.name() + (descending ? ",desc" : ",asc");
        }
    }

    /** @param id the path of the entity's id, by which every list is sorted at last */
    static ListRequest parse(MultiValueMap<String, String> parameters, CrudOffer offer, AttributePath id, int maxSize) {
        Set<String> paging = offer.paging() == Crud.Paging.KEYSET
                ? Set.of("after", "size")
                : new LinkedHashSet<>(List.of("page", "size", "total"));
        List<Filter.Term> filters = filters(parameters, offer, paging);
        List<Sort> sorts = sorts(parameters, offer, id);
        int size = number(parameters, "size", DEFAULT_SIZE, 1, maxSize);
        String after = single(parameters, "after");
        return new ListRequest(
                number(parameters, "page", 0, 0, Integer.MAX_VALUE / size - 1),
                size,
                total(parameters, offer),
                after == null ? null : Cursor.parse(after, sorts),
                sorts,
                filters,
                search(parameters, offer));
    }

    /** Of all rows at once: filters, sorts and search, but no pages. */
    static ListRequest parseUnpaged(MultiValueMap<String, String> parameters, CrudOffer offer, AttributePath id) {
        List<Filter.Term> filters = filters(parameters, offer, Set.of());
        return new ListRequest(0, 0, false, null, sorts(parameters, offer, id), filters, search(parameters, offer));
    }

    private static List<Filter.Term> filters(
            MultiValueMap<String, String> parameters, CrudOffer offer, Set<String> paging) {
        Map<String, Map.Entry<Filter, Filter.Operator>> known = Filter.parameters(offer.filters());
        Set<String> others = new LinkedHashSet<>(paging);
        others.add("sort");
        if (!offer.search().isEmpty()) {
            others.add("search");
        }
        List<Filter.Term> filters = new ArrayList<>();
        parameters.forEach((name, texts) -> {
            Map.Entry<Filter, Filter.Operator> filter = known.get(name);
            if (others.contains(name)) {
                return;
            }
            if (filter == null) {
                Set<String> allowed = new LinkedHashSet<>(others);
                allowed.addAll(known.keySet());
                throw Problem.of(
                        HttpStatus.BAD_REQUEST,
                        "There is an unknown parameter; this list takes " + allowed + ".",
                        List.of(Problem.FieldFault.ofUnknown(name, "is unknown")));
            }
            filters.add(filter.getKey().parse(filter.getValue(), name, texts));
        });
        return filters;
    }

    private static List<Sort> sorts(MultiValueMap<String, String> parameters, CrudOffer offer, AttributePath id) {
        List<AttributePath> sortable = new ArrayList<>(offer.sorts());
        if (sortable.stream().noneMatch(path -> path.name().equals(id.name()))) {
            sortable.add(id);
        }
        List<String> texts = parameters.getOrDefault("sort", List.of());
        List<Sort> sorts = new ArrayList<>();
        for (String text : texts) {
            Sort sort = sort(text, sortable);
            if (sorts.size() >= MAX_SORTS
                    || sorts.stream().anyMatch(one -> one.path().equals(sort.path()))) {
                throw Problem.parameter("sort", "must name each field once, and at most " + MAX_SORTS);
            }
            sorts.add(sort);
        }
        // Rows that are equal so far would otherwise change places between pages.
        if (sorts.stream().noneMatch(sort -> sort.path().name().equals(id.name()))) {
            sorts.add(new Sort(id, false));
        }
        return List.copyOf(sorts);
    }

    private static Sort sort(String text, List<AttributePath> sortable) {
        String[] parts = text.split(",", -1);
        boolean directed = parts.length == 1 || parts.length == 2 && parts[1].matches("(?i)asc|desc");
        return sortable.stream()
                .filter(path -> directed && path.name().equals(parts[0]))
                .findFirst()
                .map(path -> new Sort(path, parts.length == 2 && parts[1].equalsIgnoreCase("desc")))
                .orElseThrow(() -> Problem.parameter(
                        "sort",
                        "must be a field and a direction, as in \""
                                + sortable.get(0).name() + ",desc\"; fields are "
                                + sortable.stream().map(AttributePath::name).toList()));
    }

    private static boolean total(MultiValueMap<String, String> parameters, CrudOffer offer) {
        String text = single(parameters, "total");
        if (text != null && !text.equals("true") && !text.equals("false")) {
            throw Problem.parameter("total", "must be true or false");
        }
        return offer.paging() == Crud.Paging.PAGES && !"false".equals(text);
    }

    private static @Nullable String search(MultiValueMap<String, String> parameters, CrudOffer offer) {
        String text = single(parameters, "search");
        if (text == null || text.isBlank() || offer.search().isEmpty()) {
            return null;
        }
        if (text.length() > MAX_SEARCH || !ValueFormat.isStorable(text)) {
            throw Problem.parameter("search", "must be text of at most " + MAX_SEARCH + " characters");
        }
        return text.strip();
    }

    private static int number(MultiValueMap<String, String> parameters, String name, int absent, int min, int max) {
        String text = single(parameters, name);
        if (text == null) {
            return absent;
        }
        if (text.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        }
        throw Problem.parameter(name, "must be a whole number from " + min + " to " + max);
    }

    private static @Nullable String single(MultiValueMap<String, String> parameters, String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw Problem.parameter(name, "must be given once");
        }
        return values.isEmpty() ? null : values.get(0);
    }
}
