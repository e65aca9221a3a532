package dev.tenancy;

import jakarta.persistence.CascadeType;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.ColumnResult;
import jakarta.persistence.ConstructorResult;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKey;
import jakarta.persistence.MapKeyJoinColumn;
import jakarta.persistence.MapsId;
import jakarta.persistence.NamedAttributeNode;
import jakarta.persistence.NamedEntityGraph;
import jakarta.persistence.NamedNativeQuery;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.NamedStoredProcedureQuery;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.ParameterMode;
import jakarta.persistence.SqlResultSetMapping;
import jakarta.persistence.StoredProcedureParameter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.annotations.SortNatural;
import org.hibernate.annotations.TenantId;

/** Owned entities that hang together in every way a mapping knows. Only {@link #rows} puts the word SECRET into them. */
final class Relations {

    static final Class<?>[] ENTITIES = {
        Shelf.class,
        Book.class,
        Poster.class,
        Label.class,
        Seal.class,
        Badge.class,
        Archived.class,
        Stamp.class,
        Letter.class,
        Entry.class
    };

    private Relations() {}

    @Entity(name = "Shelf")
    @DynamicUpdate
    @NamedQuery(name = "Shelf.byId", query = "from Shelf where id = :id")
    @NamedQuery(name = "Shelf.textById", query = "select text from Shelf where id = :id")
    @NamedQuery(name = "Shelf.change", query = "update Shelf set text = 'changed' where id = :id")
    @NamedNativeQuery(
            name = "Shelf.nativeById",
            query = "select s.*, upper(s.street) as loud from shelf s where s.id = :id",
            resultClass = Shelf.class)
    @NamedNativeQuery(
            name = "Shelf.nativeText",
            query = "select text from shelf where id = :id",
            resultSetMapping = "ShelfText")
    @SqlResultSetMapping(
            name = "ShelfText",
            classes =
                    @ConstructorResult(
                            targetClass = ShelfText.class,
                            columns = @ColumnResult(name = "text", type = String.class)))
    @NamedEntityGraph(
            name = "Shelf.books",
            attributeNodes = {@NamedAttributeNode("books"), @NamedAttributeNode("seal")})
    @NamedStoredProcedureQuery(
            name = "Shelf.procedure",
            procedureName = "shelf_text",
            parameters = @StoredProcedureParameter(mode = ParameterMode.IN, name = "shelf", type = UUID.class))
    static class Shelf extends TenantOwned {

        String text = "plain";

        @NaturalId
        String room;

        @NaturalId
        int number;

        @Formula("upper(street)")
        String loud;

        @Embedded
        Origin origin = new Origin();

        @OneToMany(cascade = CascadeType.MERGE)
        @JoinColumn(name = "shelf_id")
        @OrderColumn(name = "place")
        List<Book> books = new ArrayList<>();

        @OneToMany
        @JoinTable(
                name = "shelf_poster",
                joinColumns = @JoinColumn(name = "shelf_id"),
                inverseJoinColumns = @JoinColumn(name = "poster_id"))
        List<Poster> posters = new ArrayList<>();

        @OneToMany(mappedBy = "shelf", cascade = CascadeType.PERSIST)
        @MapKey(name = "text")
        Map<String, Label> labels = new HashMap<>();

        @OneToMany(mappedBy = "shelf")
        @OrderBy("text")
        List<Label> ordered = new ArrayList<>();

        @OneToMany(mappedBy = "shelf")
        @SortNatural
        SortedSet<Label> sorted = new TreeSet<>();

        @ManyToMany
        @JoinTable(name = "shelf_book")
        List<Book> lent = new ArrayList<>();

        @ManyToMany
        @JoinTable(
                name = "shelf_pairing",
                joinColumns = @JoinColumn(name = "shelf_id"),
                inverseJoinColumns = @JoinColumn(name = "poster_id"))
        @MapKeyJoinColumn(name = "label_id")
        Map<Label, Poster> pairings = new HashMap<>();

        @ElementCollection
        @CollectionTable(name = "shelf_remark", joinColumns = @JoinColumn(name = "shelf_id"))
        Map<String, String> remarks = new HashMap<>();

        @ElementCollection
        @CollectionTable(name = "shelf_origin", joinColumns = @JoinColumn(name = "shelf_id"))
        @OrderColumn(name = "place")
        List<Origin> origins = new ArrayList<>();

        @ElementCollection
        @CollectionTable(name = "shelf_stock", joinColumns = @JoinColumn(name = "shelf_id"))
        @MapKeyJoinColumn(name = "label_id")
        Map<Label, String> stock = new HashMap<>();

        @OneToOne(fetch = FetchType.LAZY)
        Seal seal;

        @Override
        public String toString() {
            return "Shelf:" + text;
        }
    }

    record ShelfText(String text) {}

    /** An embeddable that refers to a row. */
    @Embeddable
    static class Origin {

        String street = "plain";

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "origin_label_id")
        Label label;

