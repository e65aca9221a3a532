package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.Model.Child;
import dev.tenancy.Model.Hidden;
import dev.tenancy.Model.Parent;
import dev.tenancy.Model.Tag;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.query.MutationQuery;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that live longer than their tenant, and rows that are handled in odd ways. */
class LifeCycleTest {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private static final String URL = "jdbc:h2:mem:" + UUID.randomUUID();

    private static SessionFactory factory;

    private UUID parentOfAcme;

    @BeforeAll
    static void build() {
        factory = Model.factory(URL, Map.of("hibernate.generate_statistics", true));
    }

    @AfterAll
    static void close() {
        factory.close();
    }

    @BeforeEach
    void acmeHasAParent() {
        parentOfAcme = CurrentTenant.callAs(
                ACME,
                () -> factory.fromTransaction(session -> {
                    Parent parent =
                            (Parent) Model.rows(UUID.randomUUID().toString()).get(0);
                    session.persist(parent);
                    return parent.getId();
                }));
    }

    private interface Work {
        void on(Session session);
    }

    private static void refusedOn(Session session, Work work) {
        CurrentTenant.runAs(
                GLOBEX,
                () -> assertThatExceptionOfType(ForeignSessionException.class)
                        .isThrownBy(() -> work.on(session))
                        .withMessageContaining("dev.tenancy.Model$"));
    }

    @Test
    void aSessionOfOneTenantIsRefusedUnderAnother() {
        Session session = CurrentTenant.callAs(ACME, () -> factory.openSession());
        try (session) {
            refusedOn(session, one -> one.find(Parent.class, parentOfAcme));
            refusedOn(session, one -> one.createQuery("from Tag", Tag.class).getResultList());
            refusedOn(
                    session,
                    one -> one.createQuery("select p.text from Parent p", String.class)
                            .getResultList());
            CurrentTenant.runAs(
                    ACME,
                    () -> assertThat(session.find(Parent.class, parentOfAcme)).isNotNull());
        }
    }

    @Test
    void aSessionOpenedForNobodyIsRefusedOnceThereIsATenant() {
        try (Session session = factory.openSession()) {
            refusedOn(
                    session, one -> one.createQuery("from Parent", Parent.class).getResultList());
        }
    }

    @Test
    void rowsOfOneTenantAreNotFlushedUnderAnother() {
        Session session = CurrentTenant.callAs(ACME, () -> factory.openSession());
        try (session) {
            session.beginTransaction();
            CurrentTenant.runAs(ACME, () -> session.persist(new Tag()));
            refusedOn(session, Session::flush);
            session.getTransaction().rollback();
        }
    }

    @Test
    void whatIsLoadedLazilyIsNotLoadedUnderAnotherTenant() {
        Session session = CurrentTenant.callAs(ACME, () -> factory.openSession());
        try (session) {
            Parent parent = CurrentTenant.callAs(ACME, () -> session.find(Parent.class, parentOfAcme));
            refusedOn(session, one -> parent.children.size());
            refusedOn(session, one -> parent.tags.size());
            CurrentTenant.runAs(ACME, () -> assertThat(parent.children).hasSize(1));
        }
    }

    @Test
    void theTenantOfARowIsNotChanged() {
        assertThatExceptionOfType(TenantChangedException.class)
                .isThrownBy(() -> CurrentTenant.runAs(
                        ACME,
                        () -> factory.inTransaction(session -> {
                            setTenant(session.find(Parent.class, parentOfAcme), GLOBEX);
                        })))
                .withMessageContaining("Model$Parent");
    }

