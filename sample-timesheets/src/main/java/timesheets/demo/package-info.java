/** Demo data for an in-memory database, in the profile {@code demo} alone. */
@NullMarked
package timesheets.demo;

import org.jspecify.annotations.NullMarked;
