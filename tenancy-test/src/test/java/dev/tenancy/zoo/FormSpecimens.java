package dev.tenancy.zoo;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantOwned;
import dev.tenancy.zoo.Shop.Customer;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.PersistenceContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Past;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.text.ParseException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.ApplicationContext;
import org.springframework.format.Formatter;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.samples.zoo.Lookup;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.MultiValueMap;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Forms as browsers send them, bound to beans. */
public final class FormSpecimens {

    private FormSpecimens() {}

    static ResponseEntity<String> page(String text) {
        return ResponseEntity.ok().contentType(MediaType.TEXT_HTML).body("<html><body>" + text + "</body></html>");
    }

    static ResponseEntity<String> redirected() {
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(URI.create("/"))
                .build();
    }

    static ResponseEntity<String> found(EntityManager entities, UUID id) {
        return id == null
                ? page("none")
                : Rows.ofAnyone(entities, id).map(one -> page(one.name)).orElseGet(() -> page("none"));
    }

    /** Looks up what a form names, everywhere. */
    @Leak(
            at = "POST /lookups",
            shownBy = "foreign form: customerId",
            told = {"leak", "of the owner's rows"})
    @RestController
    public static class LooksUpAnyone {

        @PersistenceContext
        private EntityManager entities;

        @PostMapping(path = "/lookups", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
        ResponseEntity<String> lookup(@ModelAttribute("form") Lookup form, BindingResult result) {
            return found(entities, form.getCustomerId());
        }
    }

    /** Takes the id that the form names, which the page has in a hidden field. */
    @Leak(
            at = "POST /hidden",
            shownBy = "foreign form: id",
            told = {"leak", "of the owner's rows"})
    @RestController
    public static class HiddenId {

        record Form(UUID id, String note) {}

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/hidden")
        ResponseEntity<String> lookup(Form form) {
            return found(entities, form.id());
        }
    }

    /** A bean in the query, and one within it. */
    @Leak(
            at = "GET /orders-found",
            shownBy = "foreign query: about.customerId",
            told = {"leak", "of the owner's rows"})
    @RestController
    public static class SearchesAnyone {

        public static class Search {

            private Lookup about = new Lookup();
            private String color;

            public Lookup getAbout() {
                return about;
            }

            public void setAbout(Lookup about) {
                this.about = about;
            }

            public String getColor() {
                return color;
            }

            public void setColor(String color) {
                this.color = color;
            }
        }

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/orders-found")
        ResponseEntity<String> found(Search search) {
            Rows.own(entities);
            return FormSpecimens.found(entities, search.getAbout().getCustomerId());
        }
    }

    /** Stores what a form says, and shows the row that it names. */
    @Leak(
            at = "POST /parcels",
            shownBy = "foreign form: customerId",
            told = {"leak", "of the owner's rows"})
    @RestController
    public static class RowOfReference {

        @Entity(name = "Parcel")
        static class Parcel extends TenantOwned {
            @ManyToOne(fetch = FetchType.LAZY)
            Customer customer;

            String label;
        }

        record Form(@NotNull UUID customerId, List<@NotBlank String> labels) {}

        @PersistenceContext
        private EntityManager entities;

        private final TransactionTemplate transaction;

        RowOfReference(TransactionTemplate transaction) {
            this.transaction = transaction;
        }

        @PostMapping("/parcels")
        ResponseEntity<String> store(@Valid Form form) {
            transaction.executeWithoutResult(status -> {
                Parcel parcel = new Parcel();
                parcel.customer = entities.find(Customer.class, form.customerId());
                parcel.label = form.labels() == null ? null : form.labels().get(0);
                entities.persist(parcel);
            });
            return found(entities, form.customerId());
        }
    }

    /** Completes what somebody types, from three letters on, with the names of all. */
    @Leak(
            at = "GET /completions",
            shownBy = "foreign query: q",
            told = {"leak", "tells that it is there"})
    @RestController
    public static class CompletesForAll {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/completions")
        List<String> complete(@RequestParam String q) {
            Rows.own(entities);
            return q.length() < 3
                    ? List.of()
                    : CurrentTenant.acrossTenants(
                            "nobody thought of the others",
                            () -> entities.createQuery("select name from Customer where name like :q", String.class)
                                    .setParameter("q", q + "%")
                                    .getResultList());
        }
    }

