package dev.tenancy;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a statement's text: refused, or to be run when each demand is met by the values that are bound.
 *
 * @param entity the owned entity that the text names first, null if it names none
 * @param refusal makes the exception to throw, null if the text is fine
 * @param reads whether the text is nothing but a query, even if it is refused for not being restricted
 * @param defines whether the text changes the schema and reads no rows, which is refused for a tenant only
 * @param decides whether the text is understood to write a row from which {@link Memberships} are answered
 */
record Verdict(
        @Nullable String entity,
        List<Demand> demands,
        @Nullable Supplier<TenancyException> refusal,
        boolean reads,
        boolean defines,
        boolean decides) {

    /** One of the values has to be the current tenant. */
    record Demand(String entity, List<Value> anyOf) {}

    /** A value in the text: the parameter at a position, counted from 1, or what a literal says. */
    record Value(int parameter, @Nullable String literal) {

        static Value parameter(int position) {
            return new Value(position, null);
        }

        static Value literal(String text) {
            return new Value(0, text);
        }
    }
}
