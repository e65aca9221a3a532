/**
 * Users, companies, who is a member of which, and the login.
 *
 * <p>These rows belong to no tenant: they are asked for before one is current. {@link timesheets.access.Members} answers the
 * library's question whether a user may act for a company; {@code Sessions} gives out and renews tokens.
 */
@NullMarked
package timesheets.access;

import org.jspecify.annotations.NullMarked;
