package dev.tenancy;

import jakarta.persistence.CascadeType;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.MapKeyJoinColumn;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.MapsId;
import jakarta.persistence.NamedAttributeNode;
import jakarta.persistence.NamedEntityGraph;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.Audited;
import org.hibernate.annotations.BatchSize;
import org.hibernate.annotations.ColumnDefault;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.CurrentTimestamp;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.Fetch;
import org.hibernate.annotations.FetchMode;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.SQLOrder;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.annotations.SoftDeleteType;
import org.hibernate.annotations.SourceType;
import org.hibernate.annotations.Subselect;
import org.hibernate.annotations.TenantId;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.annotations.View;
import org.hibernate.generator.EventType;
import org.hibernate.type.SqlTypes;

/** What Hibernate can map, once each: owned entities whose ids the application gives, and global ones beside them. */
final class CorpusModel {

    static final Class<?>[] ENTITIES = {
        Currency.class,
        CurrencyView.class,
        CurrencyCount.class,
        Ledger.class,
        Item.class,
        Team.class,
        Tag.class,
        Seal.class,
        Note.class,
        Vehicle.class,
        Car.class,
        Truck.class,
        Shape.class,
        Circle.class,
        Payment.class,
        Card.class,
        Doc.class,
        Archived.class,
        Retired.class,
        Hidden.class,
        Stamp.class,
        Profile.class,
        Line.class,
        Sequenced.class,
        Identified.class,
        Tabled.class,
        Randomized.class
    };

    /** Owned entities with ids that the application gives, and the id of a row of each. */
    static final Map<Class<? extends Row>, Long> IDS = new LinkedHashMap<>();

    static {
        List.of(Item.class, Team.class, Tag.class, Seal.class, Note.class, Vehicle.class, Shape.class, Payment.class)
                .forEach(type -> IDS.put(type, 1L));
        List.of(Doc.class, Archived.class, Retired.class, Hidden.class, Stamp.class)
                .forEach(type -> IDS.put(type, 1L));
        List.of(Car.class, Circle.class, Card.class).forEach(type -> IDS.put(type, 2L));
        IDS.put(Truck.class, 3L);
    }

    /** Those of them whose rows are in more than one table, or in one of several. */
    static final Map<Class<? extends Row>, Long> SEVERAL_TABLES =
            Map.of(Vehicle.class, 1L, Truck.class, 3L, Card.class, 2L, Doc.class, 1L);

    private CorpusModel() {}

    enum Color {
        RED,
        GREEN,
        BLUE
    }

    @MappedSuperclass
    abstract static class Tenanted {

        @TenantId
        @Column(name = "tenant_id", nullable = false, updatable = false)
        UUID tenantId;

        @Version
        int version;

        String name;

        public abstract Object id();

        @Override
        public String toString() {
            return getClass().getSimpleName() + "#" + id() + ":" + name + ":" + version;
        }
    }

    /** What has an id that the application gives. */
    interface Row {

        Object id();

        void id(long id);

        void name(String name);
    }

    @MappedSuperclass
    abstract static class Owned extends Tenanted implements Row {

        @Id
        Long id;

        @Override
        public void id(long id) {
            this.id = id;
        }

        @Override
        public void name(String name) {
            this.name = name;
        }

        @Override
        public Object id() {
            return id;
        }
    }

    @Entity(name = "Currency")
    @GlobalEntity(reason = "ISO list")
    static class Currency {

        @Id
        String code;

        String name;

        @Override
        public String toString() {
            return "Currency:" + code + ":" + name;
        }
    }

    @Entity(name = "CurrencyView")
    @GlobalEntity(reason = "made of currencies")
    @Immutable
    @Table(name = "currency_view")
    @View(query = "select code as code, upper(name) as loud from currency")
    static class CurrencyView {

        @Id
        String code;

        String loud;

        @Override
        public String toString() {
            return "CurrencyView:" + loud;
        }
    }

    @Entity(name = "CurrencyCount")
    @GlobalEntity(reason = "made of currencies")
    @Immutable
    @Subselect("select name as name, count(*) as many from currency group by name")
    static class CurrencyCount {

        @Id
        String name;

        long many;

        @Override
        public String toString() {
            return "CurrencyCount:" + name + many;
        }
    }

    /** Hibernate keeps its history. */
    @Entity(name = "Ledger")
    @GlobalEntity(reason = "one for all")
    @Audited
    static class Ledger {

        @Id
        Long id;

        String name;
    }

    /** A column of every type. */
    @Entity(name = "Item")
    @NamedEntityGraph(name = "Item.team", attributeNodes = @NamedAttributeNode("team"))
    static class Item extends Owned {

        int number;
        Long big;
        BigDecimal price;
        double ratio;
        boolean active;
        char letter = 'x';
        Color color;