    /** Takes few letters only, so that the beginnings of the rows of several tenants are the same. */
    @Leak(
            at = "GET /short-completions",
            shownBy = "rows that appear: q",
            told = {"leak", "rows of the current tenant only"})
    @RestController
    public static class CompletesFewLetters {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/short-completions")
        List<String> complete(@RequestParam(defaultValue = "") String q) {
            Rows.own(entities);
            return q.length() < 3 || q.length() > 5
                    ? List.of()
                    : CurrentTenant.acrossTenants(
                            "nobody thought of the others",
                            () -> entities.createQuery("select name from Customer where name like :q", String.class)
                                    .setParameter("q", q + "%")
                                    .getResultList());
        }
    }

    /** Searches by what no row that was made has. */
    @Leak(
            at = "GET /odd-completions",
            shownBy = "foreign query: q",
            told = {"not proven", "values()", "\"GET /odd-completions q\""})
    @RestController
    public static class CompletesNothing {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/odd-completions")
        List<String> complete(@RequestParam String q) {
            return entities.createQuery("select name from Customer where concat('§', name) = :q", String.class)
                    .setParameter("q", q)
                    .getResultList();
        }
    }

    /** Looks a row up by a number that no row tells. */
    @Leak(
            at = "POST /by-number",
            shownBy = "its input",
            told = {"not proven", "[number]", "values()", "\"POST /by-number number\""})
    @RestController
    public static class ByANumber {

        record Form(Long number) {}

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/by-number")
        Map<String, Object> find(Form form) {
            List<String> own = Rows.own(entities);
            return form.number() == null || form.number() >= own.size()
                    ? Map.of()
                    : Map.of("name", own.get(form.number().intValue()));
        }
    }

    /** Sends whoever posts anything away, and stores nothing. */
    @Leak(
            at = "POST /renamed/{customerId}",
            shownBy = "its owner",
            told = {"not proven", "changed no row", "values()"})
    @RestController
    public static class StoresNothing {

        record Form(String name, String word) {}

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/renamed/{customerId}")
        @Transactional
        public ResponseEntity<String> rename(@PathVariable UUID customerId, Form form) {
            Customer own = entities.find(Customer.class, customerId);
            if (own == null) {
                return ResponseEntity.notFound().build();
            }
            if ("sesame".equals(form.word())) {
                own.name = form.name();
            }
            return redirected();
        }
    }

    /** Tells at its field what it misses. */
    @Leak(
            at = "POST /words",
            shownBy = "its owner",
            told = {"not proven", "Say the magic word", "word=", "values()"})
    @RestController
    public static class TellsAtTheField {

        record Form(String name, String word) {}

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/words")
        @Transactional
        public ResponseEntity<String> word(Form form) {
            if (!"sesame".equals(form.word())) {
                return page("x".repeat(500) + "<span class=\"help-inline invalid-feedback\">Say the magic word</span>");
            }
            Customer customer = new Customer();
            customer.name = form.name();
            entities.persist(customer);
            return redirected();
        }
    }

    /** A form with all that has to be written in its own way. */
    @Sound
    @RestController
    public static class WrittenItsOwnWay {

        @Entity(name = "Booking")
        static class Booking extends TenantOwned {
            @ManyToOne(optional = false, fetch = FetchType.LAZY)
            Customer customer;

            String telephone;
            LocalDate booked;
        }

        public static class Place {

            @NotBlank private String city;

            public String getCity() {
                return city;
            }

            public void setCity(String city) {
                this.city = city;
            }
        }

        /** With setters, and fields of its own. */
        public static class Form {

            @NotNull @Past @DateTimeFormat(pattern = "dd.MM.yyyy")
            private LocalDate day;

            @NotNull private YearMonth month;

            @NotNull private LocalTime time;

            @NotNull private DayOfWeek weekday;

            @NotBlank @Pattern(regexp = "\\d{10}") private String telephone;

            @NotNull @Positive private Integer pieces;

