package dev.tenancy.benchmarks.http;

import static net.bytebuddy.matcher.ElementMatchers.isBridge;
import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.isMethod;
import static net.bytebuddy.matcher.ElementMatchers.nameMatches;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.none;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * A Java agent that notes which methods of the library a request enters until its first statement, and tells them on the output of
 * the process. Of the floor, its own methods. Methods and constructors that an application would have without the library, as those
 * of Spring, are not counted.
 */
public final class EnteredMethods {

    /** Before the methods of a request and how often each was entered, with commas between. */
    static final String TOLD = "comparison entered ";

    private static final String OWN = "dev\\.tenancy\\.(?!benchmarks\\.(http\\.)?[A-Z]).*";
    private static final ThreadLocal<@Nullable Map<String, Integer>> ENTERED = new ThreadLocal<>();

    private EnteredMethods() {}

    /** The flag that runs the agent; what it needs is on the class path of each variant. */
    static String flag() throws IOException {
        Path jar = Files.createTempFile("entered-methods", ".jar");
        File deleted = jar.toFile();
        deleted.deleteOnExit();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", EnteredMethods.class.getName());
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream empty = new JarOutputStream(out, manifest)) {
            empty.flush();
        }
        return "-javaagent:" + jar;
    }

    public static void premain(String arguments, Instrumentation instrumentation) {
        // By itself Byte Buddy leaves out what the compiler names: the bodies of lambdas.
        new AgentBuilder.Default(new ByteBuddy().ignore(isBridge()))
                .disableClassFormatChanges()
                .ignore(none())
                .type(nameMatches(OWN))
                .transform((type, description, loader, module, domain) ->
                        type.visit(Advice.to(OwnMethod.class).on(isMethod().or(isConstructor()))))
                .type(named("org.apache.catalina.connector.CoyoteAdapter"))
                .transform((type, description, loader, module, domain) ->
                        type.visit(Advice.to(Arrival.class).on(named("service"))))
                .type(named("org.postgresql.jdbc.PgPreparedStatement"))
                .transform((type, description, loader, module, domain) ->
                        type.visit(Advice.to(Statement.class).on(nameStartsWith("execute"))))
                .installOn(instrumentation);
    }

    static final class Arrival {

        private Arrival() {}

        @Advice.OnMethodEnter
        static void enter() {
            arrived();
        }
    }

    static final class OwnMethod {

        private OwnMethod() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.Origin("#t:#m") String method) {
            entered(method);
        }
    }

    static final class Statement {

        private Statement() {}

        @Advice.OnMethodEnter
        static void enter() {
            sent();
        }
    }

    /** For the code that the agent adds. */
    public static void arrived() {
        ENTERED.set(new TreeMap<>());
    }

    /** For the code that the agent adds. */
    public static void entered(String method) {
        Map<String, Integer> entered = ENTERED.get();
        if (entered != null) {
            entered.merge(method, 1, Integer::sum);
        }
    }

    /** For the code that the agent adds. */
    public static void sent() {
        Map<String, Integer> entered = ENTERED.get();
        if (entered != null) {
            ENTERED.remove();
            System.out.println(TOLD
                    + entered.entrySet().stream()
                            .map(method -> method.getKey() + "=" + method.getValue())
                            .collect(Collectors.joining(",")));
        }
    }
}
