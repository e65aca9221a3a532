package dev.tenancy.sql;

/** A database whose SQL can be read. Each has its own rules for what a token is, and its own reserved words. */
public enum SqlDialect {
    /** H2 2.x in its regular mode. */
    H2,
    /** PostgreSQL 15 and later, with {@code standard_conforming_strings} on. */
    POSTGRESQL
}
