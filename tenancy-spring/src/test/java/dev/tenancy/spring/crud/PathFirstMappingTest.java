package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockServletContext;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPatternParser;

/** Beside Spring MVC's own mapping, which decides: the same handler, and the same refusal. */
class PathFirstMappingTest {

    private static final int REQUESTS = 20_000;

    @RestController
    @RequestMapping("/api/customers")
    static class Customers {

        @GetMapping
        void list() {}

        @GetMapping("/{id}")
        void get() {}

        @PostMapping(consumes = "application/json")
        void create() {}

        @GetMapping("/export")
        void export() {}

        @DeleteMapping("/{id}")
        void delete() {}
    }

    @RestController
    static class Others {

        @GetMapping("/api")
        void api() {}

        @GetMapping({"/api/custom", "/api/custom?rs/near"})
        void alike() {}

        @GetMapping("/files/{*path}")
        void files() {}

        @GetMapping("/files/a{name}.txt")
        void text() {}

        @GetMapping("/a b/{c}")
        void blank() {}

        @GetMapping("/*/tail")
        void tail() {}

        @GetMapping("/deep/**")
        void deep() {}

        @GetMapping("/deep/tail")
        void deepTail() {}

        @GetMapping({"/versions/{version}/customers", "/v{version}/customers"})
        void versions() {}

        @PostMapping("customers/{id:[0-9]+}")
        void number() {}
    }

    private final StaticWebApplicationContext context = new StaticWebApplicationContext();

    @BeforeEach
    void controllers() {
        context.setServletContext(new MockServletContext());
        context.registerSingleton("customers", Customers.class);
        context.registerSingleton("others", Others.class);
        context.refresh();
    }

    private <M extends RequestMappingHandlerMapping> M mapping(M mapping, PathPatternParser parser) {
        mapping.setApplicationContext(context);
        mapping.setPatternParser(parser);
        mapping.afterPropertiesSet();
        return mapping;
    }

    private static String answer(RequestMappingHandlerMapping mapping, String method, String path) {
        MockHttpServletRequest request = new MockHttpServletRequest(method, path);
        ServletRequestPathUtils.parseAndCache(request);
        try {
            HandlerExecutionChain chain = mapping.getHandler(request);
            return chain == null
                    ? "none"
                    : ((HandlerMethod) chain.getHandler()).getMethod().getName()
                            + request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
        } catch (Exception refusal) {
            return refusal.getClass().getSimpleName() + Objects.toString(refusal.getMessage());
        }
    }

    private Set<String> compare(PathPatternParser parser) {
        RequestMappingHandlerMapping springs = mapping(new RequestMappingHandlerMapping(), parser);
        RequestMappingHandlerMapping ours = mapping(new PathFirstMapping(), parser);
        List<String> parts = List.of(
                "/",
                "/api/customers",
                "/files/ab.txt",
                "/api",
                "/customers",
                "/custom",
                "/custom1rs",
                "/near",
                "/export",
                "/7",
                "/x.txt",
                "/files",
                "/ab.txt",
                "/a%20b",
                "/tail",
                "/deep",
                "/v2",
                "/API",
                "/c%75stomers",
                ";k=v",
                "/%2e",
                "/Customers",
                "/ax.txt");
        Random random = new Random(7);
        Set<String> answers = new TreeSet<>();
        for (int i = 0; i < REQUESTS; i++) {
            StringBuilder path = new StringBuilder();
            for (int j = random.nextInt(4); j >= 0; j--) {
                path.append(parts.get(random.nextInt(parts.size())));
            }
            String method = List.of("GET", "HEAD", "POST", "DELETE", "OPTIONS").get(random.nextInt(5));
            String answer = answer(springs, method, path.toString());
            assertThat(answer(ours, method, path.toString()))
                    .as("%s %s", method, path)
                    .isEqualTo(answer);
            answers.add(answer.replaceAll("[^a-zA-Z].*", ""));
        }
        return answers;
    }

    @Test
    void findsWhatSpringMvcFinds() {
        assertThat(compare(new PathPatternParser()))
                .contains(
                        "list", "get", "export", "delete", "api", "alike", "files", "text", "blank", "tail", "deep",
                        "number", "none");
    }

    @Test
    void aParameterInASegmentHidesNoBetterMatch() {
        PathFirstMapping mapping = mapping(new PathFirstMapping(), new PathPatternParser());

        assertThat(answer(mapping, "GET", "/deep;k=v/tail")).startsWith("deepTail");
    }

    @Test
    void findsWhatSpringMvcFindsInAnyCase() {
        PathPatternParser parser = new PathPatternParser();
        parser.setCaseSensitive(false);

        assertThat(compare(parser)).contains("list", "get", "files");
    }

    @Test
    void doesNotAskMappingsThatBeginOtherwise() throws Exception {
        assertThat(questions(new PathFirstMapping(), "/deep/down") * 2)
                .isLessThan(questions(new RequestMappingHandlerMapping(), "/deep/down"));
    }

    @Test
    void aMappingWhoseBeginningsLieWithinEachOtherIsFoundAtOnce() throws Exception {
        assertThat(questions(new PathFirstMapping(), "/versions/1/customers") * 2)
                .isLessThan(questions(new RequestMappingHandlerMapping(), "/versions/1/customers"));
    }

    @Test
    void aLongPathIsLookedUpNoLongerThanMappingsAre() throws Exception {
        String path = "/a".repeat(4000);
        RequestMappingHandlerMapping ours = mapping(new PathFirstMapping(), new PathPatternParser());
        RequestMappingHandlerMapping springs = mapping(new RequestMappingHandlerMapping(), new PathPatternParser());
        assertThat(allocated(ours, path)).isLessThan(allocated(springs, path) + 1_000_000);
    }

    private static long allocated(RequestMappingHandlerMapping mapping, String path) {
        answer(mapping, "GET", path);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThat(answer(mapping, "GET", path)).isEqualTo("none");
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void knowsMappingsThatComeAndGoLater() throws Exception {
        PathFirstMapping mapping = mapping(new PathFirstMapping(), new PathPatternParser());
        RequestMappingInfo later = RequestMappingInfo.paths("/deep/later")
                .options(mapping.getBuilderConfiguration())
                .build();
        assertThat(answer(mapping, "GET", "/deep/later")).startsWith("deep");

        mapping.registerMapping(later, "customers", Customers.class.getDeclaredMethod("export"));
        assertThat(answer(mapping, "GET", "/deep/later")).startsWith("export");

        mapping.unregisterMapping(later);
        assertThat(answer(mapping, "GET", "/deep/later")).startsWith("deep");
    }

    /** How often a look-up asks for the method of a request. */
    private int questions(RequestMappingHandlerMapping mapping, String path) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        MockHttpServletRequest request = new MockHttpServletRequest("GET", path) {

            @Override
            public String getMethod() {
                asked.incrementAndGet();
                return super.getMethod();
            }
        };
        ServletRequestPathUtils.parseAndCache(request);
        assertThat(mapping(mapping, new PathPatternParser()).getHandler(request))
                .isNotNull();
        return asked.get();
    }
}
