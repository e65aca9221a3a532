package compatibility;

import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.NamedAttributeNode;
import jakarta.persistence.NamedEntityGraph;
import org.hibernate.search.mapper.pojo.mapping.definition.annotation.FullTextField;
import org.hibernate.search.mapper.pojo.mapping.definition.annotation.Indexed;

/** An owned row that every library reaches. */
@Entity
@Indexed
@NamedEntityGraph(name = "Note.folder", attributeNodes = @NamedAttributeNode("folder"))
class Note extends TenantOwned {

    @FullTextField
    private String text;

    @ManyToOne(fetch = FetchType.LAZY)
    private Folder folder;

    protected Note() {}

    Note(String text, Folder folder) {
        this.text = text;
        this.folder = folder;
    }

    public String getText() {
        return text;
    }

    public void setText(String text) {
        this.text = text;
    }

    public Folder getFolder() {
        return folder;
    }
}
