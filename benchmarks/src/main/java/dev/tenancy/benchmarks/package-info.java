/**
 * What isolation costs. {@code Operations} are the same calls on the same model: without tenancy, with Hibernate's own
 * {@code @TenantId}, and with the library; {@code Ratios} runs them all in one go and prints CPU time as ratios.
 */
@NullMarked
package dev.tenancy.benchmarks;

import org.jspecify.annotations.NullMarked;
