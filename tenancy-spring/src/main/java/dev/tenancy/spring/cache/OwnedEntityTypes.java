package dev.tenancy.spring.cache;

import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.stream.Stream;
import org.hibernate.annotations.TenantId;

/** Tells classes whose instances belong to a tenant, without a session factory. */
final class OwnedEntityTypes {

    private static final ClassValue<Boolean> OWNED = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return Stream.<Class<?>>iterate(type, one -> one != null, Class::getSuperclass)
                    .flatMap(one -> Stream.<AnnotatedElement>concat(
                            Arrays.stream(one.getDeclaredFields()), Arrays.stream(one.getDeclaredMethods())))
                    .anyMatch(attribute -> attribute.isAnnotationPresent(TenantId.class));
        }
    };

    private OwnedEntityTypes() {}

    static boolean contain(Class<?> type) {
        return OWNED.get(type);
    }
}
