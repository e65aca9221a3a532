package compatibility;

import dev.tenancy.TenantOwned;
import jakarta.persistence.Entity;
import jakarta.persistence.OneToMany;
import java.util.ArrayList;
import java.util.List;

/** An owned row with others below it. */
@Entity
class Folder extends TenantOwned {

    private String name;

    @OneToMany(mappedBy = "folder")
    private List<Note> notes = new ArrayList<>();

    protected Folder() {}

    Folder(String name) {
        this.name = name;
    }

    public String getName() {
        return name;
    }

    public List<Note> getNotes() {
        return notes;
    }
}
