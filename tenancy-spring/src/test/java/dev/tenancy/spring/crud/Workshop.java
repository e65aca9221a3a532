package dev.tenancy.spring.crud;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tenancy.GlobalEntity;
import dev.tenancy.LibraryRows;
import dev.tenancy.TenantOwned;
import dev.tenancy.spring.RequiresRole;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.Lob;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import jakarta.persistence.Version;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.TenantId;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.DataException;
import org.hibernate.exception.JDBCConnectionException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.util.MultiValueMap;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.ser.std.ToStringSerializer;

/** Resources with ids, attributes and rules of every kind. */
@Configuration(proxyBeanMethods = false)
class Workshop {

    static final String LIBRARY = "00000000-0000-0000-0000-00000000000a";

    enum Kind {
        BOWL,
        CHAIR,
        TABLE
    }

    @Embeddable
    static class Address {
        String city;
        String street;
        String secret;
    }

    @Entity(name = "Maker")
    @Table(uniqueConstraints = @UniqueConstraint(columnNames = {"tenant_id", "name"}))
    static class Maker extends TenantOwned {
        @Column(length = 100)
        String name;

        @Embedded
        Address address;
    }

    @Entity(name = "Item")
    static class Item extends TenantOwned {

        String name;

        @Enumerated(EnumType.STRING)
        @Column(nullable = false)
        Kind kind;

        @Column(precision = 10, scale = 2, nullable = false)
        BigDecimal price;

        LocalDate made;
        Instant sold;
        boolean used;
        Integer rating;

        @ManyToOne(optional = false, fetch = FetchType.LAZY)
        Maker maker;

        // Eager on purpose: a list must not ask for each of them.
        @ManyToOne
        Maker previous;

        String code;
    }

    /** The id is a Long, the version an Integer. */
    @Entity(name = "Ticket")
    static class Ticket {

        @Id
        @GeneratedValue
        Long id;

        @TenantId
        @Column(name = "tenant_id", nullable = false, updatable = false)
        UUID tenantId;

        @Version
        @Column(nullable = false)
        Integer version;

        String subject;

        @ManyToOne(fetch = FetchType.LAZY)
        Item item;

        @ManyToOne(fetch = FetchType.LAZY)
        Ticket parent;
    }

    /** The id is a text that the client chooses; there is no version. */
    @Entity(name = "Label")
    static class Label {

        @Id
        String id;

        @TenantId
        @Column(name = "tenant_id", nullable = false, updatable = false)
        UUID tenantId;

        String colour;
    }

    @Embeddable
    record Size(int width, BigDecimal weight, String secret) {

        Size {
            if (width < 0) {
                throw new IllegalArgumentException("a width of " + width);
            }
        }
    }

    @Embeddable
    static class Origin {

        String port;

        // Eager, as it is if nobody says otherwise.
        @ManyToOne
        Maker maker;
    }

    @Embeddable
    record Shipment(String carrier, @ManyToOne Maker sender, String seal) {}

    /** The id is an Integer; embeddables are records and classes, and hold references. */
    @Entity(name = "Crate")
    static class Crate {

        @Id
        @GeneratedValue
        Integer id;

        @TenantId
        @Column(name = "tenant_id", nullable = false, updatable = false)
        UUID tenantId;

        @Embedded
        Size size;

        @Embedded
        Origin origin;

        @Embedded
        Shipment shipment;
    }

    enum Rank {
        LOW,
        HIGH
    }

    record Money(String currency, int amount) {}

    static class MoneyAsText implements AttributeConverter<Money, String> {

        @Override
        public String convertToDatabaseColumn(Money money) {
            return money == null ? null : money.currency() + " " + money.amount();
        }

        @Override
        public Money convertToEntityAttribute(String text) {
            return text == null ? null : new Money(text.split(" ")[0], Integer.parseInt(text.split(" ")[1]));
        }
    }

    /** What is mapped less often. */
    @Entity(name = "Gadget")
    static class Gadget extends TenantOwned {

        char letter;
        float ratio;
        byte tiny;

        @Enumerated
        Rank rank;

        @Convert(converter = MoneyAsText.class)
        Money money;

        Duration took;
        ZonedDateTime zoned;

        @Column(name = "made_in")
        Year year;

        BigInteger big;
        boolean isOpen;

