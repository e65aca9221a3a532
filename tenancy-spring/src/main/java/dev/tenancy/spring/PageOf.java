package dev.tenancy.spring;

import java.util.List;

/**
 * One page of a list.
 *
 * @param content the rows of the page
 * @param page which page of how many
 */
public record PageOf<D>(List<D> content, Position page) {

    /**
     * Which page of how many.
     *
     * @param size the most rows that a page holds
     * @param number the number of the page, from 0
     * @param totalElements the number of rows on all pages
     * @param totalPages the number of pages
     */
    public record Position(int size, int number, long totalElements, long totalPages) {}
}
