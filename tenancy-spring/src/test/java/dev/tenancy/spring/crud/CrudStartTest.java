package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThatException;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.tenancy.spring.TestApplication;
import java.math.BigInteger;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;

/** Resources with which the application refuses to start, and says why. */
class CrudStartTest {

    @Test
    void aControllerWithoutRolesIsRefused() {
        refused(WithoutCrud.class, "WithoutCrud has no @Crud");
    }

    @Test
    void aControllerWithARoleThatDoesNotExistIsRefusedWithAllItsFaults() {
        refused(WithFaults.class, "BOSS is not in tenancy.roles");
        refused(WithFaults.class, "sort names colour");
        refused(WithFaults.class, "search names id");
        refused(WithFaults.class, "filter names weight");
        refused(WithFaults.class, "filter names shelf.books");
        refused(WithFaults.class, "readOnly names smell");
        refused(WithFaults.class, "readOnly names name.first");
    }

    @Test
    void aDemandForETagsOfRowsWithoutAVersionIsRefused() {
        refused(WithoutVersion.class, "has no @Version");
    }

    @Test
    void aRecordThatDoesNotFitItsEntityIsRefused() {
        refused(WithUnknownComponent.class, "has a component colour");
        refused(WithWrongType.class, "the component name of type java.lang.Long");
        refused(WithOtherNames.class, "name as title");
    }

    @Test
    void aRecordThatShowsACollectionIsRefused() {
        refused(WithCollection.class, "has a component tags, which is a collection of");
    }

    @Test
    void aComponentThatClientsDoNotSeeIsRefusedSinceAPatchWouldLoseIt() {
        refused(WithHidden.class, "Jackson leaves out components of");
        refused(WithHidden.class, "name. What clients do not see would be lost");
    }

    @Test
    void rowsOfAnAbstractEntityAreNotCreated() {
        refused(WithAbstract.class, "lets rows be created, but");
    }

    @Test
    void whatNoDatabaseComparesAndNoParameterHasIsNotOffered() {
        refused(WithLob.class, "filter names story, a LOB");
        refused(WithLob.class, "filter names letter, whose type (java.lang.Character) does not serve for that");
    }

    @Test
    void whatBelongsToEverybodyIsNotWritten() {
        refused(WithGlobal.class, "belongs to no tenant: a role in one must not change what is everybody's");
    }

    @Test
    void anIdThatNoPathHoldsIsRefused() {
        refused(WithOtherId.class, "is a java.math.BigInteger; a path can hold");
    }

    @Test
    void aPrimitiveThatWouldHaveToShowNullIsRefused() {
        refused(WithPrimitive.class, "the component rating of type int, but the entity may have null there");
    }

    @Test
    void ofTwoMappersNoneIsLeftAside() {
        refused(TwoMappers.class, "expected single matching bean but found 2");
    }

    private static void refused(Class<?> controller, String message, String... settings) {
        assertThatException()
                .isThrownBy(() -> TestApplication.start(controller, settings).close())
                .havingRootCause()
                .withMessageContaining(message);
    }

    static class WithoutCrud extends TenantReadController<TestApplication.Shelf, TestApplication.ShelfDto> {}

    @Crud(
            read = "BOSS",
            filter = "weight, shelf.books",
            readOnly = "smell, name.first",
            sort = {"name", "colour"},
            search = "id")
    static class WithFaults extends TenantReadController<TestApplication.Shelf, TestApplication.ShelfDto> {}

    record UnknownComponent(UUID id, String colour) {}

    @Crud(read = "STAFF")
    static class WithUnknownComponent extends TenantReadController<TestApplication.Shelf, UnknownComponent> {}

    record OtherNames(
            UUID id,

            @com.fasterxml.jackson.annotation.JsonProperty("title")
            String name) {}

    @Crud(read = "STAFF")
    static class WithOtherNames extends TenantReadController<TestApplication.Shelf, OtherNames> {}

    record WrongType(UUID id, Long name) {}

    @Crud(read = "STAFF")
    static class WithWrongType extends TenantReadController<TestApplication.Shelf, WrongType> {}

    @Crud(read = "STAFF", requireIfMatch = true)
    static class WithoutVersion extends TenantCrudController<Workshop.Label, Workshop.LabelDto> {}

    record Tagged(UUID id, List<String> tags) {}

    @Crud(read = "STAFF")
    static class WithCollection extends TenantReadController<Workshop.Tagged, Tagged> {}

    record Hidden(UUID id, @JsonIgnore String name) {}

    @Crud(read = "STAFF", write = "STAFF")
    static class WithHidden extends TenantCrudController<TestApplication.Shelf, Hidden> {}

    @Crud(read = "STAFF", write = "STAFF")
    static class WithAbstract extends TenantCrudController<Workshop.Vehicle, Workshop.VehicleDto> {}

    @Crud(read = "STAFF", filter = "story, letter")
    static class WithLob extends TenantReadController<Workshop.Gadget, Workshop.GadgetDto> {}

    record CurrencyDto(String id, String name) {}

    @Crud(read = "STAFF", write = "ADMIN")
    static class WithGlobal extends TenantCrudController<Workshop.Currency, CurrencyDto> {}

    record NumberedDto(BigInteger id) {}

    @Crud(read = "STAFF")
    static class WithOtherId extends TenantReadController<Workshop.Numbered, NumberedDto> {}

    record Primitive(UUID id, int rating) {}

    @Crud(read = "STAFF")
    static class WithPrimitive extends TenantReadController<Workshop.Item, Primitive> {}

    @Crud(read = "STAFF")
    static class TwoMappers extends TenantReadController<TestApplication.Shelf, TestApplication.ShelfDto> {

        @Bean
        static RecordMapper<TestApplication.Shelf, TestApplication.ShelfDto> one() {
            return (row, mapped) -> mapped;
        }

        @Bean
        static RecordMapper<TestApplication.Shelf, TestApplication.ShelfDto> other() {
            return (row, mapped) -> mapped;
        }
    }
}
