package dev.tenancy.benchmarks.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.management.AttributeNotFoundException;
import javax.management.JMException;
import javax.management.ObjectName;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * The main class of each variant: starts what its first argument names, says so on its output, and tells for each line of input how
 * many bytes were allocated so far. It ends with the input.
 */
final class Launcher {

    static final String READY = "comparison ready ";
    static final String ALLOCATED = "comparison allocated ";

    private Launcher() {}

    public static void main(String[] arguments) throws ClassNotFoundException, IOException, JMException {
        String[] names = arguments[0].split(",");
        Class<?>[] sources = new Class<?>[names.length];
        for (int i = 0; i < names.length; i++) {
            sources[i] = Class.forName(names[i]);
        }
        try (ConfigurableApplicationContext context =
                new SpringApplication(sources).run(Arrays.copyOfRange(arguments, 1, arguments.length))) {
            demandVirtualThreads(context.getEnvironment());
            System.out.println(READY + context.getEnvironment().getProperty("local.server.port"));
            BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (orders.readLine() != null) {
                System.out.println(ALLOCATED + allocated());
            }
        }
    }

    // Spring Boot does without them where there are none, and says nothing.
    private static void demandVirtualThreads(Environment environment) {
        if (Threading.VIRTUAL.isActive(environment)
                != environment.getProperty("spring.threads.virtual.enabled", Boolean.class, false)) {
            throw new IllegalStateException("JDK " + Runtime.version().feature()
                    + " has no virtual threads. Run the comparison with -Djava=<home of JDK 21 or later>.");
        }
    }

    private static long allocated() throws JMException {
        try {
            // From JDK 21 on, with those of threads that have ended.
            return (Long) ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME), "TotalThreadAllocatedBytes");
        } catch (AttributeNotFoundException before21) {
            com.sun.management.ThreadMXBean threads =
                    (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                    .filter(bytes -> bytes > 0)
                    .sum();
        }
    }
}
