package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantOwned;
import dev.tenancy.jwt.TokenIssuer;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Filters, sorts and pages over each type of attribute. Twelve parcels of acme, one of globex; three are in no box. */
class ListTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static ConfigurableApplicationContext application;
    private static RawHttp http;
    private static UUID blueBox;
    private static UUID globexBox;

    @BeforeAll
    static void start() {
        application = TestApplication.start(
                Parcels.class,
                "spring.jpa.properties.hibernate.generate_statistics=true",
                "logging.level.org.hibernate.stat=off");
        http = RawHttp.to(application);
        CurrentTenant.runAs(
                TestApplication.ACME,
                () -> inTransaction(session -> {
                    Box blue = new Box("Blue 100%", "Köln");
                    Box red = new Box("Red_1", null);
                    session.persist(blue);
                    session.persist(red);
                    blueBox = blue.getId();
                    for (int i = 0; i < 12; i++) {
                        session.persist(new Parcel(i, i % 4 == 3 ? null : i % 2 == 0 ? blue : red));
                    }
                }));
        CurrentTenant.runAs(
                TestApplication.GLOBEX,
                () -> inTransaction(session -> {
                    Box box = new Box("Blue 100%", "Köln");
                    session.persist(box);
                    globexBox = box.getId();
                    session.persist(new Parcel(5, box));
                }));
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    weight=5 | 5
                    weight.gte=9 | 9 10 11
                    weight.gt=9 | 10 11
                    weight.lte=1 | 0 1
                    weight.lt=1 | 0
                    weight.gte=3&weight.lt=5 | 3 4
                    weight.in=1,3,99 | 1 3
                    weight.in=1&weight.in=2 | 1 2
                    price=2.50 | 5
                    price=2.5 | 5
                    price.gte=5.5 | 11
                    sent=2026-01-06 | 5
                    sent.lt=2026-01-02 | 0
                    weighed.gte=2026-01-12T00:00:00Z | 11
                    kind=BIG | 1 4 7 10
                    kind.in=BIG,SMALL&weight.lt=3 | 0 1
                    fragile=true&weight.lt=4 | 0 2
                    label=Parcel 7 | 7
                    label.contains=PARCEL 1 | 1 10 11
                    label.isnull=true | 6
                    label.isnull=false&weight.in=5,6,7 | 5 7
                    box.isnull | !400
                    boxId.isnull=true | 3 7 11
                    box.name=Red_1 | 1 5 9
                    box.name.contains=_ | 1 5 9
                    box.name.contains=% | 0 2 4 6 8 10
                    box.address.city=Köln&weight.lt=3 | 0 2
                    box.address.city.isnull=true | 1 3 5 7 9 11
                    measures.width.gte=20 | 10 11
                    search=parcel 1 | 1 10 11
                    """)
    void aFilterFindsWhatItSays(String query, String weights) throws IOException {
        if (weights.startsWith("!")) {
            assertThat(get("/parcels?" + encoded(query)).status()).isEqualTo(400);
            return;
        }
        assertThat(weights(get("/parcels?sort=weight&size=50&" + encoded(query))))
                .containsExactly(numbers(weights));
    }

    @Test
    void aForeignIdFiltersLikeAnUnknownOne() throws IOException {
        RawHttp.Response foreign = get("/parcels?boxId=" + globexBox);
        assertThat(foreign.status()).isEqualTo(200);
        assertThat(foreign).isEqualTo(get("/parcels?boxId=" + new UUID(7, 7)));
        assertThat(weights(foreign)).isEmpty();
        assertThat(weights(get("/parcels?sort=weight&boxId=" + blueBox))).containsExactly(0, 2, 4, 6, 8, 10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weight=",
                "weight=x",
                "weight=1.5",
                "weight=99999999999",
                "weight=1&weight=2",
                "weight.gte=",
                "weight.in=1,x",
                "weight.in=",
                "weight.contains=1",
                "weight.like=1",
                "price=1e9",
                "price=--1",
                "price.gte=1,5",
                "sent=2026-13-01",
                "sent=yesterday",
                "sent=%2B10000-01-01",
                "weighed=2026-01-01",
                "kind=big",
                "kind=NONE",
                "kind.gt=BIG",
                "fragile=yes",
                "fragile.gt=true",
                "label.isnull=maybe",
                "label.isnull=",
                "label=%00",
                "boxId=x",
                "boxId=1-1-1-1-1",
                "box=1",
                "box.secret=x",
                "tenantId=x",
                "id=x",
                "nonsense=1",
                "Weight=1",
                "weight.gte.lt=1",
                "page=-1",
                "page=x",
                "size=0",
                "size=201",
                "total=maybe",
                "sort=secret",
                "sort=weight,up",
                "sort=",
                "sort=box",
                "after=x",
                "search=a&search=b"
            })
    void aParameterThatIsUnknownOrMalformedIsNamed(String query) throws IOException {
        RawHttp.Response answer = get("/parcels?" + query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        String parameter = query.substring(0, query.indexOf('='));
        assertThat(json(answer).get("errors").valueStream())
                .extracting(fault -> fault.get("field").asString())
                .contains(parameter);
    }

    @Test
    void anUnknownParameterIsAnsweredWithThoseThatThereAre() throws IOException {
        assertThat(get("/parcels?colour=red").body())
                .contains("weight.gte", "box.name.contains", "boxId.isnull", "total");
        assertThat(get("/parcels?kind=NONE").body()).contains("SMALL", "BIG");
    }

    @ParameterizedTest
    @CsvSource({
        "sort=label&size=3, 0 1 10",
        "'sort=label,desc&size=2', 6 9",
        "'sort=kind&sort=weight,desc&size=3', 10 7 4",
        "'sort=box.name,desc&sort=weight&size=4', 3 7 11 1",
        "sort=box.name&sort=weight&size=2&page=4, 9 3",
    })
    void aSortHasNullAsTheGreatestValueAndTheIdLast(String query, String weights) throws IOException {
        assertThat(weights(get("/parcels?" + query))).containsExactly(numbers(weights));
    }

    @Test
    void aPageSaysHowManyThereAreUnlessNobodyWantsToKnow() throws IOException {
        JsonNode counted = json(get("/parcels?size=5&page=1")).get("page");
        assertThat(counted.toString())
                .isEqualTo("{\"size\":5,\"number\":1,\"totalElements\":12,\"totalPages\":3,\"last\":false}");
        assertThat(json(get("/parcels?size=5&page=2&total=false")).get("page").toString())
                .isEqualTo("{\"size\":5,\"number\":2,\"last\":true}");
    }

    @ParameterizedTest
    @CsvSource({
        "/parcels?size=5, 2",
        "/parcels?size=12, 2",
        "/parcels?size=5&total=false, 1",
        "/parcels?size=12&box.name.contains=e&sort=box.address.city, 1",
        "/parcel-stream?size=5, 1",
    })
    void aListTakesTheSameFewStatementsHoweverManyRowsItHas(String path, long statements) throws IOException {
        Statistics statistics = application
                .getBean(EntityManagerFactory.class)
                .unwrap(SessionFactory.class)
                .getStatistics();
        statistics.clear();
        assertThat(get(path).status()).isEqualTo(200);
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(statements);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sort=weight",
                "sort=weight,desc",
                "sort=label,desc",
                "sort=box.name&sort=weight,desc",
                "",
                "sort=kind"
            })
    void pagesByKeysetShowEachRowOnce(String sort) throws IOException {
        List<Integer> seen = new ArrayList<>();
        String after = "";
        for (int pages = 0; after != null && pages < 20; pages++) {
            JsonNode page = json(get("/parcel-stream?size=5&" + sort + after));
            page.get("content").forEach(row -> seen.add(row.get("weight").asInt()));
            JsonNode next = page.at("/page/next");
            assertThat(page.at("/page/last").asBoolean()).isEqualTo(next.isMissingNode());
            after = next.isMissingNode() ? null : "&after=" + next.asString();
        }
        assertThat(seen).hasSize(12).doesNotHaveDuplicates();
        assertThat(seen).isEqualTo(weights(get("/parcels?size=50&" + sort)));
    }

    @Test
    void aCursorOfAnotherSortOrOfNoPageIsRefused() throws IOException {
        String next =
                json(get("/parcel-stream?size=5&sort=weight")).at("/page/next").asString();
        for (String query : List.of(
                "sort=label&after=" + next,
                "after=" + next,
                "sort=weight&after=" + next.substring(1),
                "sort=weight&after=x",
                "sort=weight&after=bnVsbA",
                "sort=weight&page=1",
                "sort=weight&total=true")) {
            assertThat(get("/parcel-stream?" + query).status()).as(query).isEqualTo(400);
        }
    }

    @Test
    void anExportHasAllRowsThatItsFiltersFind() throws IOException {
        RawHttp.Response csv = get("/parcels/export?weight.in=5,6&sort=weight,desc");
        assertThat(csv.header("Content-Type")).startsWith("text/csv;").contains("charset=utf-8", "header=present");
        assertThat(csv.header("Content-Disposition")).isEqualTo("attachment; filename=export.csv");
        assertThat(csv.body()).contains("weight,label,price,sent,weighed,kind,fragile,boxId");
        assertThat(csv.body().indexOf("3.00,2026-01-07"))
                .isPositive()
                .isLessThan(csv.body().indexOf("2.50,2026-01-06"));
        assertThat(csv.body()).doesNotContain("3.50,");
        RawHttp.Response json = get("/parcels/export?format=ndjson&sort=weight");
        assertThat(json.header("Content-Type")).isEqualTo("application/x-ndjson");
        assertThat(json.body().lines().filter(line -> line.startsWith("{"))).hasSize(12);
        assertThat(get("/parcels/export?format=xls").status()).isEqualTo(400);
        assertThat(get("/parcels/export?size=5").status()).isEqualTo(400);
        assertThat(get("/parcels/export?weight=x").status()).isEqualTo(400);
        assertThat(http.get("/parcels/export").status()).isEqualTo(401);
    }

    @Test
    void anExportThatFailsOnItsWayIsBrokenOffAndOneThatFailsBeforeIsAnswered() throws IOException {
        Row.failing = 3;
        try {
            assertThat(get("/parcels/export?format=ndjson").status()).isEqualTo(500);
        } finally {
            Row.failing = -1;
        }
        CurrentTenant.runAs(
                TestApplication.ACME,
                () -> inTransaction(session -> {
                    for (int i = 0; i < 2000; i++) {
                        session.persist(new Parcel(1000 + i, null));
                    }
                }));
        Row.failing = 1999;
        try {
            RawHttp.Response cut = get("/parcels/export?format=ndjson&weight.gte=1000");
            assertThat(cut.status()).isEqualTo(200);
            // The last chunk, which is of no bytes, says that all is there.
            assertThat(cut.body()).doesNotEndWith("0\r\n\r\n");
            Row.failing = -1;
            assertThat(get("/parcels/export?format=ndjson&weight.gte=1000").body())
                    .endsWith("0\r\n\r\n");
        } finally {
            Row.failing = -1;
            CurrentTenant.runAs(
                    TestApplication.ACME,
                    () -> inTransaction(session -> session.createQuery("delete from Parcel where weight >= 1000")
                            .executeUpdate()));
        }
    }

    private static void inTransaction(java.util.function.Consumer<jakarta.persistence.EntityManager> work) {
        application.getBean(EntityManagerFactory.class).runInTransaction(work);
    }

    private static RawHttp.Response get(String path) throws IOException {
        String token = application.getBean(TokenIssuer.class).issue("alice", "acme");
        return http.get(path, "Authorization: Bearer " + token);
    }

    private static String encoded(String query) {
        return java.util.Arrays.stream(query.split("&"))
                .map(part -> part.replaceAll("=.*", "")
                        + (part.contains("=")
                                ? "=" + URLEncoder.encode(part.substring(part.indexOf('=') + 1), StandardCharsets.UTF_8)
                                : ""))
                .collect(java.util.stream.Collectors.joining("&"));
    }

    private static Integer[] numbers(String text) {
        return java.util.Arrays.stream(text.split(" ")).map(Integer::valueOf).toArray(Integer[]::new);
    }

    // Without the sizes of chunks.
    private static JsonNode json(RawHttp.Response response) {
        String body = response.body();
        return JSON.readTree(body.substring(body.indexOf('{'), body.lastIndexOf('}') + 1));
    }

    private static List<Integer> weights(RawHttp.Response response) {
        assertThat(response.status()).as(response.body()).isEqualTo(200);
        return json(response)
                .get("content")
                .valueStream()
                .map(row -> row.get("weight").asInt())
                .toList();
    }

    enum Kind {
        BIG,
        SMALL,
        ODD
    }

    @Embeddable
    static class Address {
        String city;
    }

    @Embeddable
    static class Measures {
        int width;
        int height;
    }

    @Entity(name = "Box")
    static class Box extends TenantOwned {
        String name;

        @Embedded
        Address address;

        protected Box() {}

        Box(String name, String city) {
            this.name = name;
            this.address = new Address();
            this.address.city = city;
        }
    }

    @Entity(name = "Parcel")
    static class Parcel extends TenantOwned {
        int weight;
        String label;
        BigDecimal price;
        LocalDate sent;
        Instant weighed;

        @Enumerated(EnumType.STRING)
        Kind kind;

        boolean fragile;

        @ManyToOne(fetch = FetchType.LAZY)
        Box box;

        @Embedded
        Measures measures;

        protected Parcel() {}

        Parcel(int i, Box box) {
            this.weight = i;
            this.label = i == 6 ? null : "Parcel " + i;
            this.price = new BigDecimal(i).divide(new BigDecimal(2));
            this.sent = LocalDate.of(2026, 1, 1).plusDays(i);
            this.weighed = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(i * 86_400L);
            this.kind = i % 3 == 0 ? Kind.SMALL : i % 3 == 1 ? Kind.BIG : Kind.ODD;
            this.fragile = i % 2 == 0;
            this.box = box;
            this.measures = new Measures();
            this.measures.width = 2 * i;
            this.measures.height = i;
        }
    }

    record Row(
            UUID id,
            int weight,
            String label,
            BigDecimal price,
            LocalDate sent,
            Instant weighed,
            Kind kind,
            boolean fragile,
            UUID boxId) {

        static volatile int failing = -1;
        private static int shown;

        Row {
            if (failing >= 0 && shown++ % (failing + 1) == failing) {
                throw new IllegalStateException("a row that cannot be shown");
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = ListTest.class)
    static class Parcels {

        @Bean
        ParcelController parcels() {
            return new ParcelController();
        }

        @Bean
        StreamController stream() {
            return new StreamController();
        }
    }

    @RestController
    @RequestMapping("/parcels")
    @Crud(
            read = "STAFF",
            write = "ADMIN",
            filter = {
                "weight",
                "label",
                "price",
                "sent",
                "weighed",
                "kind",
                "fragile",
                "boxId",
                "box.name",
                "box.address.city",
                "measures.width"
            },
            sort = {"weight", "label", "kind", "box.name", "box.address.city"},
            search = "label")
    static class ParcelController extends TenantCrudController<Parcel, Row> {}

    @RestController
    @RequestMapping("/parcel-stream")
    @Crud(
            read = "STAFF",
            paging = Crud.Paging.KEYSET,
            sort = {"weight", "label", "kind", "box.name"})
    static class StreamController extends TenantReadController<Parcel, Row> {}
}
