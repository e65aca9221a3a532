package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToOne;
import java.util.Map;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.JoinFormula;
import org.junit.jupiter.api.Test;

/** References that are written in another row, or in none. */
class OddReferencesTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    @Entity(name = "Desk")
    static class Desk extends TenantOwned {

        String text = "desk";

        @OneToOne(mappedBy = "desk")
        Lamp lamp;
    }

    @Entity(name = "Lamp")
    static class Lamp extends TenantOwned {

        @OneToOne(fetch = FetchType.LAZY)
        Desk desk;

        UUID wish;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinFormula("wish")
        Desk wished;
    }

    @Test
    void aStatelessSessionWritesARowThatAnotherRefersTo() {
        try (SessionFactory factory = factory()) {
            Desk made = deskWithALamp(factory);
            CurrentTenant.runAs(ACME, () -> {
                factory.inStatelessTransaction(session -> {
                    Desk desk = session.get(Desk.class, made.getId());
                    assertThat(desk.lamp).isNotNull();
                    desk.text = "updated";
                    session.update(desk);
                });
                factory.inStatelessTransaction(session -> {
                    Desk desk = session.get(Desk.class, made.getId());
                    assertThat(desk.text).isEqualTo("updated");
                    if (RunningHibernate.UPSERTS_WITH_TENANT) {
                        desk.text = "upserted";
                        session.upsert(desk);
                        assertThat(session.get(Desk.class, made.getId()).text).isEqualTo("upserted");
                    }
                });
            });
        }
    }

    @Test
    void aReferenceByAFormulaLeadsToOwnRowsOnly() {
        try (SessionFactory factory = factory()) {
            Desk acmes = deskWithALamp(factory);
            for (UUID tenant : new UUID[] {ACME, GLOBEX}) {
                CurrentTenant.runAs(tenant, () -> {
                    Lamp lamp = new Lamp();
                    lamp.wish = acmes.getId();
                    factory.inTransaction(session -> session.persist(lamp));
                    assertThat(factory.<Long>fromSession(session -> session.createSelectionQuery(
                                            "select count(*) from Lamp l join l.wished d where d.text = 'desk'",
                                            Long.class)
                                    .getSingleResult()))
                            .isEqualTo(tenant == ACME ? 1 : 0);
                });
            }
        }
    }

    private static SessionFactory factory() {
        return Model.factory("jdbc:h2:mem:" + UUID.randomUUID(), Map.of(), Desk.class, Lamp.class);
    }

    private static Desk deskWithALamp(SessionFactory factory) {
        Desk desk = new Desk();
        CurrentTenant.runAs(
                ACME,
                () -> factory.inTransaction(session -> {
                    session.persist(desk);
                    Lamp lamp = new Lamp();
                    lamp.desk = desk;
                    session.persist(lamp);
                }));
        return desk;
    }
}
