package dev.tenancy.zoo;

import java.util.Map;
import java.util.function.Supplier;

/** What the adopter of a specimen gives in {@code rows()}: a bean of it. */
public record GivenRows(Map<Class<?>, Supplier<?>> rows) {}
