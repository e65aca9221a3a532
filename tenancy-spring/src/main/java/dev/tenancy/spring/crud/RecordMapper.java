package dev.tenancy.spring.crud;

/**
 * Maps what names cannot: a bean of this type, for one entity and one record, is asked for the components that no attribute
 * of the entity is named after. None is needed where all are. Fields that have a name in common are still mapped, checked and
 * looked up by the library; components that have not are never sorted, searched or filtered by.
 *
 * <p>Called inside the transaction, for the current tenant. Must be thread-safe.
 *
 * @param <E> the entity
 * @param <D> the record that clients see
 */
public interface RecordMapper<E, D extends Record> {

    /**
     * Shows a row. Called once for each row of a list, so a query here is a query per row.
     *
     * @param mapped holds what was mapped by name, and null, 0 or false in the other components
     */
    D toRecord(E row, D mapped);

    /** Takes from a valid body, into the row, what no attribute is named after; what is named has been written already. */
    default void write(D body, E row) {}
}
