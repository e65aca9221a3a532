package dev.tenancy.mapped;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantOwned;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.MapsId;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.hibernate.annotations.IdGeneratorType;
import org.hibernate.annotations.TenantId;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.id.IncrementGenerator;

/** Entities of every shape: hierarchies, ids of several attributes, collections, counted ids. */
public final class Mapped {

    public static final Class<?>[] HIERARCHIES = {
        Vehicle.class, Car.class, Parcel.class, Letter.class, Heavy.class, Container.class
    };
    public static final Class<?>[] IDS = {
        Vehicle.class, Car.class, Seat.class, Reservation.class, Ticket.class, Papers.class
    };
    public static final Class<?>[] COLLECTIONS = {Album.class, Photo.class, Tag.class, Page.class};

    private Mapped() {}

    @MappedSuperclass
    public abstract static class Held {

        @TenantId
        UUID tenantId;
    }

    // ---- hierarchies

    @Entity(name = "Vehicle")
    @Inheritance(strategy = InheritanceType.JOINED)
    public abstract static class Vehicle extends TenantOwned {
        String plate;
    }

    @Entity(name = "Car")
    public static class Car extends Vehicle {
        int doors;
    }

    @Entity(name = "Parcel")
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    public abstract static class Parcel extends TenantOwned {
        String address;
    }

    @Entity(name = "Letter")
    public static class Letter extends Parcel {
        String text;
    }

    @Entity(name = "Heavy")
    public abstract static class Heavy extends Parcel {
        int weight;
    }

    @Entity(name = "Container")
    public static class Container extends Heavy {
        String seal;
    }

    @Entity(name = "Nothing")
    public abstract static class Nothing extends TenantOwned {
        String text;
    }

    /** Mapped in XML. */
    public static class Ledger {
        private UUID id;
        private UUID company;
        private String text;
    }

    // ---- ids of several attributes

    @Embeddable
    public record SeatId(String hall, int number) {}

    @Entity(name = "Seat")
    public static class Seat extends Held {

        @EmbeddedId
        SeatId id;

        String text;
    }

    public static class ReservationId {

        UUID car;
        int number;

        @Override
        public boolean equals(Object other) {
            return other instanceof ReservationId id && number == id.number && Objects.equals(car, id.car);
        }

        @Override
        public int hashCode() {
            return Objects.hash(car, number);
        }
    }

    @Entity(name = "Reservation")
    @IdClass(ReservationId.class)
    public static class Reservation extends Held {

        @Id
        @ManyToOne(fetch = FetchType.LAZY)
        Car car;

        @Id
        int number;

        String text;
    }

    @Embeddable
    public static class TicketId {

        UUID car;
        int line;

        @Override
        public boolean equals(Object other) {
            return other instanceof TicketId id && line == id.line && Objects.equals(car, id.car);
        }

        @Override
        public int hashCode() {
            return Objects.hash(car, line);
        }
    }

    @Entity(name = "Ticket")
    public static class Ticket extends Held {

        @EmbeddedId
        TicketId id;

        @MapsId("car")
        @ManyToOne(optional = false, fetch = FetchType.LAZY)
        Car car;

        String text;
    }

    @Entity(name = "Papers")
    public static class Papers extends Held {

        @Id
        UUID id;

        @MapsId
        @OneToOne(optional = false, fetch = FetchType.LAZY)
        Car car;

        String text;
    }

    // ---- collections

    @Embeddable
    public record Place(String street, String town) {}

    @Entity(name = "Album")
    public static class Album extends TenantOwned {

        String title;

        @ElementCollection
        List<String> notes = new ArrayList<>();

        @ElementCollection
        Set<Place> places = new HashSet<>();

        @ElementCollection
        Map<String, String> labels = new HashMap<>();

        @OneToMany(mappedBy = "album")
        Set<Photo> photos = new HashSet<>();

        @OneToMany
        @JoinColumn(name = "album_id")
        List<Page> pages = new ArrayList<>();

        @ManyToMany
        Set<Tag> tags = new HashSet<>();

        @ManyToMany
        @JoinTable(name = "album_named")
        Map<String, Tag> named = new HashMap<>();
    }

    @Entity(name = "Photo")
    public static class Photo extends TenantOwned {

        @ManyToOne(optional = false, fetch = FetchType.LAZY)
        Album album;

        String text;
    }

    @Entity(name = "Page")
    public static class Page extends TenantOwned {
        String text;
    }

    @Entity(name = "Tag")
    public static class Tag extends TenantOwned {

        String text;

        @ManyToMany(mappedBy = "tags")
        Set<Album> albums = new HashSet<>();
    }

    @Entity(name = "Drawer")
    public static class Drawer extends TenantOwned {

        @ElementCollection
        Map<Place, String> contents = new HashMap<>();
    }

    // ---- counted ids

    @Entity(name = "Invoice")
    public static class Invoice extends Held {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        String text;
    }

    @Entity(name = "Counted")
    public static class Counted extends Held {

        @Id
        @CountedForEach
        Long id;

        String text;
    }

    @IdGeneratorType(ForEach.class)
    @Target(ElementType.FIELD)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface CountedForEach {}

    /** Counts for each tenant by itself. */
    public static class ForEach extends IncrementGenerator {

        private final Map<Object, AtomicLong> last = new ConcurrentHashMap<>();

        @Override
        public Object generate(SharedSessionContractImplementor session, Object owner) {
            UUID tenant = CurrentTenant.require(UUID.class);
            return last.computeIfAbsent(
                            tenant, first -> new AtomicLong(Math.floorMod(tenant.getMostSignificantBits(), 1L << 40)))
                    .incrementAndGet();
        }
    }
}
