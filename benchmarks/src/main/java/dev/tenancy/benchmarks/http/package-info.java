/**
 * What the sample costs over HTTP, beside the same application without the library. {@code Comparison} starts a PostgreSQL and a process
 * for each {@code Variant}, checks that they answer alike, and measures them in turn. The {@code floor} is in the package of that
 * name.
 */
@NullMarked
package dev.tenancy.benchmarks.http;

import org.jspecify.annotations.NullMarked;
