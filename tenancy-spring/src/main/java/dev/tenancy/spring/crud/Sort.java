package dev.tenancy.spring.crud;

/** A part of a list's order. */
record Sort(AttributePath path, boolean descending) {

    @Override
    public String toString() {
        return path.name() + (descending ? ",desc" : ",asc");
    }
}
