package dev.tenancy.spring.crud;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list: {@code {"content": […], "page": {"size": 20, "number": 0, "totalElements": 41, "totalPages": 3, "last":
 * false}}}. With {@code total=false} the totals are left out, and nothing is counted. With {@link Crud.Paging#KEYSET} there is
 * {@code next} instead of number and totals, on every page but the last.
 *
 * @param content the rows of the page
 * @param page where it is
 */
public record PageOf<D>(@JsonInclude List<D> content, Position page) {

    /**
     * Where a page is.
     *
     * @param size the most rows that a page holds
     * @param number the number of the page, from 0
     * @param totalElements the number of rows on all pages
     * @param totalPages the number of pages
     * @param last whether no row comes after this page
     * @param next what the parameter {@code after} takes to get the page behind this one: text that means nothing to clients
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Position(
            int size,
            @Nullable Integer number,
            @Nullable Long totalElements,
            @Nullable Long totalPages,
            boolean last,
            @Nullable String next) {}
}
