package dev.tenancy;

import dev.tenancy.CorpusModel.Row;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Version;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.TenantId;

/** A small model, once with tenants that are numbers, once with tenants that are names. */
final class CorpusTenants {

    private CorpusTenants() {}

    @MappedSuperclass
    abstract static class Base implements Row {

        @Id
        Long id;

        @Version
        int version;

        String name;

        @Override
        public Object id() {
            return id;
        }

        @Override
        public void id(long id) {
            this.id = id;
        }

        @Override
        public void name(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return getClass().getSimpleName() + "#" + id + ":" + name;
        }
    }

    /** Tenants are numbers. */
    static final class Numbered {

        static final Map<Class<? extends Row>, Long> IDS = Map.of(Folder.class, 1L, Box.class, 2L, Sheet.class, 1L);

        private Numbered() {}

        @Entity(name = "Folder")
        @Inheritance(strategy = InheritanceType.JOINED)
        static class Folder extends Base {

            @TenantId
            @Column(name = "tenant_id", nullable = false, updatable = false)
            Long tenantId;

            @ElementCollection
            Set<String> notes = new HashSet<>();

            @ManyToMany
            Set<Folder> links = new HashSet<>();
        }

        @Entity(name = "Box")
        static class Box extends Folder {

            @ColumnTransformer(write = "upper(?)")
            String label;
        }

        @Entity(name = "Sheet")
        @SecondaryTable(name = "sheet_more")
        static class Sheet extends Base {

            @TenantId
            @Column(name = "tenant_id", nullable = false, updatable = false)
            Long tenantId;

            @Column(table = "sheet_more")
            String more;

            @ManyToOne(fetch = FetchType.LAZY)
            Folder folder;
        }

        static List<Object> rows(long base, int more, String mark) {
            Folder folder = new Folder();
            Box box = new Box();
            Sheet sheet = new Sheet();
            folder.id(base + 1);
            box.id(base + 2);
            sheet.id(base + 1);
            List.of(folder, box, sheet).forEach(row -> row.name(mark));
            folder.notes.addAll(Set.of("note", mark));
            folder.links.add(box);
            box.label = mark;
            sheet.more = mark;
            sheet.folder = folder;
            return List.of(folder, box, sheet);
        }
    }

    /** Tenants are names. */
    static final class Named {

        static final Map<Class<? extends Row>, Long> IDS = Map.of(Folder.class, 1L, Box.class, 2L, Sheet.class, 1L);

        private Named() {}

        @Entity(name = "Folder")
        @Inheritance(strategy = InheritanceType.JOINED)
        static class Folder extends Base {

            @TenantId
            @Column(name = "tenant_id", nullable = false, updatable = false)
            String tenantId;

            @ElementCollection
            Set<String> notes = new HashSet<>();

            @ManyToMany
            Set<Folder> links = new HashSet<>();
        }

        @Entity(name = "Box")
        static class Box extends Folder {

            @ColumnTransformer(write = "upper(?)")
            String label;
        }

        @Entity(name = "Sheet")
        @SecondaryTable(name = "sheet_more")
        static class Sheet extends Base {

            @TenantId
            @Column(name = "tenant_id", nullable = false, updatable = false)
            String tenantId;

            @Column(table = "sheet_more")
            String more;

            @ManyToOne(fetch = FetchType.LAZY)
            Folder folder;
        }

        static List<Object> rows(long base, int more, String mark) {
            Folder folder = new Folder();
            Box box = new Box();
            Sheet sheet = new Sheet();
            folder.id(base + 1);
            box.id(base + 2);
            sheet.id(base + 1);
            List.of(folder, box, sheet).forEach(row -> row.name(mark));
            folder.notes.addAll(Set.of("note", mark));
            folder.links.add(box);
            box.label = mark;
            sheet.more = mark;
            sheet.folder = folder;
            return List.of(folder, box, sheet);
        }
    }
}
