package dev.tenancy.spring.crud;

import java.util.List;

/**
 * A component of a record as clients get to know it.
 *
 * @param writable whether it is taken from a body; the id never is, unless rows have no other way to get one
 * @param nullable whether the database takes null
 * @param fields of the record that it is itself, if it shows an embeddable; otherwise empty
 */
record OfferedField(String name, Class<?> type, boolean writable, boolean nullable, List<OfferedField> fields) {}
