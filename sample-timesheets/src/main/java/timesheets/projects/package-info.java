/** The projects of a customer; {@code customerId} shows how a reference stays within the company. */
@NullMarked
package timesheets.projects;

import org.jspecify.annotations.NullMarked;
