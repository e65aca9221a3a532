package dev.tenancy.spring;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;

/** The parameters of a list. What is not understood is refused: a filter that was ignored would look like an answer. */
record ListRequest(
        int page, int size, List<Sort> sorts, @Nullable String search) {

    private static final int DEFAULT_SIZE = 20;
    private static final List<String> PARAMETERS = List.of("page", "search", "size", "sort");

    record Sort(String field, boolean descending) {}

    static ListRequest parse(MultiValueMap<String, String> parameters, Crud crud, int maxSize) {
        for (String name : parameters.keySet()) {
            if (!PARAMETERS.contains(name)) {
                throw Problem.of(
                        HttpStatus.BAD_REQUEST, "There is an unknown parameter; this list takes " + PARAMETERS + ".");
            }
        }
        int size = number(parameters, "size", DEFAULT_SIZE, 1, maxSize);
        int page = number(parameters, "page", 0, 0, Integer.MAX_VALUE / size - 1);
        List<String> sortable = new ArrayList<>(List.of(crud.sort()));
        sortable.add("id");
        List<Sort> sorts = parameters.getOrDefault("sort", List.of()).stream()
                .map(text -> sort(text, sortable))
                .toList();
        return new ListRequest(page, size, sorts, search(parameters, crud));
    }

    private static Sort sort(String text, List<String> sortable) {
        String[] parts = text.split(",", -1);
        boolean directed = parts.length == 1 || parts.length == 2 && parts[1].matches("(?i)asc|desc");
        if (!directed || !sortable.contains(parts[0])) {
            throw refused(
                    "sort",
                    "must be a field and a direction, as in \"" + sortable.get(0) + ",desc\"; fields are " + sortable);
        }
        return new Sort(parts[0], parts.length == 2 && parts[1].equalsIgnoreCase("desc"));
    }

    private static @Nullable String search(MultiValueMap<String, String> parameters, Crud crud) {
        String text = single(parameters, "search");
        if (text == null || text.isBlank()) {
            return null;
        }
        if (crud.search().length == 0) {
            throw refused("search", "is not offered here");
        }
        if (text.length() > 200 || !RecordMapping.isStorable(text)) {
            throw refused("search", "must be text of at most 200 characters");
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
        throw refused(name, "must be a whole number from " + min + " to " + max);
    }

    private static @Nullable String single(MultiValueMap<String, String> parameters, String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw refused(name, "must be given once");
        }
        return values.isEmpty() ? null : values.get(0);
    }

    private static RuntimeException refused(String parameter, String why) {
        return Problem.of(HttpStatus.BAD_REQUEST, "The parameter " + parameter + " " + why + ".");
    }
}
