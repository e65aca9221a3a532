/** The time that members spent on projects; the controller shows a scope and a hook: staff reach their own entries only. */
@NullMarked
package timesheets.timeentries;

import org.jspecify.annotations.NullMarked;