        @Lob
        String story;
    }

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record GadgetDto(
            UUID id,
            char letter,
            float ratio,
            byte tiny,
            Rank rank,
            Money money,
            Duration took,
            ZonedDateTime zoned,
            Year year,
            BigInteger big,
            boolean isOpen,
            String story) {

        GadgetDto {
            if (ratio < 0) {
                throw new IllegalArgumentException("secret");
            }
        }
    }

    @RestController
    @RequestMapping("/gadgets")
    @Crud(read = "STAFF", write = "STAFF", filter = "rank, isOpen", sort = "rank, letter, year")
    static class GadgetController extends OfAll<Gadget, GadgetDto> {}

    abstract static class OfAll<E, D extends Record> extends TenantCrudController<E, D> {}

    @Entity(name = "Currency")
    @GlobalEntity(reason = "the same for all")
    static class Currency {

        @Id
        String id;

        String name;
    }

    @Entity(name = "Numbered")
    static class Numbered {

        @Id
        BigInteger id;

        @TenantId
        @Column(name = "tenant_id", nullable = false, updatable = false)
        UUID tenantId;
    }

    @Embeddable
    static class Device {
        String model;
        String version;
    }

    record DeviceDto(String model, String version) {}

    /** Is shown in ways of its own. */
    @Entity(name = "Account")
    static class Account {

        @Id
        @GeneratedValue
        Long id;

        @TenantId
        @Column(name = "tenant_id", nullable = false, updatable = false)
        UUID tenantId;

        String name;
        String iban;
        BigDecimal balance;

        @Column(updatable = false)
        String currency;

        @Column(name = "name", insertable = false, updatable = false)
        String label;

        @Embedded
        Device device;
    }

    static class Masked extends ValueSerializer<String> {

        @Override
        public void serialize(String text, JsonGenerator json, SerializationContext context) {
            json.writeString("****");
        }
    }

    record AccountDto(
            @JsonSerialize(using = ToStringSerializer.class) Long id,
            String name,
            @JsonSerialize(using = Masked.class) String iban,
            @JsonFormat(shape = JsonFormat.Shape.STRING) BigDecimal balance,
            String currency,
            String label,
            DeviceDto device) {

        public boolean isEmpty() {
            return balance == null || balance.signum() == 0;
        }
    }

    @RestController
    @RequestMapping("/accounts")
    @Crud(read = "STAFF", write = "STAFF")
    static class AccountController extends OfAll<Account, AccountDto> {}

    @Entity(name = "Vehicle")
    abstract static class Vehicle extends TenantOwned {
        String name;
    }

    @Entity(name = "Cart")
    static class Cart extends Vehicle {
        int wheels;
    }

    @Entity(name = "Sledge")
    static class Sledge extends Vehicle {}

    @Entity(name = "Tagged")
    static class Tagged extends TenantOwned {
        @ElementCollection
        List<String> tags;
    }

    record VehicleDto(UUID id, String name) {}

    record CartDto(UUID id, String name, int wheels) {}

    @RestController
    @RequestMapping("/vehicles")
    @Crud(read = "STAFF", update = "STAFF", filter = "name")
    static class VehicleController extends OfAll<Vehicle, VehicleDto> {}

    @RestController
    @RequestMapping("/carts")
    @Crud(read = "STAFF", write = "STAFF", filter = "name")
    static class CartController extends OfAll<Cart, CartDto> {}

    @RestController
    @RequestMapping("/sledges")
    @Crud(read = "STAFF", write = "STAFF")
    static class SledgeController extends OfAll<Sledge, VehicleDto> {}

    record SizeDto(Integer width, BigDecimal weight) {}

    record OriginDto(String port, UUID makerId) {}

    record ShipmentDto(String carrier, UUID senderId, String seal) {}

    record CrateDto(Integer id, SizeDto size, OriginDto origin, ShipmentDto shipment) {}

    @RestController
    @RequestMapping("/crates")
    @Crud(
            read = "STAFF",
            write = "STAFF",
            readOnly = "shipment.seal, origin.port",
            filter = "size.width, origin.port, origin.makerId, shipment.senderId",
            sort = "size.width, origin.makerId")
    static class CrateController extends TenantCrudController<Crate, CrateDto> {

        @Override
        protected void beforeCreate(Crate row) {
            if (row.shipment != null) {
                row.shipment = new Shipment(row.shipment.carrier(), row.shipment.sender(), "sealed");
            }
            if (row.origin != null) {
                row.origin.port = "Trieste";
            }
        }
    }

    record AddressDto(@NotBlank String city, String street) {}

