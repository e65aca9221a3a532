package dev.tenancy.spring.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenancy.CurrentTenant;
import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.TenantPrincipal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

class TenantPropagatorTest {

    private static final UUID ACME = new UUID(1, 1);

    private final Map<String, Membership> members = new HashMap<>(Map.of("alice", new Membership(ACME, "OWNER")));
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    private TenantPropagator propagator(boolean listed) {
        context.register(TenancyTaskAutoConfiguration.class);
        // It takes a slug as well, as Memberships may.
        context.registerBean(
                Memberships.class,
                () -> (user, tenant) -> tenant.equals(ACME.toString()) || tenant.equals("acme")
                        ? Optional.ofNullable(members.get(user))
                        : Optional.empty());
        if (listed) {
            context.registerBean(ActiveTenants.class, () -> () -> List.of(ACME));
        }
        context.refresh();
        return context.getBean(TenantPropagator.class);
    }

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void aUserActsAsTheMemberThatTheyAreNow() {
        TenantPropagator propagator = propagator(true);
        Map<String, String> carried;
        try (CurrentTenant.Scope scope = CurrentTenant.enter(new TenantPrincipal(ACME, "alice", "OWNER"))) {
            carried = propagator.inject();
        }
        assertThat(carried)
                .containsOnly(Map.entry("tenancy-tenant", ACME.toString()), Map.entry("tenancy-user", "alice"));
        members.put("alice", new Membership(ACME, "STAFF"));
        TenantPrincipal acting = propagator.callAs(carried::get, CurrentTenant::require);
        assertThat(acting).isEqualTo(new TenantPrincipal(ACME, "alice", "STAFF"));
        assertThat(CurrentTenant.find()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ACTIVE")
    void whoeverIsNoActiveMemberIsRefused(Membership.Status status) {
        TenantPropagator propagator = propagator(true);
        Map<String, String> carried = Map.of("tenancy-tenant", ACME.toString(), "tenancy-user", "alice");
        members.put("alice", new Membership(ACME, "OWNER", status));
        refused(propagator, carried, "is no active member");
        members.clear();
        refused(propagator, carried, "is no active member");
    }

    @Test
    void workOnNobodysBehalfIsForTenantsThatAreListed() {
        TenantPropagator propagator = propagator(true);
        Map<String, String> carried =
                CurrentTenant.<Map<String, String>, RuntimeException>callAs(ACME, propagator::inject);
        assertThat(carried).containsOnly(Map.entry("tenancy-tenant", ACME.toString()));
        assertThat(propagator.<TenantPrincipal, RuntimeException>callAs(carried::get, CurrentTenant::require))
                .isEqualTo(TenantPrincipal.system(ACME));
        refused(propagator, Map.of("tenancy-tenant", new UUID(2, 2).toString()), "is none that ActiveTenants lists");
    }

    @Test
    void whatNamesNobodyIsRefused() {
        TenantPropagator propagator = propagator(true);
        assertThat(propagator.inject()).isEmpty();
        assertThat(CurrentTenant.<Map<String, String>, RuntimeException>acrossTenants("a report", propagator::inject))
                .isEmpty();
        refused(propagator, Map.of(), "name no tenant under tenancy-tenant");
        refused(propagator, Map.of("tenancy-tenant", " "), "name no tenant under tenancy-tenant");
        refused(propagator, Map.of("tenancy-user", "alice"), "name no tenant under tenancy-tenant");
    }

    @Test
    void aSlugIsNoIdHere() {
        refused(propagator(true), Map.of("tenancy-tenant", "acme", "tenancy-user", "alice"), "is no active member");
    }

    @Test
    void withoutAListNobodyActsOnNobodysBehalf() {
        refused(
                propagator(false),
                Map.of("tenancy-tenant", ACME.toString()),
                "Provide a bean of the type dev.tenancy.spring.task.ActiveTenants");
    }

    private static void refused(TenantPropagator propagator, Map<String, String> carried, String why) {
        assertThatThrownBy(() -> propagator.runAs(carried::get, () -> {
                    throw new AssertionError("it ran");
                }))
                .isInstanceOf(PropagationRefusedException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining(ACME.toString())
                .hasMessageNotContaining("alice");
    }
}
