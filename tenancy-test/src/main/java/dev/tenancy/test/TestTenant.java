package dev.tenancy.test;

import dev.tenancy.TenantPrincipal;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.AnnotationSupport;

/** Who acts in a test, as {@link WithTenant} says. */
final class TestTenant {

    private TestTenant() {}

    static Optional<TenantPrincipal> of(Class<?> test, Method method) {
        return AnnotationSupport.findAnnotation(method, WithTenant.class)
                .or(() -> ofClass(test))
                .map(TestTenant::principal);
    }

    private static Optional<WithTenant> ofClass(Class<?> test) {
        Optional<WithTenant> found = AnnotationSupport.findAnnotation(test, WithTenant.class);
        // A nested test class, unlike a static one, is part of the class around it.
        boolean nested = test.isMemberClass() && !Modifier.isStatic(test.getModifiers());
        return found.isPresent() || !nested ? found : ofClass(test.getEnclosingClass());
    }

    private static TenantPrincipal principal(WithTenant given) {
        return new TenantPrincipal(
                id(given.value(), given.type(), "@WithTenant(\"" + given.value() + "\")"),
                nullIfEmpty(given.user()),
                nullIfEmpty(given.role()));
    }

    /**
     * A tenant's id from its text.
     *
     * @param given where it stands, for the message
     * @throws IllegalArgumentException if the text is no id of that type, or the type is none of a tenant's id
     */
    static Object id(String text, Class<?> type, String given) {
        try {
            if (type == UUID.class) {
                return UUID.fromString(text);
            }
            if (type == Long.class) {
                return Long.valueOf(text);
            }
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    given + " is no " + type.getSimpleName()
                            + ". Give the id of a tenant, and its type if it is another.",
                    wrong);
        }
        if (type == String.class) {
            return text;
        }
        throw new IllegalArgumentException(given + " has the type " + type.getSimpleName()
                + ", which is none of a tenant's id. Use UUID, Long or String.");
    }

    private static @Nullable String nullIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }
}
