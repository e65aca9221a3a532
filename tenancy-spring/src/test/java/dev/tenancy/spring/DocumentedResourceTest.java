package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.spring.OfferedResource.Field;
import dev.tenancy.spring.OfferedResource.Filter;
import dev.tenancy.spring.OfferedResource.Versions;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is told of a resource that has all there is. */
class DocumentedResourceTest {

    enum Genre {
        NOVEL,
        ATLAS
    }

    record Place(String city, @NotNull Integer shelf) {}

    record BookDto(
            Long id,
            @NotBlank @Size(max = 80) String title,
            Genre genre,
            BigDecimal price,
            LocalDate bought,
            Instant read,
            int pages,
            Place place,
            Long version) {}

    private final Components components = new Components();

    @Test
    void aFilterIsOneParameterForEachOperatorOfTheTypeThatItTakes() {
        Operation list = described(CrudOperation.LIST, Versions.NONE, false);
        assertThat(parameter(list, "bought").getSchema().getFormat()).isEqualTo("date");
        assertThat(parameter(list, "bought.gte").getSchema().getFormat()).isEqualTo("date");
        assertThat(parameter(list, "bought.isnull").getSchema().getType()).isEqualTo("boolean");
        assertThat(parameter(list, "genre.in").getSchema().getItems()).isNotNull();
        assertThat(parameter(list, "title.contains").getSchema().getType()).isEqualTo("string");
        assertThat(parameter(list, "genre.gte")).isNull();
    }

    @Test
    void aListIsReadByThePageOrByThePlaceOfTheLastRow() {
        Operation numbered = described(CrudOperation.LIST, Versions.NONE, false);
        assertThat(parameter(numbered, "page")).isNotNull();
        assertThat(parameter(numbered, "after")).isNull();
        assertThat(parameter(numbered, "size").getSchema().getMaximum()).isEqualTo(BigDecimal.valueOf(50));
        Operation keyset = described(CrudOperation.LIST, Versions.NONE, true);
        assertThat(parameter(keyset, "page")).isNull();
        assertThat(parameter(keyset, "after")).isNotNull();
    }

    @Test
    void aRowWithAVersionSaysHowToNameIt() {
        Operation get = described(CrudOperation.GET, Versions.OFFERED, false);
        assertThat(get.getResponses()).containsKey("304");
        assertThat(get.getResponses().get("200").getHeaders()).containsKey("ETag");
        assertThat(parameter(get, "If-None-Match").getRequired()).isNotEqualTo(true);
        Operation patch = described(CrudOperation.PATCH, Versions.OFFERED, false);
        assertThat(patch.getResponses()).containsKey("412").doesNotContainKey("428");
        Operation delete = described(CrudOperation.DELETE, Versions.REQUIRED, false);
        assertThat(delete.getResponses()).containsKeys("412", "428");
        assertThat(parameter(delete, "If-Match").getRequired()).isTrue();
    }

    @Test
    void aRowWithoutAVersionDoesNot() {
        Operation patch = described(CrudOperation.PATCH, Versions.NONE, false);
        assertThat(patch.getResponses()).doesNotContainKeys("412", "428");
        assertThat(patch.getResponses().get("200").getHeaders()).isNull();
        assertThat(parameter(patch, "If-Match")).isNull();
    }

    @Test
    void propertiesHaveTheirTypesAndWhatIsNotTakenIsReadOnly() {
        described(CrudOperation.CREATE, Versions.NONE, false);
        Schema<?> book = components.getSchemas().get("BookDto");
        assertThat(property(book, "id").getReadOnly()).isTrue();
        assertThat(property(book, "id").getFormat()).isEqualTo("int64");
        assertThat(property(book, "version").getReadOnly()).isTrue();
        assertThat(property(book, "title").getMaxLength()).isEqualTo(80);
        assertThat(property(book, "title").getMinLength()).isEqualTo(1);
        assertThat(property(book, "genre").getEnum()).hasSize(2);
        assertThat(property(book, "price").getTypes()).isEqualTo(Set.of("number", "null"));
        assertThat(property(book, "bought").getFormat()).isEqualTo("date");
        assertThat(property(book, "read").getFormat()).isEqualTo("date-time");
        assertThat(book.getRequired()).containsExactlyInAnyOrder("id", "title", "pages", "version");
        Schema<?> place = components.getSchemas().get("Place");
        assertThat(place.getRequired()).containsExactly("shelf");
    }

