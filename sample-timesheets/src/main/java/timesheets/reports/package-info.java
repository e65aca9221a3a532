/** What the time entries of a company add up to: an ordinary query, which the library keeps to the company. */
@NullMarked
package timesheets.reports;

import org.jspecify.annotations.NullMarked;
