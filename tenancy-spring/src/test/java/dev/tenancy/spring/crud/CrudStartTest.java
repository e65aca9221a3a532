package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThatException;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.tenancy.spring.TestApplication;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

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
}