    @Test
    void aMergePatchNeedsNothingAndHoldsOnlyWhatIsTaken() {
        Operation patch = described(CrudOperation.PATCH, Versions.NONE, false);
        assertThat(patch.getRequestBody().getContent())
                .containsOnlyKeys("application/merge-patch+json", "application/json");
        Schema<?> schema = components.getSchemas().get("BookDtoPatch");
        assertThat(schema.getRequired()).isNull();
        assertThat(schema.getProperties()).containsKey("title").doesNotContainKeys("id", "version");
    }

    @Test
    void whoMayCallIsToldToPeopleAndToPrograms() {
        Operation list = described(CrudOperation.LIST, Versions.NONE, false);
        assertThat(list.getDescription()).contains("STAFF");
        assertThat(list.getExtensions()).containsEntry("x-required-role", "STAFF");
        Operation delete = described(CrudOperation.DELETE, Versions.NONE, false);
        assertThat(delete.getDescription()).contains("Denied");
        assertThat(delete.getExtensions()).isNull();
    }

    @Test
    void describedTwiceItReadsTheSame() {
        Operation operation = new Operation();
        documented(Versions.OFFERED, false).describe(operation, CrudOperation.GET);
        String once = operation.toString();
        documented(Versions.OFFERED, false).describe(operation, CrudOperation.GET);
        assertThat(operation).hasToString(once);
    }

    @Test
    void namesAreEnglish() {
        assertThat(CrudOperation.LIST.id("TimeEntry")).isEqualTo("listTimeEntries");
        assertThat(CrudOperation.LIST.id("Day")).isEqualTo("listDays");
        assertThat(CrudOperation.LIST.id("Box")).isEqualTo("listBoxes");
        assertThat(CrudOperation.PATCH.id("TimeEntry")).isEqualTo("patchTimeEntry");
    }

    private Operation described(CrudOperation crud, Versions versions, boolean keyset) {
        Operation operation = new Operation();
        documented(versions, keyset).describe(operation, crud);
        return operation;
    }

    private DocumentedResource documented(Versions versions, boolean keyset) {
        OfferedResource books = new OfferedResource(
                "Book",
                BookDto.class,
                Long.class,
                List.of(
                        new Field("id", false, false, false),
                        new Field("title", true, false, true),
                        new Field("genre", true, true, false),
                        new Field("price", true, true, false),
                        new Field("bought", true, true, false),
                        new Field("read", true, true, false),
                        new Field("pages", true, false, false),
                        new Field("place", true, true, false),
                        new Field("version", false, false, false)),
                List.of("title", "id"),
                List.of(
                        new Filter("bought", LocalDate.class, List.of("in", "isnull", "gte", "lte")),
                        new Filter("genre", Genre.class, List.of("in", "isnull")),
                        new Filter("title", String.class, List.of("contains"))),
                true,
                keyset,
                50,
                versions,
                Map.of(CrudOperation.LIST, "STAFF"));
        return new DocumentedResource(books, components, true);
    }

    private static Parameter parameter(Operation operation, String name) {
        return operation.getParameters() == null
                ? null
                : operation.getParameters().stream()
                        .filter(parameter -> name.equals(parameter.getName()))
                        .findFirst()
                        .orElse(null);
    }

    private static Schema<?> property(Schema<?> schema, String name) {
        return (Schema<?>) schema.getProperties().get(name);
    }
}
