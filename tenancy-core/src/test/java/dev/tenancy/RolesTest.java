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

    @Test
    void ofTwoBranchesNeitherMayDoWhatTheOtherMay() {
        Roles branching = Roles.parse("OWNER > ACCOUNTANT\nOWNER > LEAD > STAFF\nACCOUNTANT > STAFF\n");
        assertThat(branching.includes("OWNER", "ACCOUNTANT")).isTrue();
        assertThat(branching.includes("OWNER", "STAFF")).isTrue();
        assertThat(branching.includes("ACCOUNTANT", "STAFF")).isTrue();
        assertThat(branching.includes("ACCOUNTANT", "LEAD")).isFalse();
        assertThat(branching.includes("LEAD", "ACCOUNTANT")).isFalse();
        assertThat(branching.reachableFrom("OWNER"))
                .containsExactlyInAnyOrder("OWNER", "ACCOUNTANT", "LEAD", "STAFF")
                .startsWith("OWNER")
                .endsWith("STAFF");
        assertThat(Roles.parse(branching.toString()).includes("LEAD", "STAFF")).isTrue();
    }

    @Test
    void aRoleThatStandsAboveItselfIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Roles.parse("OWNER > ADMIN\nADMIN > STAFF\nSTAFF > OWNER"))
                .withMessageContaining("none above itself");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "OWNER >",
                "OWNER > ADMIN\n\nOWNER > STAFF",
                "OWNER > OWNER",
                "OWNER ADMIN",
                "OWNER < ADMIN",
                "1 > 2"
            })
    void aMalformedHierarchyIsRefusedWithAnExample(String hierarchy) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Roles.parse(hierarchy))
                .withMessageContaining("OWNER > ADMIN > STAFF");
    }
}