        @Enumerated(EnumType.STRING)
        Color shade;

        @Column(name = "on_day")
        LocalDate day;

        @Column(name = "on_time")
        LocalTime time;

        LocalDateTime moment;

        @Column(name = "on_instant")
        Instant instant;

        UUID token;
        byte[] data;
        String[] words;
        Integer[] counts;

        @JdbcTypeCode(SqlTypes.JSON)
        String json;

        @JdbcTypeCode(SqlTypes.JSON)
        Details details = new Details();

        @Embedded
        Place place = new Place();

        @Formula("upper(name)")
        String loud;

        @ColumnTransformer(read = "lower(code)", write = "upper(?)")
        String code;

        @ManyToOne(fetch = FetchType.LAZY)
        Item parent;

        @ManyToOne(fetch = FetchType.LAZY)
        Team team;

        @ManyToOne(fetch = FetchType.LAZY)
        Currency currency;

        @OneToMany(mappedBy = "parent")
        @Fetch(FetchMode.SUBSELECT)
        Set<Item> children = new HashSet<>();
    }

    @Embeddable
    static class Details {

        String title;
        Integer weight;

        @Override
        public String toString() {
            return title + ":" + weight;
        }
    }

    @Embeddable
    static class Place {

        String street;
        String town;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "place_tag_id")
        Tag tag;

