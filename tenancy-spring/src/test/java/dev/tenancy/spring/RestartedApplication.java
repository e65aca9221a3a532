package dev.tenancy.spring;

import dev.tenancy.CurrentTenant;
import dev.tenancy.UnprovenStatementException;
import dev.tenancy.jwt.TokenIssuer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.devtools.restart.Restarter;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The program of {@link DevToolsTest}: says of each run what it saw, restarts once, and ends. */
@Import(TestApplication.class)
public class RestartedApplication {

    private static final int RUNS = 2;
    // Where every class loader finds it.
    private static final String EARLIER = RestartedApplication.class.getName();

    private final AtomicInteger heard = new AtomicInteger();

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(RestartedApplication.class);
        application.setDefaultProperties(Map.of(
                "server.port", "0",
                "spring.main.banner-mode", "off",
                "jdbc.datasource-proxy.enabled", "false",
                "logging.level.root", "warn",
                "spring.datasource.url", "jdbc:h2:mem:restarted;DB_CLOSE_DELAY=-1",
                "spring.devtools.livereload.enabled", "false",
                "spring.jpa.hibernate.ddl-auto", "update",
                "tenancy.jwt.secret", "0123456789abcdef0123456789abcdef",
                "tenancy.jwt.issuer", "test",
                "tenancy.jwt.audience", "test"));
        application.run(arguments);
    }

    @Bean
    MeterRegistry meters() {
        return new SimpleMeterRegistry();
    }

    @EventListener
    void hear(CurrentTenant.Crossing crossing) {
        heard.incrementAndGet();
    }

    @EventListener
    void work(ApplicationReadyEvent ready) {
        ConfigurableApplicationContext context = ready.getApplicationContext();
        try {
            List<WeakReference<ConfigurableApplicationContext>> runs = earlier();
            runs.add(new WeakReference<>(context));
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            long before = CurrentTenant.acrossTenants(
                    "how many there are", () -> jdbc.queryForObject("select count(*) from shelf", Long.class));
            say("run", runs.size());
            say(
                    "library is kept",
                    CurrentTenant.class.getClassLoader() != getClass().getClassLoader());
            say("shelves of an earlier run", before);
            say("crossings heard", heard);
            say("crossings counted", (int) context.getBean(MeterRegistry.class)
                    .counter("tenancy.crossings")
                    .count());
            say("made", send(context, "POST", "/shelves", "alice", "acme").status());
            String id = JsonMapper.shared()
                    .readTree(send(context, "GET", "/shelves", "alice", "acme").body())
                    .at("/content/0/id")
                    .asString();
            say("own", send(context, "GET", "/shelves/" + id, "bob", "acme").status());
            say(
                    "foreign",
                    send(context, "GET", "/shelves/" + id, "carol", "globex").status());
            say("role", send(context, "POST", "/shelves", "bob", "acme").status());
            say("statement", CurrentTenant.callAs(TestApplication.GLOBEX, () -> statement(jdbc)));
            if (runs.size() < RUNS) {
                new Thread(() -> Restarter.getInstance().restart()).start();
            } else {
                say("first context is gone", isGone(runs.get(0)));
                end(0);
            }
        } catch (Exception | AssertionError failed) {
            failed.printStackTrace();
            end(1);
        }
    }

    private static void end(int status) {
        // Not exit, whose hooks would wait for this event to be handled.
        System.out.flush();
        Runtime.getRuntime().halt(status);
    }

    // Not the class loader: caches of Spring Data and H2 hold classes of it, whatever the library does.
    private static boolean isGone(WeakReference<?> reference) throws InterruptedException {
        for (int i = 0; i < 50 && reference.get() != null; i++) {
            System.gc();
            Thread.sleep(50);
        }
        return reference.get() == null;
    }

    @SuppressWarnings("unchecked")
    private static List<WeakReference<ConfigurableApplicationContext>> earlier() {
        return (List<WeakReference<ConfigurableApplicationContext>>) System.getProperties()
                .computeIfAbsent(EARLIER, key -> new ArrayList<WeakReference<ConfigurableApplicationContext>>());
    }

    private static String statement(JdbcTemplate jdbc) {
        try {
            return "ran: " + jdbc.queryForObject("select count(*) from shelf", Long.class);
        } catch (UnprovenStatementException refused) {
            return "refused";
        }
    }

    private static Answer send(
            ConfigurableApplicationContext context, String method, String path, String user, String company)
            throws Exception {
        String port = context.getEnvironment().getProperty("local.server.port");
        // A client of java.net.http has threads, which would keep the class loader.
        HttpURLConnection call = (HttpURLConnection)
                URI.create("http://localhost:" + port + path).toURL().openConnection();
        call.setRequestMethod(method);
        call.setRequestProperty("Content-Type", "application/json");
        call.setRequestProperty(
                "Authorization", "Bearer " + context.getBean(TokenIssuer.class).issue(user, company));
        if (method.equals("POST")) {
            call.setDoOutput(true);
            call.getOutputStream().write("{\"name\": \"low\"}".getBytes(StandardCharsets.UTF_8));
        }
        int status = call.getResponseCode();
        try (InputStream body = status < 400 ? call.getInputStream() : call.getErrorStream()) {
            return new Answer(status, new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private record Answer(int status, String body) {}

    private static void say(String what, Object value) {
        System.out.println("> " + what + ": " + value);
    }
}
