package dev.tenancy.spring.crud;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** The parameters that a list takes. What is not understood is refused: a filter that was ignored would look like an answer. */
final class ListParameters {

    static final int DEFAULT_SIZE = 20;
    private static final int MAX_SEARCH = 200;
    static final int MAX_SORTS = 10;
    private static final int MAX_DIGITS = 9;

    private final Crud.Paging paging;
    private final int maxSize;
    private final boolean searches;
    private final Map<String, Map.Entry<Filter, Filter.Operator>> filters;
    private final Map<String, AttributePath> sortable = new LinkedHashMap<>();
    private final Set<String> ofPages = new LinkedHashSet<>();
    private final Set<String> ofAll = new LinkedHashSet<>();
    private final AttributePath id;

    ListParameters(CrudOffer offer, int maxSize) {
        AttributePath id = offer.id();
        this.paging = offer.paging();
        this.maxSize = maxSize;
        this.searches = !offer.search().isEmpty();
        this.filters = Filter.parameters(offer.filters());
        offer.sorts().forEach(path -> sortable.put(path.name(), path));
        sortable.putIfAbsent(id.name(), id);
        ofAll.add("sort");
        if (searches) {
            ofAll.add("search");
        }
        ofPages.addAll(paging == Crud.Paging.KEYSET ? List.of("after", "size") : List.of("page", "size", "total"));
        ofPages.addAll(ofAll);
        this.id = id;
    }

    ListRequest page(MultiValueMap<String, String> parameters) {
        List<Filter.Term> terms = filters(parameters, ofPages);
        List<Sort> sorts = sorts(parameters);
        int size = number(parameters, "size", DEFAULT_SIZE, 1, maxSize);
        String after = single(parameters, "after");
        return new ListRequest(
                number(parameters, "page", 0, 0, Integer.MAX_VALUE / size - 1),
                size,
                total(parameters),
                after == null ? null : Cursor.parse(after, sorts),
                sorts,
                terms,
                search(parameters));
    }

    /** Of all rows at once: filters, sorts and search, but no pages. */
    ListRequest all(MultiValueMap<String, String> parameters) {
        List<Filter.Term> terms = filters(parameters, ofAll);
        return new ListRequest(0, 0, false, null, sorts(parameters), terms, search(parameters));
    }

    private List<Filter.Term> filters(MultiValueMap<String, String> parameters, Set<String> others) {
        List<Filter.Term> terms = new ArrayList<>();
        parameters.forEach((name, texts) -> {
            if (others.contains(name)) {
                return;
            }
            Map.Entry<Filter, Filter.Operator> filter = filters.get(name);
            if (filter == null) {
                Set<String> allowed = new LinkedHashSet<>(others);
                allowed.addAll(filters.keySet());
                throw RefusedException.unknownParameter(name, allowed);
            }
            terms.add(filter.getKey().parse(filter.getValue(), name, texts));
        });
        return terms;
    }

    private List<Sort> sorts(MultiValueMap<String, String> parameters) {
        List<Sort> sorts = new ArrayList<>();
        for (String text : parameters.getOrDefault("sort", List.of())) {
            Sort sort = sort(text);
            if (sorts.size() >= MAX_SORTS || isThere(sort.path(), sorts)) {
                throw RefusedException.parameter("sort", "must name each field once, and at most " + MAX_SORTS);
            }
            sorts.add(sort);
        }
        // Rows that are equal so far would otherwise change places between pages. In the direction of the last sort,
        // since an index that ends with the id is read backwards as a whole.
        if (!isThere(id, sorts)) {
            sorts.add(
                    new Sort(id, !sorts.isEmpty() && sorts.get(sorts.size() - 1).descending()));
        }
        return List.copyOf(sorts);
    }

    private static boolean isThere(AttributePath path, List<Sort> sorts) {
        return sorts.stream().anyMatch(sort -> sort.path().name().equals(path.name()));
    }

    private Sort sort(String text) {
        int comma = text.indexOf(',');
        String direction = comma < 0 ? "asc" : text.substring(comma + 1);
        boolean descending = direction.equalsIgnoreCase("desc");
        AttributePath path = sortable.get(comma < 0 ? text : text.substring(0, comma));
        if (path == null || !descending && !direction.equalsIgnoreCase("asc")) {
            throw RefusedException.parameter(
                    "sort",
                    "must be a field and a direction, as in \""
                            + sortable.keySet().iterator().next() + ",desc\"; fields are " + sortable.keySet());
        }
        return new Sort(path, descending);
    }

    private boolean total(MultiValueMap<String, String> parameters) {
        String text = single(parameters, "total");
        if (text != null && !text.equals("true") && !text.equals("false")) {
            throw RefusedException.parameter("total", "must be true or false");
        }
        return paging == Crud.Paging.PAGES && !"false".equals(text);
    }

    private @Nullable String search(MultiValueMap<String, String> parameters) {
        String text = single(parameters, "search");
        if (text == null || text.isBlank() || !searches) {
            return null;
        }
        if (text.length() > MAX_SEARCH || !ValueFormat.isStorable(text)) {
            throw RefusedException.parameter("search", "must be text of at most " + MAX_SEARCH + " characters");
        }
        return text.strip();
    }

    private static int number(MultiValueMap<String, String> parameters, String name, int absent, int min, int max) {
        String text = single(parameters, name);
        if (text == null) {
            return absent;
        }
        boolean digits = !text.isEmpty()
                && text.length() <= MAX_DIGITS
                && text.chars().allMatch(letter -> letter >= '0' && letter <= '9');
        int number = digits ? Integer.parseInt(text) : -1;
        if (number < min || number > max) {
            throw RefusedException.parameter(name, "must be a whole number from " + min + " to " + max);
        }
        return number;
    }

    private static @Nullable String single(MultiValueMap<String, String> parameters, String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw RefusedException.parameter(name, "must be given once");
        }
        return values.isEmpty() ? null : values.get(0);
    }
}
