package compatibility;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.BatchMapping;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.stereotype.Controller;

@Controller
class GraphQlConfiguration {

    private final Notes notes;
    private final Countries countries;

    GraphQlConfiguration(Notes notes, Countries countries) {
        this.notes = notes;
        this.countries = countries;
    }

    @QueryMapping
    List<Note> notes() {
        return notes.findAll();
    }

    @QueryMapping
    Optional<Note> note(@Argument UUID id) {
        return notes.findById(id);
    }

    @QueryMapping
    List<Country> countries() {
        return countries.findAll();
    }

    @BatchMapping
    Map<Note, Folder> folder(List<Note> notes) {
        Map<UUID, Folder> found =
                this.notes.findByTextContaining("").stream().collect(Collectors.toMap(Note::getId, Note::getFolder));
        return notes.stream().collect(Collectors.toMap(note -> note, note -> found.get(note.getId())));
    }
}
