/**
 * Answers one question about a statement's text: does it keep to one tenant, on this database?
 *
 * <p>Plug in a {@link dev.tenancy.sql.Catalog}, which says what tables and functions are, and ask a
 * {@link dev.tenancy.sql.StatementProver}. The {@link dev.tenancy.sql.Proof} that comes back says which of the statement's values
 * have to be the current tenant, or why the statement is refused. Nothing here runs a statement, knows a session or keeps a thread's
 * state.
 */
@NullMarked
package dev.tenancy.sql;

import org.jspecify.annotations.NullMarked;
