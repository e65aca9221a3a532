package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.OneToMany;
import jakarta.persistence.SecondaryTable;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.hibernate.annotations.Any;
import org.hibernate.annotations.AnyDiscriminatorValue;
import org.hibernate.annotations.AnyKeyJavaClass;
import org.hibernate.annotations.Audited;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.HQLSelect;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.ManyToAny;
import org.hibernate.annotations.SQLDelete;
import org.hibernate.annotations.SQLDeleteAll;
import org.hibernate.annotations.SQLInsert;
import org.hibernate.annotations.SQLOrder;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.annotations.SQLSelect;
import org.hibernate.annotations.SQLUpdate;
import org.hibernate.annotations.Subselect;
import org.hibernate.annotations.Synchronize;
import org.hibernate.annotations.Temporal;
import org.hibernate.annotations.TenantId;
import org.hibernate.annotations.View;
import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.SingleTableEntityPersister;
import org.hibernate.persister.internal.StandardPersisterClassResolver;
import org.hibernate.persister.spi.PersisterClassResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappingCheckTest {

    private static final String URL = "jdbc:h2:mem:mapping;DB_CLOSE_DELAY=-1";

    @Test
    void modelsOfEveryShapeHaveNoFinding() {
        assertThat(examine(Model.ENTITIES)).isEmpty();
        assertThat(examine(Note.class, Plain.class, Good.class, GoodReport.class, Currency.class, GoodAny.class))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {TenantInId.class, TenantInEmbeddable.class, TenantInSecondaryTable.class, TenantFormula.class})
    void aTenantThatIsNotAColumnOfTheEntitysOwnIsFound(Class<?> entity) {
        assertFound(Fault.TENANT_MISPLACED, entity, "");
    }

    // @TenantId sees to it that neither is so; another contributor to the mapping could undo that.
    @Test
    void aTenantThatCanBeUpdatedOrBeNullIsFound() {
        List<Consumer<Property>> faults = List.of(
                tenant -> {
                    tenant.setUpdatable(true);
                    tenant.setValue(updatable((BasicValue) tenant.getValue()));
                },
                tenant -> tenant.setOptional(true),
                tenant -> tenant.getColumns().get(0).setNullable(true));
        for (Consumer<Property> fault : faults) {
            Boot boot = Boot.of(URL, Plain.class);
            Property tenant =
                    boot.metadata().getEntityBinding(Plain.class.getName()).getProperty("tenantId");
            assertThat(MappingCheck.examine(boot.metadata(), boot.owned())).isEmpty();
            fault.accept(tenant);
            assertThat(MappingCheck.examine(boot.metadata(), boot.owned()))
                    .extracting(Finding::id, Finding::subject)
                    .containsExactly(tuple(Fault.TENANT_MUTABLE.id(), Plain.class.getName() + ".tenantId"));
        }
    }

    private static BasicValue updatable(BasicValue value) {
        BasicValue updatable = new BasicValue(value.getBuildingContext(), value.getTable());
        updatable.addColumn(value.getColumns().get(0), true, true);
        return updatable;
    }

    @Test
    void aPersisterOfTheApplicationsOwnIsFound() {
        Boot boot = Boot.of(URL, Map.of("hibernate.persister.resolver", new OwnResolver()), Note.class);
        assertThat(MappingCheck.examine(boot.metadata(), boot.owned()))
                .extracting(Finding::id, Finding::subject)
                .containsExactly(tuple(Fault.CUSTOM_PERSISTER.id(), Note.class.getName()));
    }

    @Test
    void anEntityThatIsAddedAfterTheOthersHaveDecidedIsFound() {
        Boot late = Boot.of(URL, Currency.class, Note.class);
        late.metadata().getEntityBinding(Currency.class.getName()).setClassName(Undecided.class.getName());
        assertThat(MappingCheck.examine(late.metadata(), late.owned()))
                .extracting(Finding::id)
                .containsExactly(Fault.UNDECIDED.id());
    }

    @ParameterizedTest
    @ValueSource(classes = {OwnInsert.class, OwnUpdate.class, OwnDelete.class, OwnSelect.class, OwnSecondary.class})
    void sqlOfTheApplicationsOwnIsFound(Class<?> entity) {
        assertThat(examine(entity)).extracting(Finding::id).containsExactly(Fault.CUSTOM_SQL.id());
        assertThat(examine(entity).get(0).subject()).startsWith(entity.getName());
    }

    @Test
    void sqlOfTheApplicationsOwnOnACollectionIsFound() {
        assertThat(examine(OwnCollections.class, Note.class))
                .extracting(Finding::id, Finding::subject)
                .containsExactlyInAnyOrder(
                        tuple(Fault.CUSTOM_SQL.id(), OwnCollections.class.getName() + ".inserted"),
                        tuple(Fault.CUSTOM_SQL.id(), OwnCollections.class.getName() + ".deleted"),
                        tuple(Fault.CUSTOM_SQL.id(), OwnCollections.class.getName() + ".selected"));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                OwnedCount.class,
                GlobalCount.class,
                UnknownTable.class,
                CommaJoin.class,
                TableCommand.class,
                Transformed.class,
                Restricted.class,
                Ordered.class
            })
    void aSubSelectOnOtherThanGlobalTablesIsFound(Class<?> entity) {
        assertThat(examine(entity, Note.class, Currency.class))
                .extracting(Finding::id)
                .containsExactly(Fault.SUB_SELECT.id());
    }

    @Test
    void aReferenceToAnyOwnedEntityIsFound() {
        assertThat(examine(ToAny.class, ToMany.class, ToWhatever.class, Note.class, Currency.class))
                .extracting(Finding::id, Finding::subject)
                .containsExactlyInAnyOrder(
                        tuple(Fault.ANY_REFERENCE.id(), ToAny.class.getName() + ".target"),
                        tuple(Fault.ANY_REFERENCE.id(), ToMany.class.getName() + ".targets.element"),
                        tuple(Fault.ANY_REFERENCE.id(), ToWhatever.class.getName() + ".target"));
    }

    @ParameterizedTest
    @ValueSource(classes = {EnversNote.class, EnversText.class})
    void aHistoryOfOwnedRowsIsFound(Class<?> entity) {
        assertFound(Fault.HISTORY, entity, "");
    }

    @Test
    void aHistoryThatHibernateItselfKeepsOfOwnedRowsIsFound() {
        if (HibernateVersion.keepsHistories()) {
            assertFound(Fault.HISTORY, AuditedNote.class, "");
            assertFound(Fault.HISTORY, TemporalNote.class, "");
            assertFound(Fault.HISTORY, AuditedWords.class, ".words");
        } else {
            assertThat(examine(AuditedNote.class, TemporalNote.class, AuditedWords.class))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {SubselectReport.class, SynchronizedReport.class, ViewReport.class})
    void aViewOfOwnedTablesIsFound(Class<?> entity) {
        assertThat(examine(entity, Note.class))
                .extracting(Finding::id, Finding::subject)
                .containsExactly(tuple(Fault.VIEW_OVER_OWNED.id(), entity.getName()));
    }

    private static void assertFound(Fault fault, Class<?> entity, String attribute) {
        assertThat(examine(entity))
                .extracting(Finding::id, Finding::subject)
                .containsExactly(tuple(fault.id(), entity.getName() + attribute));
    }

    private static List<Finding> examine(Class<?>... entities) {
        Boot boot = Boot.of(URL, entities);
        return MappingCheck.examine(boot.metadata(), boot.owned());
    }

    static final class OwnResolver implements PersisterClassResolver {

        private static final class Own extends SingleTableEntityPersister {
            Own() {
                super(null, null, null, null);
            }
        }

        @Override
        public Class<? extends EntityPersister> getEntityPersisterClass(PersistentClass metadata) {
            return Own.class;
        }

        @Override
        public Class<? extends CollectionPersister> getCollectionPersisterClass(
                org.hibernate.mapping.Collection metadata) {
            return new StandardPersisterClassResolver().getCollectionPersisterClass(metadata);
        }
    }

    @Entity(name = "Note")
    static class Note extends TenantOwned {
        String text;
    }

    @Entity(name = "Currency")
    @GlobalEntity(reason = "ISO 4217")
    static class Currency {

        @Id
        String code;
    }

    /** What looks like a fault, and is none. */
    @Entity(name = "Good")
    @Immutable
    @SQLRestriction("text <> 'select'")
    @HQLSelect(query = "from Good where id = ?1")
    static class Good extends TenantOwned {

        String text;

        @Formula("upper(trim(both ' ' from text))")
        String upper;

        @Formula("(select c.code from Currency c where c.code = text)")
        String currency;
    }

    @Entity(name = "GoodReport")
    @Subselect("select code from Currency")
    @GlobalEntity(reason = "a fixture")
    static class GoodReport {

        @Id
        String code;
    }

    @Entity(name = "GoodAny")
    static class GoodAny extends TenantOwned {

        @Any
        @AnyKeyJavaClass(String.class)
        @AnyDiscriminatorValue(discriminator = "c", entity = Currency.class)
        @JoinColumn(name = "target_id")
        @Column(name = "target_type")
        Object target;
    }

    @Entity(name = "Undecided")
    static class Undecided {

        @Id
        String code;
    }

    @Entity(name = "Plain")
    static class Plain {

        @Id
        Long id;

        @TenantId
        UUID tenantId;
    }

    @Entity(name = "TenantInId")
    static class TenantInId {

        @Id
        Long id;

        @Id
        @TenantId
        UUID tenantId;
    }

    @Embeddable
    static class Belonging {

        @TenantId
        UUID tenantId;
    }

    @Entity(name = "TenantInEmbeddable")
    static class TenantInEmbeddable {

        @Id
        Long id;

        @Embedded
        Belonging belonging;
    }

    @Entity(name = "TenantInSecondaryTable")
    @SecondaryTable(name = "tenants_of_rows")
    static class TenantInSecondaryTable {

        @Id
        Long id;

        @TenantId
        @Column(table = "tenants_of_rows")
        UUID tenantId;
    }

    @Entity(name = "TenantFormula")
    static class TenantFormula {

        @Id
        Long id;

        @TenantId
        @Formula("owner_id")
        UUID tenantId;
    }

    @Entity(name = "OwnInsert")
    @SQLInsert(sql = "insert into x")
    static class OwnInsert extends TenantOwned {}

    @Entity(name = "OwnUpdate")
    @SQLUpdate(sql = "update x")
    static class OwnUpdate extends TenantOwned {}

    @Entity(name = "OwnDelete")
    @SQLDelete(sql = "delete from x")
    static class OwnDelete extends TenantOwned {}

    @Entity(name = "OwnSelect")
    @SQLSelect(sql = "select * from OwnSelect where id = ?")
    static class OwnSelect extends TenantOwned {}

    @Entity(name = "OwnSecondary")
    @SecondaryTable(name = "own_more")
    @SQLInsert(table = "own_more", sql = "insert into x")
    static class OwnSecondary extends TenantOwned {

        @Column(table = "own_more")
        String more;
    }

    @Entity(name = "OwnCollections")
    static class OwnCollections extends TenantOwned {

        @ElementCollection
        @SQLInsert(sql = "insert into x")
        Set<String> inserted = new HashSet<>();

        @ManyToMany
        @SQLDeleteAll(sql = "delete from x")
        Set<Note> deleted = new HashSet<>();

        @OneToMany
        @SQLSelect(sql = "select * from Note")
        Set<Note> selected = new HashSet<>();
    }

    @Entity(name = "OwnedCount")
    static class OwnedCount extends TenantOwned {

        @Formula("(select count(*) from Note n where n.text = 'x')")
        long notes;
    }

    @Entity(name = "GlobalCount")
    @GlobalEntity(reason = "a fixture")
    static class GlobalCount {

        @Id
        Long id;

        @Formula("(select count(*) from Note)")
        long notes;
    }

    @Entity(name = "UnknownTable")
    static class UnknownTable extends TenantOwned {

        @Formula("(select max(x) from somewhere)")
        long notes;
    }

    @Entity(name = "CommaJoin")
    static class CommaJoin extends TenantOwned {

        @Formula("(select max(s.x) from Currency c, somewhere s)")
        long notes;
    }

    @Entity(name = "TableCommand")
    static class TableCommand extends TenantOwned {

        @Formula("array(table somewhere)")
        String notes;
    }

    @Entity(name = "Transformed")
    static class Transformed extends TenantOwned {

        @ColumnTransformer(read = "(select max(text) from Note)")
        String text;
    }

    @Entity(name = "Restricted")
    @SQLRestriction("exists (select 1 from Note)")
    static class Restricted extends TenantOwned {}

    @Entity(name = "Ordered")
    static class Ordered extends TenantOwned {

        @ElementCollection
        @SQLOrder("(select max(text) from Note)")
        List<String> words;
    }

    @Entity(name = "ToAny")
    static class ToAny extends TenantOwned {

        @Any
        @AnyKeyJavaClass(UUID.class)
        @AnyDiscriminatorValue(discriminator = "n", entity = Note.class)
        @JoinColumn(name = "target_id")
        @Column(name = "target_type")
        Object target;
    }

    @Entity(name = "ToWhatever")
    static class ToWhatever extends TenantOwned {

        @Any
        @AnyKeyJavaClass(UUID.class)
        @JoinColumn(name = "target_id")
        @Column(name = "target_type")
        Object target;
    }

    @Entity(name = "ToMany")
    static class ToMany extends TenantOwned {

        @ManyToAny
        @AnyKeyJavaClass(UUID.class)
        @AnyDiscriminatorValue(discriminator = "n", entity = Note.class)
        @Column(name = "target_type")
        @jakarta.persistence.JoinTable(
                name = "to_many",
                joinColumns = @JoinColumn(name = "owner_id"),
                inverseJoinColumns = @JoinColumn(name = "target_id"))
        Set<Object> targets = new HashSet<>();
    }

    @Entity(name = "AuditedNote")
    @Audited
    static class AuditedNote extends TenantOwned {
        String text;
    }

    @Entity(name = "EnversNote")
    @org.hibernate.envers.Audited
    static class EnversNote extends TenantOwned {
        String text;
    }

    @Entity(name = "EnversText")
    static class EnversText extends TenantOwned {

        @org.hibernate.envers.Audited
        String text;
    }

    @Entity(name = "TemporalNote")
    @Temporal
    static class TemporalNote extends TenantOwned {
        Instant at;
    }

    @Entity(name = "AuditedWords")
    static class AuditedWords extends TenantOwned {

        @ElementCollection
        @Audited
        Set<String> words = new HashSet<>();
    }

    @Entity(name = "SubselectReport")
    @Subselect("select count(*) as id from Note")
    @GlobalEntity(reason = "a fixture")
    static class SubselectReport {

        @Id
        Long id;
    }

    @Entity(name = "SynchronizedReport")
    @Subselect("select x as id from note_statistics()")
    @Synchronize("Note")
    @GlobalEntity(reason = "a fixture")
    static class SynchronizedReport {

        @Id
        Long id;
    }

    @Entity(name = "ViewReport")
    @View(query = "select count(*) as id from Note")
    @GlobalEntity(reason = "a fixture")
    static class ViewReport {

        @Id
        Long id;
    }
}
