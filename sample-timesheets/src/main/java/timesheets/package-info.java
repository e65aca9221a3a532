/**
 * Timesheets: the sample to copy. Customers, projects and time entries of many companies in one database.
 *
 * <p>Read a resource first, such as {@code timesheets.customers}: an entity, a record and a controller, each a few lines. Then
 * {@code timesheets.access}: users, companies, memberships, and the login that gives out tokens. {@code timesheets.web}
 * has the pages, which know the rest by its API alone, and {@code timesheets.demo} fills an in-memory database.
 */
@NullMarked
package timesheets;

import org.jspecify.annotations.NullMarked;
