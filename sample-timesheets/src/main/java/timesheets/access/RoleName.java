package timesheets.access;

import dev.tenancy.Roles;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/** The name of a role in {@code tenancy.roles}. */
@Constraint(validatedBy = RoleName.Check.class)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@interface RoleName {

    String message() default "must be the name of a role";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    final class Check implements ConstraintValidator<RoleName, String> {

        private final Roles roles;

        Check(Roles roles) {
            this.roles = roles;
        }

        @Override
        public boolean isValid(@Nullable String name, ConstraintValidatorContext context) {
            return name != null && roles.contains(name);
        }
    }
}
