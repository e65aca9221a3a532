package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RolesTest {

    private final Roles roles = Roles.parse("OWNER > ADMIN > STAFF");

    @Test
    void aRoleMayDoWhatTheRolesBelowItMay() {
        assertThat(roles.includes("OWNER", "STAFF")).isTrue();
        assertThat(roles.includes("ADMIN", "ADMIN")).isTrue();
        assertThat(roles.includes("STAFF", "ADMIN")).isFalse();
    }

    @Test
    void anUnknownRoleMayDoNothingAndNobodyMayDoWhatNeedsOne() {
        assertThat(roles.includes("GUEST", "STAFF")).isFalse();
        assertThat(roles.includes("OWNER", "GUEST")).isFalse();
        assertThat(roles.includes("GUEST", "GUEST")).isFalse();
        assertThat(roles.includes(null, "STAFF")).isFalse();
        assertThat(roles.includes("OWNER", "")).isFalse();
    }

    @Test
    void aRoleReachesItselfAndThoseBelow() {
        assertThat(roles.reachableFrom("ADMIN")).containsExactly("ADMIN", "STAFF");
        assertThat(roles.reachableFrom("GUEST")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "OWNER >", "OWNER > OWNER", "OWNER ADMIN", "OWNER < ADMIN", "1 > 2"})
    void aMalformedHierarchyIsRefusedWithAnExample(String hierarchy) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Roles.parse(hierarchy))
                .withMessageContaining("OWNER > ADMIN > STAFF");
    }
}