        @Override
        public String toString() {
            return "Origin:" + street;
        }
    }

    @Entity(name = "Book")
    static class Book extends TenantOwned {

        String text = "plain";

        @ManyToMany(mappedBy = "lent")
        Set<Shelf> lentTo = new HashSet<>();

        @Override
        public String toString() {
            return "Book:" + text;
        }
    }

    @Entity(name = "Poster")
    static class Poster extends TenantOwned {

        String text = "plain";

        @Override
        public String toString() {
            return "Poster:" + text;
        }
    }

    @Entity(name = "Label")
    static class Label extends TenantOwned implements Comparable<Label> {

        String text = "plain";

        @ManyToOne(fetch = FetchType.LAZY)
        Shelf shelf;

        @Override
        public int compareTo(Label other) {
            return text.compareTo(other.text);
        }

        @Override
        public String toString() {
            return "Label:" + text;
        }
    }

    @Entity(name = "Seal")
    static class Seal extends TenantOwned {

        String text = "plain";

        @OneToOne(mappedBy = "seal")
        Shelf shelf;

        @Override
        public String toString() {
            return "Seal:" + text;
        }
    }

    /** Shares its id with a book. */
    @Entity(name = "Badge")
    static class Badge {

        @Id
        UUID id;

        @TenantId
        UUID tenantId;

        @MapsId
        @OneToOne(fetch = FetchType.LAZY)
        Book book;

        String text = "plain";

        @Override
        public String toString() {
            return "Badge:" + text;
        }
    }

    @Entity(name = "Archived")
    @SoftDelete
    static class Archived extends TenantOwned {

        String text = "plain";

        @Override
        public String toString() {
            return "Archived:" + text;
        }
    }

    /** Its application gives it its id. */
    @Entity(name = "Stamp")
    static class Stamp {

        @Id
        String id;

        @TenantId
        UUID tenantId;

        String text = "plain";

        Stamp() {}

        Stamp(String id) {
            this.id = id;
        }

        @Override
        public String toString() {
            return "Stamp:" + text;
        }
    }

    /** Refers to a shelf's seal, and to a stamp by another column than its id. */
    @Entity(name = "Letter")
    static class Letter extends TenantOwned {

        String text = "plain";

        @NaturalId(mutable = true)
        String address;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(referencedColumnName = "address")
        Letter reply;

        @Override
        public String toString() {
            return "Letter:" + text;
        }
    }

    /** Its id holds a reference. */
    @Entity(name = "Entry")
    static class Entry {

        @EmbeddedId
        EntryId id = new EntryId();

        @TenantId
        UUID tenantId;

        String text = "plain";

        Entry() {}

        Entry(Book book, int line) {
            id.book = book;
            id.line = line;
        }

        @Override
        public String toString() {
            return "Entry:" + text;
        }
    }

    @Embeddable
    static class EntryId implements Serializable {

        private static final long serialVersionUID = 1L;

        @ManyToOne(fetch = FetchType.LAZY)
        Book book;

        int line;

        @Override
        public boolean equals(Object other) {
            return other instanceof EntryId id && line == id.line && Objects.equals(book, id.book);
        }

        @Override
        public int hashCode() {
            return line;
        }
    }

    /** One row of each, of the tenant that is current, with one element in each collection. */
    static List<Object> rows(String code) {
        Label label = new Label();
        label.text = Model.SECRET;
        Poster loose = new Poster();
        loose.text = Model.SECRET;
        Poster poster = new Poster();
        poster.text = Model.SECRET;
        Book book = new Book();
        book.text = Model.SECRET;
        Seal seal = new Seal();
        seal.text = Model.SECRET;
        Shelf shelf = new Shelf();
        shelf.text = Model.SECRET;
        shelf.room = code;
        shelf.number = 7;
        shelf.books.add(book);
        shelf.lent.add(book);
        shelf.posters.add(poster);
        label.shelf = shelf;
        shelf.pairings.put(label, poster);
        shelf.remarks.put(Model.SECRET, Model.SECRET);
        shelf.stock.put(label, Model.SECRET);
        shelf.origin.street = Model.SECRET;
        shelf.origin.label = label;
        Origin origin = new Origin();
        origin.street = Model.SECRET;
        origin.label = label;
        shelf.origins.add(origin);
        shelf.seal = seal;
        Badge badge = new Badge();
        badge.book = book;
        badge.text = Model.SECRET;
        Archived archived = new Archived();
        archived.text = Model.SECRET;
        Stamp stamp = new Stamp("stamp-" + code);
        stamp.text = Model.SECRET;
        Letter letter = new Letter();
        letter.text = Model.SECRET;
        letter.address = "address-" + code;
        Letter reply = new Letter();
        reply.address = "reply-" + code;
        reply.reply = letter;
        Entry entry = new Entry(book, 7);
        entry.text = Model.SECRET;
        return List.of(loose, label, poster, book, seal, shelf, badge, archived, stamp, letter, reply, entry);
    }
}