    record MakerDto(
            UUID id,
            UUID tenantId,
            @NotBlank String name,
            @Valid AddressDto address,
            Long version) {}

    record ItemDto(
            UUID id,
            @NotBlank String name,
            @NotNull Kind kind,
            @NotNull BigDecimal price,
            LocalDate made,
            Instant sold,
            boolean used,
            @Min(1) @Max(5) Integer rating,
            @NotNull UUID makerId,
            UUID previousId,
            String code,
            long version) {}

    record TicketDto(Long id, String subject, UUID itemId, Integer version, String shout, Long parentId) {}

    record LabelDto(String id, String colour) {}

    /** Cannot be made of a maker that is broken. */
    record BrittleDto(UUID id, String name) {

        BrittleDto {
            if (name.startsWith("Broken")) {
                throw new IllegalStateException("a row that cannot be shown");
            }
        }
    }

    @RestController
    @RequestMapping("/makers")
    @Crud(read = "STAFF", write = "STAFF", delete = "OWNER", filter = "name, address.city", sort = "name, address.city")
    static class MakerController extends TenantCrudController<Maker, MakerDto> {

        @Override
        protected void beforeCreate(Maker row) {
            if (row.name.startsWith("Forbidden")) {
                throw refused();
            }
        }

        @Override
        protected void beforeUpdate(MakerDto was, Maker row) {
            if (was.name().startsWith("Frozen") && !was.name().equals(row.name)) {
                throw refused();
            }
        }

        @Override
        protected void beforeDelete(Maker row) {
            if (row.name.startsWith("Frozen")) {
                throw refused();
            }
        }

