package dev.tenancy.spring.crud;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants of a list.
 *
 * @param size of a page; 0 for all rows at once
 * @param total whether all rows are counted
 * @param after where the page begins, if it is not the first one of {@link Crud.Paging#KEYSET}
 * @param sorts the last one is by the id
 */
record ListRequest(
        int page,
        int size,
        boolean total,
        @Nullable Cursor after,
        List<Sort> sorts,
        List<Filter.Term> filters,
        @Nullable String search) {}
