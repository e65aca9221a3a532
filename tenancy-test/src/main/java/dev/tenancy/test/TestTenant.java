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
        return new TenantPrincipal(id(given), nullIfEmpty(given.user()), nullIfEmpty(given.role()));
    }

    private static Object id(WithTenant given) {
        try {
            if (given.type() == UUID.class) {
                return UUID.fromString(given.value());
            }
            if (given.type() == Long.class) {
                return Long.valueOf(given.value());
            }
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "@WithTenant(\"" + given.value() + "\") is no "
                            + given.type().getSimpleName()
                            + ". Give the id of a tenant, and its type if it is another.",
                    wrong);
        }
        if (given.type() == String.class) {
            return given.value();
        }
        throw new IllegalArgumentException("@WithTenant(type = " + given.type().getSimpleName()
                + ".class) is no type of a tenant's id. Use UUID, Long or String.");
    }

    private static @Nullable String nullIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }
}
