/**
 * The pages: a client of the API like any other, in the same process. {@code Api} makes its calls, so that every rule, role and refusal
 * stands in one place; {@code BrowserSession} keeps the tokens of whoever signed in. An application without pages deletes this package,
 * the templates and what they use in {@code static}.
 */
@NullMarked
package timesheets.web;

import org.jspecify.annotations.NullMarked;
