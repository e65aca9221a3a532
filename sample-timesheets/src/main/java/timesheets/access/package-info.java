/**
 * Users, companies, who is a member of which, and the login.
 *
 * <p>Most of these rows belong to no tenant: they are asked for before one is current. {@code Members} answers the library's
 * question whether a user may act for a company; {@code Accounts} knows passwords, {@code Sessions} gives out tokens,
 * {@code Registrations} and {@code Invitations} bring companies and members in. {@link timesheets.access.Mail} is what an
 * application has to bring along.
 */
@NullMarked
package timesheets.access;

import org.jspecify.annotations.NullMarked;
