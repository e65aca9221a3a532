package dev.tenancy.test.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tenancy.zoo.Shop;
import dev.tenancy.zoo.UploadSpecimens;
import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import java.util.UUID;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class UploadsInDocumentsTest {

    private static final String DOCUMENT = """
            {"paths": {"/documents": {"post": {"requestBody": {"content": {"application/json": {"schema": {
                "type": "object",
                "required": ["about", "pages"],
                "properties": {
                    "about": {"$ref": "#/components/schemas/About"},
                    "pages": {"type": "array", "items": {"type": "string", "contentMediaType": "image/png"}},
                    "note": {"type": "string"}}}}}}}}},
             "components": {"schemas": {"About": {
                "type": "object",
                "required": ["customerId"],
                "properties": {"customerId": {"type": "string", "format": "uuid"}}}}}}
            """;

    @Test
    void whatHasAFileIsSentInParts() {
        try (ConfigurableApplicationContext context = Shop.start(UploadSpecimens.Documents.class)) {
            JsonNode document = JsonMapper.shared().readTree(DOCUMENT);
            Schemas schemas = new Schemas(document);
            OwnedMapping mapping = new OwnedMapping(
                    context.getBean(EntityManagerFactory.class).unwrap(SessionFactoryImplementor.class));
            Operation operation = new Operations(document, schemas, mapping, type -> true)
                    .of(context).stream()
                            .filter(one -> one.name().equals("POST /documents"))
                            .findFirst()
                            .orElseThrow();
            GivenValues given = new GivenValues(Map.of());
            SampleRows rows = new SampleRows(mapping, Map.of(), given, "Kit");
            TenantRows owner = new TenantRows(UUID.randomUUID(), mapping, rows);

            Request request = new RequestTemplates(operation, mapping, schemas, new RequestValues(rows.values()), given)
                    .all()
                    .findFirst()
                    .orElseThrow()
                    .request(owner);

            assertThat(operation.isMultipart()).isTrue();
            assertThat(request.body).isNull();
            assertThat(request.parts)
                    .extracting(Request.Part::name, Request.Part::type, part -> part.file() != null)
                    .containsExactly(
                            tuple("about", "application/json", false),
                            tuple("pages", "text/plain", true),
                            tuple("note", null, false));
            assertThat(request.slots.keySet()).extracting(Slot::name).containsExactly("body: about.customerId");
        }
    }
}
