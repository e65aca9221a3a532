package dev.tenancy.test.isolation;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContext;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** Ways into an application that are no methods of its controllers. They are not attacked, and so they are named. */
final class OtherRoutes {

    private static final String DATA_REST = "org.springframework.data.rest.";
    // They serve files, are told of by a bean of another kind, or lead to controllers.
    private static final List<String> HARMLESS = List.of(
            "org.springframework.web.servlet.", "org.springframework.boot.", "org.springdoc.", "dev.tenancy.spring.");

    private OtherRoutes() {}

    static Stream<Target> of(ApplicationContext context) {
        Set<String> names = new TreeSet<>();
        context.getBeansOfType(HandlerMapping.class).values().forEach(mapping -> {
            if (mapping instanceof RouterFunctionMapping functions) {
                if (functions.getRouterFunction() != null) {
                    names.add("functional endpoints");
                }
            } else if (mapping.getClass().getName().startsWith(DATA_REST)) {
                names.add("Spring Data REST");
            } else if (!(mapping instanceof RequestMappingInfoHandlerMapping)
                    && HARMLESS.stream().noneMatch(mapping.getClass().getName()::startsWith)) {
                names.add(mapping.getClass().getSimpleName());
            }
        });
        return names.stream().map(OtherRoutes::unreached);
    }

    private static Target unreached(String name) {
        return new Target() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Stream<Attack> attacks() {
                return Stream.of(new Attack("its owner", () -> {
                    throw new Unproven(
                            "not proven: " + name + ": it is no method of a controller, and not attacked here."
                                    + " Prove it with tests of your own, and list \"" + name
                                    + "\" in notProven() with their names.");
                }));
            }
        };
    }
}
