/** The customers of a company: a whole resource in three small files. */
@NullMarked
package timesheets.customers;

import org.jspecify.annotations.NullMarked;
