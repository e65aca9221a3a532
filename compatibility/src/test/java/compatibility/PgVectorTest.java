package compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.NoTenantException;
import dev.tenancy.UnprovenStatementException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.ai.vectorstore.pgvector.PgVectorStore;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

class PgVectorTest extends Compatibility {

    @Autowired
    private VectorStore vectors;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private EmbeddingModel model;

    @Test
    void documentsAreStoredAndFoundWhoeverIsCurrent() {
        Document banana = new Document("banana");
        Document spoon = new Document("spoon");
        acme(() -> {
            vectors.add(List.of(banana, spoon));
            return null;
        });
        SearchRequest search = SearchRequest.builder()
                .query("anaconda")
                .topK(1)
                .similarityThreshold(0.1)
                .build();
        assertThat(acme(() -> vectors.similaritySearch(search)))
                .extracting(Document::getText)
                .containsExactly("banana");
        assertThat(vectors.similaritySearch(search)).hasSize(1);
        acme(() -> {
            vectors.delete(List.of(banana.getId(), spoon.getId()));
            return null;
        });
        assertThat(vectors.similaritySearch(search)).isEmpty();
    }

    // It cannot be told the tenant: a table of vectors that is owned needs SQL of its own.
    @Test
    void aStoreOverAnOwnedTableIsRefused() {
        PgVectorStore owned =
                PgVectorStore.builder(jdbc, model).vectorTableName("note").build();
        assertThatExceptionOfType(UnprovenStatementException.class)
                .isThrownBy(() -> acme(() -> owned.similaritySearch("anaconda")));
        assertThatExceptionOfType(NoTenantException.class).isThrownBy(() -> owned.similaritySearch("anaconda"));
    }
}
