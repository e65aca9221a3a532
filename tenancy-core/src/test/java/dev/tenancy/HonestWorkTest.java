package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.Model.Child;
import dev.tenancy.Model.Parent;
import dev.tenancy.Model.Tag;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wall that refuses honest work is also a defect: what an ordinary application does on its own rows comes out as ever. */
class HonestWorkTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private SessionFactory factory;

    /** Two parents for each of two tenants: one with a child, a tag and a note, and its minion with none of them. */
    @BeforeEach
    void build() {
        factory = Model.factory("jdbc:h2:mem:" + UUID.randomUUID(), Map.of());
        for (UUID tenant : List.of(ACME, GLOBEX)) {
            CurrentTenant.runAs(
                    tenant,
                    () -> factory.inTransaction(
                            session -> Model.rows(tenant.toString()).forEach(session::persist)));
        }
    }

    @AfterEach
    void close() {
        factory.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    from Parent                                                             | 2
                    from Parent p left join fetch p.children                                | 2
                    from Parent p left join fetch p.tags                                    | 2
                    from Parent p left join fetch p.notes                                   | 2
                    from Parent p left join fetch p.boss                                    | 2
                    from Parent p join fetch p.boss                                         | 1
                    select p.id, t.id from Parent p left join p.tags t                      | 2
                    select p.id, c.id from Parent p left join p.children c                  | 2
                    select p.id, c.id from Parent p left join p.children c on c.text = 'no' | 2
                    select p.id, t.id from Parent p left join p.tags t on t.text = 'no'     | 2
                    select p.id, c.id from Parent p left join Child c on c.parent = p       | 2
                    from Parent p where p.boss is null                                      | 1
                    from Parent p where p.boss.id is null                                   | 1
                    from Parent p where p.boss is not null                                  | 1
                    from Parent p where p.boss.text = 'SECRET' or p.boss is null            | 1
                    from Parent p where p.children is empty                                 | 1
                    from Parent p where p.tags is empty                                     | 1
                    from Parent p where size(p.children) = 0                                | 1
                    from Parent p where not exists (from Child c where c.parent = p)        | 1
                    from Parent p where p.id in (select c.parent.id from Child c)           | 1
                    select count(*) from Parent                                             | 1
                    select p.text, count(p) from Parent p group by p.text                   | 1
                    from Child c where c.parent.boss is null                                | 1
                    from Animal                                                             | 1
                    from Animal a where type(a) = Dog                                       | 1
                    select treat(a as Dog).bark from Animal a                               | 1
                    from Payment                                                            | 1
                    from Shape s where treat(s as Circle).radius = 3                        | 1
                    from Hidden                                                             | 1
                    """)
    void aQueryHasAsManyRowsAsTheTenantHas(String query, int rows) {
        assertThat(as(
                        ACME,
                        session -> session.createSelectionQuery(query, Object[].class)
                                .getResultList()))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(rows);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    update Parent set text = 'x'                                                    | 2
                    update Parent set boss = null                                                   | 2
                    update Child set parent = null                                                  | 1
                    update Child c set c.parent = (select p from Parent p where p.boss is not null) | 1
                    update Parent set amount = amount + 1 where boss.id is null                     | 1
                    update Animal set text = 'x'                                                    | 1
                    update Dog set bark = 'x'                                                       | 1
                    update Split set more = 'x'                                                     | 1
                    update CardPayment set card = 'x'                                               | 1
                    delete Child                                                                    | 1
                    delete Dog                                                                      | 1
                    delete Payment                                                                  | 1
                    delete Hidden where text = 'SECRET'                                             | 1
                    """)
    void aBulkStatementChangesAsManyRowsAsTheTenantHas(String statement, int rows) {
        assertThat(as(ACME, session -> session.createMutationQuery(statement).executeUpdate()))
                .isEqualTo(rows);
    }

    @Test
    void aReferenceCanBeSetChangedAndTakenAway() {
        as(ACME, session -> {
            Child child = session.createQuery("from Child", Child.class).getSingleResult();
            Parent minion = session.createQuery("from Parent where boss is not null", Parent.class)
                    .getSingleResult();
            child.parent = minion;
            session.flush();
            child.parent = session.getReference(Parent.class, minion.boss.getId());
            session.flush();
            child.parent = null;
            session.flush();
            Parent fresh = new Parent();
            fresh.code = "fresh";
            fresh.boss = minion;
            session.persist(fresh);
            minion.children.add(child);
            minion.tags.addAll(session.createQuery("from Tag", Tag.class).getResultList());
            minion.notes.add("note");
            return null;
        });
        assertThat(as(
                        ACME,
                        session -> session.createQuery("select p.notes from Parent p", String.class)
                                .getResultList()))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(2);
    }

    @Test
    void aDetachedRowIsMergedAndItsVersionKept() {
        Parent detached = (Parent) as(
                ACME,
                session -> session.createQuery("from Parent where boss is null", Parent.class)
                        .getSingleResult());
        detached.text = "changed";
        Parent merged = (Parent) as(ACME, session -> session.merge(detached));
        assertThat(merged.getVersion()).isEqualTo(1);
        assertThat(as(ACME, session -> session.find(Parent.class, detached.getId()).text))
                .isEqualTo("changed");
    }

    @Test
    void aGraphIsPersistedInOneGo() {
        as(ACME, session -> {
            Parent parent = new Parent();
            parent.code = "graph";
            Child child = new Child();
            child.parent = parent;
            parent.children.add(child);
            parent.tags.add(new Tag());
            session.persist(parent);
            return null;
        });
        assertThat(as(
                        ACME,
                        session -> session.createQuery("from Child c where c.parent.code = 'graph'", Child.class)
                                .getSingleResult()))
                .isNotNull();
    }

    private Object as(UUID tenant, Function<Session, Object> work) {
        return CurrentTenant.callAs(tenant, () -> factory.fromTransaction(work::apply));
    }
}