        static ErrorResponseException refused() {
            return new ErrorResponseException(
                    HttpStatus.CONFLICT,
                    ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "The rules of the house."),
                    null);
        }
    }

    @RestController
    @RequestMapping("/brittle")
    @Crud(read = "STAFF", filter = "name", sort = "name")
    static class BrittleController extends TenantReadController<Maker, BrittleDto> {}

    @RestController
    @RequestMapping("/items")
    @Crud(
            read = "STAFF",
            write = "STAFF",
            readOnly = "code",
            filter =
                    "name, kind, price, made, sold, used, rating, makerId, previousId, maker.name, maker.address.city, previous.name",
            sort = "name, kind, price, made, sold, used, rating, makerId, maker.name, previous.name",
            search = {"name", "maker.name"})
    static class ItemController extends TenantCrudController<Item, ItemDto> {

        @Override
        protected void beforeCreate(Item row) {
            row.code = "C-" + row.kind;
        }

        @GetMapping("/{id}/shout")
        String shout(@PathVariable String id) {
            return "for STAFF";
        }
    }

    /** The same rows, by keys; writes need an ETag. */
    @RestController
    @RequestMapping("/scrolled")
    @Crud(
            read = "STAFF",
            write = "STAFF",
            requireIfMatch = true,
            paging = Crud.Paging.KEYSET,
            filter = "kind, makerId",
            sort = "name, price, made, sold, used, kind, rating, previous.name")
    static class ScrolledController extends TenantCrudController<Item, ItemDto> {}

    @RestController
    @RequestMapping("/tickets")
    @Crud(
            read = "STAFF",
            write = "STAFF",
            filter = "itemId, item.makerId, item.maker.name",
            sort = "subject, item.name")
    static class TicketController extends TenantCrudController<Ticket, TicketDto> {}

    /** Only tickets that are open to all. */
    @RestController
    @RequestMapping("/open-tickets")
    @Crud(read = "STAFF", write = "STAFF")
    static class OpenTicketController extends TenantCrudController<Ticket, TicketDto> {

        @Override
        protected Predicate scope(CriteriaBuilder criteria, Root<Ticket> row) {
            return hasRole("OWNER") ? null : criteria.like(row.get("subject"), "open%");
        }
    }

    @RestController
    @RequestMapping("/labels")
    @Crud(read = "STAFF", write = "ADMIN")
    static class LabelController extends TenantCrudController<Label, LabelDto> {

        @PostMapping("/extra")
        String write() {
            return "for ADMIN";
        }

        @PatchMapping("/extra")
        @RequiresRole("STAFF")
        String patch() {
            return "for STAFF";
        }

        @DeleteMapping("/extra")
        @RequiresRole("OWNER")
        String owners() {
            return "for OWNER";
        }

        // Who comes as far as this may not go on for that alone.
        @DeleteMapping("/extra/{id}")
        @RequiresRole("STAFF")
        void handOn(@PathVariable String id, HttpServletRequest request) {
            delete(id, request);
        }

        // Without a word to the engine.
        @Override
        public PageOf<LabelDto> list(@RequestParam MultiValueMap<String, String> parameters) {
            return nothing();
        }
    }

    @RestController
    @RequestMapping("/unread")
    @Crud(write = "STAFF")
    static class UnreadController extends TenantCrudController<Label, LabelDto> {

        @GetMapping("/extra")
        String extra() {
            return "for nobody";
        }

        @Override
        public PageOf<LabelDto> list(@RequestParam MultiValueMap<String, String> parameters) {
            return nothing();
        }
    }

    /** Some are the library's, for all companies to read. */
    @Entity(name = "Norm")
    @LibraryRows(tenant = LIBRARY)
    @Table(uniqueConstraints = @UniqueConstraint(columnNames = {"tenant_id", "code"}))
    static class Norm extends TenantOwned {
        String code;
    }

    record NormDto(UUID id, String code) {}

    @RestController
    @RequestMapping("/norms")
    @Crud(read = "STAFF", write = "STAFF", sort = "code", filter = "code")
    static class NormController extends TenantCrudController<Norm, NormDto> {}

    @Entity(name = "Plan")
    static class Plan extends TenantOwned {
        String name;

        @ManyToOne(fetch = FetchType.LAZY)
        Norm norm;
    }

    record PlanDto(UUID id, String name, UUID normId) {}

    @RestController
    @RequestMapping("/plans")
    @Crud(read = "STAFF", write = "STAFF", filter = "normId")
    static class PlanController extends TenantCrudController<Plan, PlanDto> {}

    private static <D> PageOf<D> nothing() {
        return new PageOf<>(List.of(), new PageOf.Position(1, null, null, null, true, null));
    }

    /** Shows a colour only from far away. */
    @Bean
    RecordMapper<Label, LabelDto> blurring() {
        return (row, mapped) -> "secret".equals(row.colour) ? new LabelDto(mapped.id(), "blurred") : mapped;
    }

    @Bean
    RecordMapper<Ticket, TicketDto> shouting() {
        return new RecordMapper<>() {

            @Override
            public TicketDto toRecord(Ticket row, TicketDto mapped) {
                return new TicketDto(
                        mapped.id(),
                        mapped.subject(),
                        mapped.itemId(),
                        mapped.version(),
                        row.subject == null ? null : row.subject.toUpperCase(java.util.Locale.ROOT),
                        mapped.parentId());
            }

            @Override
            public void write(TicketDto body, Ticket row) {
                if (body.shout() != null && row.subject == null) {
                    row.subject = body.shout().toLowerCase(java.util.Locale.ROOT);
                }
            }
        };
    }

    @RestController
    static class Failures {

        @PostMapping("/echo")
        Object echo(@org.springframework.web.bind.annotation.RequestBody Map<String, Object> body) {
            return body;
        }

        @GetMapping("/typed/{number}")
        String typed(@PathVariable int number, @RequestParam LocalDate from) {
            return number + " " + from;
        }

        @GetMapping("/fails/{how}")
        String fail(@PathVariable String how) throws Exception {
            SQLException cause = new SQLException("secret");
            throw switch (how) {
                case "connection" -> new JDBCConnectionException("secret", cause);
                case "transaction" -> new CannotCreateTransactionException("secret", cause);
                case "pool" -> new SQLTransientConnectionException("secret");
                case "timeout" -> new org.springframework.dao.QueryTimeoutException("secret", cause);
                case "hibernate-timeout" -> new org.hibernate.QueryTimeoutException("secret", cause, "select 1");
                case "data" -> new DataException("secret", cause);
                case "integrity" ->
                    new DataIntegrityViolationException(
                            "secret",
                            new ConstraintViolationException(
                                    "secret", cause, ConstraintViolationException.ConstraintKind.UNIQUE, "secret"));
                default -> new IllegalArgumentException(how);
            };
        }
    }

    @RestController
    static class Repositories {

        private final MakerRepository makers;

        Repositories(MakerRepository makers) {
            this.makers = makers;
        }

        @GetMapping("/makers-by-repository")
        String names() {
            return makers.findAll().stream()
                    .map(maker -> maker.name)
                    .sorted()
                    .toList()
                    .toString();
        }
    }
}