    @Test
    void aRowIsNotInsertedForAnotherTenant() {
        assertThatExceptionOfType(ForeignRowException.class)
                .isThrownBy(() -> CurrentTenant.runAs(
                        ACME,
                        () -> factory.inTransaction(session -> {
                            Tag tag = new Tag();
                            setTenant(tag, GLOBEX);
                            session.persist(tag);
                        })))
                .withMessageContaining("Model$Tag");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update Tag set tenantId = :other",
                "update Tag t set t.text = 'x', t.tenantId = :other",
                "update Tag t set t.text = (select max(c.text) from Child c where c.text > ''), t.tenantId = :other",
                "update Tag t set t.text = upper(trim(t.text)), t.tenantId = :other where t.text = 'SECRET'",
                "update versioned Tag set tenantId = :other",
                "native: update tag set tenant_id = :other",
                "native: update tag set text = 'where', TENANT_ID=:other",
                "native: update tag set \"TENANT_ID\" = :other",
                "native: update tag set (text, tenant_id) = ('x', :other)",
                "native: update tag as t set t.tenant_id = cast(:other as uuid) where 1 = 1",
                "native: /* a comment */ update tag set tenant_id /* another */ = :other",
                "native: merge into tag t using (values 1) v on true when matched then update set tenant_id = :other",
            })
    void theTenantOfRowsIsNotChangedInBulk(String statement) {
        assertThatExceptionOfType(TenantChangedException.class)
                .isThrownBy(() -> CurrentTenant.runAs(
                        ACME,
                        () -> factory.inTransaction(session -> mutation(session, statement)
                                .setParameter("other", GLOBEX)
                                .executeUpdate())))
                .withMessageContaining("Model$Tag");
    }

    private static MutationQuery mutation(Session session, String statement) {
        return statement.startsWith("native: ")
                ? session.createNativeMutationQuery(statement.substring(8))
                : session.createMutationQuery(statement);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update Tag set text = 'tenant_id = 1'",
                "update Tag t set t.text = (select max(c.text) from Child c where c.tenantId = t.tenantId)",
                "update Tag t set t.text = 'x' where t.tenantId = t.tenantId",
            })
    void aBulkUpdateThatOnlyNamesTheTenantGoesThrough(String statement) {
        assertThat(CurrentTenant.<Integer, RuntimeException>callAs(
                        ACME,
                        () -> factory.fromTransaction(session ->
                                session.createMutationQuery(statement).executeUpdate())))
                .isPositive();
    }

    @Test
    void aForeignRowThatNativeSqlBringsInIsRefusedByName() {
        assertThatExceptionOfType(ForeignRowException.class)
                .isThrownBy(() -> CurrentTenant.runAs(
                        GLOBEX,
                        () -> factory.inTransaction(session -> session.createNativeQuery(
                                        "/* tenancy: trusted because of the test */ select * from parent", Parent.class)
                                .getResultList())))
                .withMessageContaining("Model$Parent");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select c.id, p.id from Child c right join c.parent p",
                "select c.id, p.id from Child c full join c.parent p",
                "select p.text from Tag t right join Parent p on p.amount = 0",
            })
    void aJoinThatKeepsTheRowsOfItsRightSideIsRefused(String query) {
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> CurrentTenant.runAs(
                        GLOBEX,
                        () -> factory.inTransaction(session -> session.createSelectionQuery(query, Object[].class)
                                .getResultList())))
                .withMessageContaining("Model$")
                .withMessageContaining("left join");
    }

    @Test
    void thereIsNoFilterToDisable() {
        assertThat(factory.getDefinedFilterNames()).isEmpty();
        CurrentTenant.runAs(
                GLOBEX,
                () -> factory.inTransaction(session -> {
                    session.disableFilter("_tenantId");
                    assertThat(session.find(Parent.class, parentOfAcme)).isNull();
                }));
    }

    @Test
    void plansAreSharedByAllTenants() {
        String query = "from Parent where amount > 6";
        Runnable asTwo = () -> {
            for (UUID tenant : List.of(ACME, GLOBEX)) {
                CurrentTenant.runAs(
                        tenant,
                        () -> factory.inTransaction(session ->
                                session.createQuery(query, Parent.class).getResultList()));
            }
        };
        asTwo.run();
        long misses = factory.getStatistics().getQueryPlanCacheMissCount();
        asTwo.run();
        assertThat(factory.getStatistics().getQueryPlanCacheMissCount()).isEqualTo(misses);
    }

    @Test
    void everyStatementOnAnOwnedTableNamesTheTenantAndLeavesTheIndexUsable() {
        past("set query_statistics true");
        CurrentTenant.runAs(
                ACME,
                () -> factory.inTransaction(session -> {
                    Parent parent = session.find(Parent.class, parentOfAcme);
                    parent.text = "changed";
                    assertThat(parent.children).hasSize(1);
                    assertThat(parent.tags).hasSize(1);
                    Hidden hidden = new Hidden();
                    session.persist(hidden);
                    session.flush();
                    session.remove(hidden);
                    session.flush();
                    session.createMutationQuery("update Parent set amount = 8").executeUpdate();
                    session.createQuery("from Child c join fetch c.parent", Child.class)
                            .getResultList();
                }));
        // What the database got, not what Hibernate logged.
        List<String> statements = past("select sql_statement from information_schema.query_statistics").stream()
                .filter(sql -> sql.matches("(?s)(select|insert|update|delete).*(Parent|Child|Tag|Hidden).*"))
                .toList();
        assertThat(statements).hasSizeGreaterThanOrEqualTo(8).allMatch(sql -> sql.contains("tenant_id"));
        assertThat(statements).noneMatch(sql -> sql.contains("coalesce"));
        assertThat(statements)
                .filteredOn(sql -> !sql.startsWith("insert"))
                .allMatch(sql -> sql.matches("(?s).*tenant_id=\\?.*"));
        assertThat(statements)
                .anyMatch(sql -> sql.matches("update Parent .*version=\\? and (Parent\\.)?tenant_id=\\?"));
        assertThat(statements).anyMatch(sql -> sql.matches("delete from Hidden .*tenant_id=\\?"));
        assertThat(statements).anyMatch(sql -> sql.matches("select .* join Parent .*tenant_id=\\?.*tenant_id=\\?"));
    }

    /** Past Hibernate and the guard. */
    private static List<String> past(String sql) {
        List<String> found = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(URL);
                Statement statement = connection.createStatement()) {
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        found.add(rows.getString(1));
                    }
                }
            }
        } catch (SQLException impossible) {
            throw new IllegalStateException(impossible);
        }
        return found;
    }

    private static void setTenant(TenantOwned row, UUID tenant) {
        try {
            var field = TenantOwned.class.getDeclaredField("tenantId");
            field.setAccessible(true);
            field.set(row, tenant);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