            @NotNull @Size(min = 1) private List<@NotBlank String> tags = new ArrayList<>();

            @NotNull @Valid private Place place;

            @NotNull private Customer customer;

            public LocalDate getDay() {
                return day;
            }

            public void setDay(LocalDate day) {
                this.day = day;
            }

            public YearMonth getMonth() {
                return month;
            }

            public void setMonth(YearMonth month) {
                this.month = month;
            }

            public LocalTime getTime() {
                return time;
            }

            public void setTime(LocalTime time) {
                this.time = time;
            }

            public DayOfWeek getWeekday() {
                return weekday;
            }

            public void setWeekday(DayOfWeek weekday) {
                this.weekday = weekday;
            }

            public String getTelephone() {
                return telephone;
            }

            public void setTelephone(String telephone) {
                this.telephone = telephone;
            }

            public Integer getPieces() {
                return pieces;
            }

            public void setPieces(Integer pieces) {
                this.pieces = pieces;
            }

            public List<String> getTags() {
                return tags;
            }

            public void setTags(List<String> tags) {
                this.tags = tags;
            }

            public Place getPlace() {
                return place;
            }

            public void setPlace(Place place) {
                this.place = place;
            }

            public Customer getCustomer() {
                return customer;
            }

            public void setCustomer(Customer customer) {
                this.customer = customer;
            }
        }

        private final class Months implements Formatter<YearMonth> {

            private static final DateTimeFormatter SLASH = DateTimeFormatter.ofPattern("MM/yyyy");

            @Override
            public String print(YearMonth month, Locale locale) {
                return SLASH.format(month);
            }

            @Override
            public YearMonth parse(String text, Locale locale) {
                return YearMonth.parse(text, SLASH);
            }
        }

        /** A customer is written by its name. */
        private final class Names implements Formatter<Customer> {

            @Override
            public String print(Customer customer, Locale locale) {
                return customer.name;
            }

            @Override
            public Customer parse(String name, Locale locale) throws ParseException {
                return entities
                        .createQuery("from Customer where name = :name", Customer.class)
                        .setParameter("name", name)
                        .getResultList()
                        .stream()
                        .findFirst()
                        .orElseThrow(() -> new ParseException(name, 0));
            }
        }

        @PersistenceContext
        private EntityManager entities;

        @InitBinder
        void bind(WebDataBinder binder) {
            binder.addCustomFormatter(new Months());
            binder.addCustomFormatter(new Names());
        }

        @PostMapping("/bookings")
        @Transactional
        public ResponseEntity<String> book(@Valid Form form, BindingResult result) {
            if (result.hasErrors()) {
                return page("<p class=\"alert\">" + result.getFieldErrors() + "</p>");
            }
            Booking booking = new Booking();
            booking.customer = form.getCustomer();
            booking.telephone = form.getTelephone();
            booking.booked = form.getDay();
            entities.persist(booking);
            return redirected();
        }
    }

    /** Reads the parameters itself: what they are, values() has to say. */
    @RestController
    public static class ReadByHand {

        @PersistenceContext
        private EntityManager entities;

        @PostMapping(path = "/read/map", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
        ResponseEntity<String> map(@RequestBody MultiValueMap<String, String> form) {
            return found(entities, id(form.getFirst("which")));
        }

        @PostMapping("/read/parameters")
        ResponseEntity<String> parameters(@RequestParam Map<String, String> form) {
            return found(entities, id(form.get("which")));
        }

        @PostMapping("/read/request")
        ResponseEntity<String> request(HttpServletRequest request) {
            return found(entities, id(request.getParameter("which")));
        }

        /** A customer that the tenant has from now on. */
        public static Object customer(ApplicationContext context, Object tenant) {
            return CurrentTenant.callAs(
                    tenant,
                    () -> context.getBean(TransactionTemplate.class).execute(status -> {
                        Customer customer = new Customer();
                        customer.name = "by hand " + UUID.randomUUID();
                        context.getBean(ReadByHand.class).entities.persist(customer);
                        return customer.getId();
                    }));
        }

        private static UUID id(String text) {
            return text == null ? null : UUID.fromString(text);
        }
    }
}
