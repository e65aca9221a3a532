package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tenancy.TenantOwned;
import dev.tenancy.spring.TestApplication;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponses;
import jakarta.persistence.AttributeOverride;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The schemas of a resource: what answers always hold, and names that stand for one thing. */
class DocumentedResourceTest {

    @Test
    void whatAnswersHoldIsRequired() {
        OpenAPI document = document(Pallets.class);

        assertThat(required(document, "PalletDto")).containsExactlyInAnyOrder("id", "code", "colour", "load");
        assertThat(required(document, "PalletDtoLoad")).containsExactlyInAnyOrder("weight", "remark", "grade");
    }

    @Test
    void whatANestedRecordRefersToIsThere() {
        assertThat(document(Pallets.class).getComponents().getSchemas())
                .containsKeys("PalletDto", "PalletDtoLoad", "PalletDtoLoadInput", "Grade")
                .doesNotContainKey("LoadDto");
    }

    @Test
    void whatJacksonLeavesOutIsNotRequired() {
        OpenAPI document = document(Pallets.class, "spring.jackson.default-property-inclusion=non_null");

        assertThat(required(document, "PalletDto")).containsExactlyInAnyOrder("id", "code");
        assertThat(required(document, "PalletDtoLoad")).containsExactly("weight");
        assertThat(required(
                        document(Pallets.class, "spring.jackson.default-property-inclusion=non_empty"), "PalletDto"))
                .isEmpty();
    }

    @Test
    void aRecordThatLeavesOutByItselfIsToldSo() {
        assertThat(required(document(SparePallets.class), "SparePalletDto")).containsExactlyInAnyOrder("id", "code");
    }

    @Test
    void anExportTellsItsOwnBound() {
        assertThat(exportOfPallets()).doesNotContainKey("429");
        assertThat(exportOfPallets("tenancy.max-exports=2")).containsKey("429");
    }

    private static ApiResponses exportOfPallets(String... settings) {
        return document(Pallets.class, settings)
                .getPaths()
                .get("/exportPallets")
                .getGet()
                .getResponses();
    }

    @Test
    void aComponentThatIsCalledLikeWhatIsDerivedIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> document(Trays.class))
                .withMessageContaining("TrayDtoPage")
                .withMessageContaining("what is answered as page of")
                .withMessageContaining("a page of");
    }

    @Test
    void aClassOfTheApplicationThatIsCalledLikeWhatIsDerivedIsRefusedWheneverItComes() {
        Schema<?> own = new ObjectSchema().addProperty("mine", new StringSchema());
        for (boolean first : List.of(true, false)) {
            assertThatIllegalStateException()
                    .as("first " + first)
                    .isThrownBy(() -> document(first, "PalletDtoInput", own, Pallets.class))
                    .withMessageContaining("PalletDtoInput")
                    .withMessageContaining("a class of the application")
                    .withMessageContaining("@Schema(name");
        }
    }

    @Test
    void anotherClassThatIsCalledLikeTheRecordIsRefused() {
        Schema<?> own = new ObjectSchema().addProperty("mine", new StringSchema());
        assertThatIllegalStateException()
                .isThrownBy(() -> document(true, "PalletDto", own, Pallets.class))
                .withMessageContaining("PalletDto of the API document would be two things");
    }

    private static List<String> required(OpenAPI document, String schema) {
        Schema<?> found = document.getComponents().getSchemas().get(schema);
        return found.getRequired() == null ? List.of() : found.getRequired();
    }

    private static OpenAPI document(Class<?> controller, String... settings) {
        return document(false, null, null, controller, settings);
    }

    /** As springdoc makes it, which completes each operation and then the whole, with a schema of the application before or after. */
    private static OpenAPI document(
            boolean first, String name, Schema<?> own, Class<?> controller, String... settings) {
        try (ConfigurableApplicationContext application = TestApplication.start(controller, settings)) {
            DocumentedOperations operations = application.getBean(DocumentedOperations.class);
            OpenAPI document = new OpenAPI().components(new Components()).paths(new Paths());
            if (name != null && first) {
                document.getComponents().addSchemas(name, own);
            }
            for (HandlerMethod handler : application
                    .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                    .getHandlerMethods()
                    .values()) {
                if (handler.getBeanType() == controller) {
                    Operation operation = operations.customize(new Operation(), document.getComponents(), handler);
                    document.getPaths().addPathItem("/" + operation.getOperationId(), new PathItem().get(operation));
                }
            }
            // As springdoc does it: what is there stays.
            if (name != null && !first && !document.getComponents().getSchemas().containsKey(name)) {
                document.getComponents().addSchemas(name, own);
            }
            // What nothing refers to by now is taken away.
            document.getComponents().getSchemas().remove("LoadDto");
            document.getComponents().getSchemas().remove("Grade");
            operations.customise(document);
            return document;
        }
    }

    @Embeddable
    record Load(int weight, String remark, Grade grade) {}

    @Entity(name = "Pallet")
    static class Pallet extends TenantOwned {
        @Column(nullable = false)
        String code;

        String colour;
        Load load;

        @AttributeOverride(name = "weight", column = @Column(name = "page_weight"))
        @AttributeOverride(name = "grade", column = @Column(name = "page_grade"))
        @AttributeOverride(name = "remark", column = @Column(name = "page_remark"))
        Load page;
    }

    @io.swagger.v3.oas.annotations.media.Schema(enumAsRef = true)
    enum Grade {
        LIGHT,
        HEAVY
    }

    record LoadDto(int weight, String remark, Grade grade) {}

    record PalletDto(UUID id, String code, String colour, LoadDto load) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SparePalletDto(UUID id, String code, String colour) {}

    record TrayDto(UUID id, LoadDto page) {}

    @RestController
    @RequestMapping("/pallets")
    @Crud(read = "STAFF", write = "STAFF")
    static class Pallets extends TenantCrudController<Pallet, PalletDto> {}

    @RestController
    @RequestMapping("/spare-pallets")
    @Crud(read = "STAFF", write = "STAFF")
    static class SparePallets extends TenantCrudController<Pallet, SparePalletDto> {}

    @RestController
    @RequestMapping("/trays")
    @Crud(read = "STAFF", write = "STAFF")
    static class Trays extends TenantCrudController<Pallet, TrayDto> {}
}
