/**
 * The floor: customers and time entries of the sample, as a careful engineer writes them by hand and without the library.
 * {@code TokenFilter} says who calls, and each query names the tenant. Profiles add one thing each: {@code security},
 * {@code tenantid}, {@code policies} and {@code jdbc}.
 */
@NullMarked
package dev.tenancy.benchmarks.http.floor;

import org.jspecify.annotations.NullMarked;