        @Override
        public String toString() {
            return street + "/" + town;
        }
    }

    /** Collections of every kind. */
    @Entity(name = "Team")
    @DynamicUpdate
    @BatchSize(size = 4)
    static class Team extends Owned {

        @NaturalId(mutable = true)
        String code;

        @OneToMany(mappedBy = "team", cascade = CascadeType.PERSIST)
        @BatchSize(size = 3)
        @OrderBy("name desc")
        List<Item> items = new ArrayList<>();

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @JoinColumn(name = "team_id")
        @OrderColumn(name = "place")
        List<Note> listed = new ArrayList<>();

        @OneToMany
        @JoinTable(name = "team_pinned")
        @SQLOrder("char_length(name), name")
        List<Note> pinned = new ArrayList<>();

        @ManyToMany
        Set<Tag> tags = new HashSet<>();

        @ManyToMany
        @JoinTable(name = "team_ranking")
        @OrderColumn(name = "place")
        List<Tag> ranking = new ArrayList<>();

        @ManyToMany
        @JoinTable(name = "team_watched")
        @SoftDelete
        Set<Tag> watched = new HashSet<>();

        @ManyToMany
        @JoinTable(name = "team_choice")
        @MapKeyJoinColumn(name = "key_id")
        Map<Tag, Note> choices = new HashMap<>();

        @ManyToMany
        @JoinTable(name = "team_money")
        Set<Currency> money = new HashSet<>();

        @ElementCollection
        @CollectionTable(name = "team_words")
        Set<String> words = new HashSet<>();

        @ElementCollection
        @CollectionTable(name = "team_steps")
        @OrderColumn(name = "place")
        List<String> steps = new ArrayList<>();

        @ElementCollection
        @CollectionTable(name = "team_remarks")
        @MapKeyColumn(name = "topic")
        @Column(name = "remark")
        Map<String, String> remarks = new HashMap<>();

        @ElementCollection
        @CollectionTable(name = "team_marks")
        @MapKeyColumn(name = "color")
        @Column(name = "mark")
        Map<Color, Integer> marks = new HashMap<>();

        @ElementCollection
        @CollectionTable(name = "team_weights")
        @MapKeyJoinColumn(name = "key_id")
        @Column(name = "weight")
        Map<Tag, Integer> weights = new HashMap<>();

        @ElementCollection
        @CollectionTable(name = "team_places")
        List<Place> places = new ArrayList<>();

        @ElementCollection
        @CollectionTable(name = "team_hints")
        @SoftDelete
        Set<String> hints = new HashSet<>();

        @ElementCollection
        @CollectionTable(name = "team_papers")
        @OrderColumn(name = "place")
        @JdbcTypeCode(SqlTypes.JSON)
        List<String> papers = new ArrayList<>();

        @OneToOne(fetch = FetchType.LAZY, cascade = CascadeType.ALL)
        Seal seal;
    }

    @Entity(name = "Tag")
    static class Tag extends Owned {

        @ManyToMany(mappedBy = "tags")
        Set<Team> teams = new HashSet<>();
    }

    @Entity(name = "Seal")
    static class Seal extends Owned {

        @OneToOne(mappedBy = "seal")
        Team team;
    }

    @Entity(name = "Note")
    static class Note extends Owned {}

    @Entity(name = "Vehicle")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Vehicle extends Owned {

        @ManyToOne(fetch = FetchType.LAZY)
        Team team;
    }

    @Entity(name = "Car")
    static class Car extends Vehicle {

        @ColumnTransformer(write = "upper(?)")
        String plate;

        @CurrentTimestamp(event = EventType.INSERT, source = SourceType.DB)
        Instant driven_at;

        @JdbcTypeCode(SqlTypes.JSON)
        String papers;

        @JdbcTypeCode(SqlTypes.NAMED_ENUM)
        Color paint;

        int doors;
    }

    @Entity(name = "Truck")
    static class Truck extends Car {

        int load;

        @ElementCollection
        @CollectionTable(name = "truck_stops")
        Set<String> stops = new HashSet<>();
    }

    @Entity(name = "Shape")
    static class Shape extends Owned {

        @ManyToOne(fetch = FetchType.LAZY)
        Team team;
    }

    @Entity(name = "Circle")
    static class Circle extends Shape {
        int radius;
    }

    @Entity(name = "Payment")
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    static class Payment extends Owned {

        int amount;

        @ManyToOne(fetch = FetchType.LAZY)
        Team team;
    }

    @Entity(name = "Card")
    static class Card extends Payment {
        String holder;
    }

    @Entity(name = "Doc")
    @SecondaryTable(name = "doc_more")
    static class Doc extends Owned {

        @Column(table = "doc_more")
        @ColumnTransformer(write = "trim(?)")
        String more;

        @Column(table = "doc_more")
        Integer pages;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(table = "doc_more")
        Tag tag;
    }

    @Entity(name = "Archived")
    @SoftDelete
    static class Archived extends Owned {

        @ManyToOne
        Team team;
    }

    @Entity(name = "Retired")
    @SoftDelete(strategy = SoftDeleteType.TIMESTAMP, columnName = "retired_at")
    static class Retired extends Owned {}

    @Entity(name = "Hidden")
    @SQLRestriction("hidden = false")
    static class Hidden extends Owned {
        boolean hidden;
    }

    /** What the database writes by itself. */
    @Entity(name = "Stamp")
    static class Stamp extends Owned {

        @CurrentTimestamp(source = SourceType.DB)
        Instant changed_at;

        @Generated
        @ColumnDefault("7")
        Integer luck;

        @Generated(sql = "upper('made')")
        String maker;
    }

    /** Shares its id with a seal. */
    @Entity(name = "Profile")
    static class Profile extends Owned {

        @MapsId
        @OneToOne(fetch = FetchType.LAZY)
        Seal seal;
    }

    @Embeddable
    static class LineId implements Serializable {

        private static final long serialVersionUID = 1L;

        @ManyToOne(fetch = FetchType.LAZY)
        Item item;

        int position;

        LineId() {}

        LineId(Item item, int position) {
            this.item = item;
            this.position = position;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof LineId id && position == id.position && Objects.equals(item, id.item);
        }

        @Override
        public int hashCode() {
            return position;
        }
    }

    @Entity(name = "Line")
    static class Line extends Tenanted {

        @EmbeddedId
        LineId id = new LineId();

        @Override
        public Object id() {
            return id.position;
        }
    }

    @MappedSuperclass
    abstract static class Made extends Tenanted {

        @Override
        public Object id() {
            return "made";
        }
    }

    @Entity(name = "Sequenced")
    static class Sequenced extends Made {

        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        Long made_id;
    }

    @Entity(name = "Identified")
    static class Identified extends Made {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long made_id;
    }

    @Entity(name = "Tabled")
    static class Tabled extends Made {

        @Id
        @GeneratedValue(strategy = GenerationType.TABLE)
        Long made_id;
    }

    @Entity(name = "Randomized")
    static class Randomized extends Made {

        @Id
        @UuidGenerator
        UUID made_id;
    }

    /** What no tenant owns. */
    static List<Object> globalRows() {
        List<Object> rows = new ArrayList<>();
        for (String code : List.of("EUR", "USD", "GBP")) {
            Currency currency = new Currency();
            currency.code = code;
            currency.name = code.equals("EUR") ? "euro" : "other";
            rows.add(currency);
        }
        return rows;
    }

    /**
     * A tenant's rows, in the order in which they can be inserted.
     *
     * @param base what is added to the ids
     * @param more what is added to the numbers
     * @param mark what is in all names
     */
    static List<Object> rows(long base, int more, String mark) {
        List<Object> rows = new ArrayList<>();
        Currency euro = (Currency) globalRows().get(0);
        List<Tag> tags = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            tags.add(add(rows, new Tag(), base + i, mark + " tag " + i));
        }
        List<Note> notes = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            notes.add(add(rows, new Note(), base + i, mark + " note " + i));
        }
        List<Item> items = new ArrayList<>();
        Team first = null;
        for (int t = 1; t <= 2; t++) {
            Team team = new Team();
            Seal seal = add(rows, new Seal(), base + t, mark + " seal " + t);
            fill(add(rows, team, base + t, mark + " team " + t), t, tags, notes, euro);
            team.seal = t == 1 ? seal : null;
            first = first == null ? team : first;
            Profile profile = new Profile();
            profile.seal = seal;
            profile.name = mark + " profile";
            rows.add(profile);
            for (int n = 1; n <= 2; n++) {
                int i = items.size() + 1;
                Item item = add(rows, new Item(), base + i, mark + " item " + i);
                item.team = i == 4 ? null : team;
                item.parent = i == 1 ? null : items.get(0);
                item.currency = euro;
                fill(item, more + i, tags.get(0));
                items.add(item);
            }
        }
        Line line = new Line();
        line.id = new LineId(items.get(0), 7);
        line.name = mark + " line";
        rows.add(line);
        add(rows, new Vehicle(), base + 1, mark + " vehicle").team = first;
        Car car = add(rows, new Car(), base + 2, mark + " car");
        car.plate = mark + " b 1";
        car.doors = 3;
        car.papers = "[1, 2]";
        car.paint = Color.RED;
        car.team = first;
        Truck truck = add(rows, new Truck(), base + 3, mark + " truck");
        truck.plate = mark + " b 2";
        truck.load = 40;
        truck.stops.add(mark + " stop");
        add(rows, new Shape(), base + 1, mark + " shape").team = first;
        add(rows, new Circle(), base + 2, mark + " circle").radius = 5;
        add(rows, new Payment(), base + 1, mark + " payment").amount = 10;
        Card card = add(rows, new Card(), base + 2, mark + " card");
        card.holder = mark + " holder";
        card.amount = 20;
        card.team = first;
        Doc doc = add(rows, new Doc(), base + 1, mark + " doc");
        doc.more = mark + " more";
        doc.pages = 9;
        doc.tag = tags.get(1);
        add(rows, new Doc(), base + 2, mark + " short doc");
        add(rows, new Archived(), base + 1, mark + " archived").team = first;
        add(rows, new Retired(), base + 1, mark + " retired");
        add(rows, new Hidden(), base + 1, mark + " shown");
        add(rows, new Hidden(), base + 2, mark + " hidden").hidden = true;
        add(rows, new Stamp(), base + 1, mark + " stamp");
        for (Made made : List.of(new Sequenced(), new Identified(), new Tabled(), new Randomized())) {
            made.name = mark + " made";
            rows.add(made);
        }
        return rows;
    }

    private static void fill(Item item, int i, Tag tag) {
        item.number = i;
        item.big = i * 1000L;
        item.price = new BigDecimal(i + ".50");
        item.ratio = 1.0 / (i + 1);
        item.active = i % 2 == 0;
        item.color = Color.values()[i % 3];
        item.shade = Color.values()[(i + 1) % 3];
        item.day = LocalDate.of(2024, 2, 10 + i % 9);
        item.time = LocalTime.of(10, i % 60, 5);
        item.moment = LocalDateTime.of(2024, 3, 1, 12, i % 60, 30);
        item.instant = Instant.parse("2024-03-01T12:00:00Z").plusSeconds(i);
        item.token = new UUID(7, i);
        item.data = new byte[] {1, (byte) i};
        item.words = new String[] {"one", item.name, "two"};
        item.counts = new Integer[] {1, i, 3};
        item.json = "{\"a\": " + i + ", \"b\": {\"c\": \"" + item.name + "\"}, \"d\": [1, 2, " + i + "]}";
        item.details.title = item.name;
        item.details.weight = i;
        item.place.street = item.name;
        item.place.town = "town " + i % 2;
        item.place.tag = tag;
        item.code = "Code" + i;
    }

    private static void fill(Team team, int t, List<Tag> tags, List<Note> notes, Currency euro) {
        team.code = "team-" + t;
        team.listed.addAll(t == 1 ? notes.subList(0, 2) : List.of());
        team.pinned.add(notes.get(1 + t));
        team.tags.addAll(tags.subList(0, t));
        team.ranking.addAll(tags);
        team.watched.add(tags.get(t));
        team.choices.put(tags.get(0), notes.get(1 + t));
        team.money.add(euro);
        team.words.addAll(Set.of(team.name, "word"));
        team.steps.addAll(List.of(team.name, "then", "last"));
        team.remarks.put("topic", team.name);
        team.marks.put(Color.GREEN, t);
        team.weights.put(tags.get(1), t);
        Place place = new Place();
        place.street = team.name;
        place.tag = tags.get(t);
        team.places.add(place);
        team.hints.add(team.name);
        team.papers.add("{\"a\": \"" + team.name + "\"}");
    }

    static <E extends Owned> E add(List<Object> rows, E row, long id, String name) {
        rows.add(named(row, id, name));
        return row;
    }

    static <E extends Owned> E named(E row, long id, String name) {
        row.id = id;
        row.name = name;
        return row;
    }
}
