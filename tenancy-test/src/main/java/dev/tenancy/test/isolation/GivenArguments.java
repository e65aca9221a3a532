package dev.tenancy.test.isolation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The arguments that the adopter gives for methods, and whether each of these is there. It is a part, to tell of those that are not. */
final class GivenArguments implements Part, Target {

    private final Map<String, Supplier<Object[]>> given;
    private final List<String> unmet;
    private final String test;

    GivenArguments(Map<String, Supplier<Object[]>> given, String test) {
        this.given = given;
        this.unmet = new ArrayList<>(given.keySet());
        this.test = test;
    }

    /** Null if none are given. */
    @Nullable Supplier<Object[]> of(String type, String method) {
        String key = type + "." + method;
        unmet.remove(key);
        return given.get(key);
    }

    /** How the adopter gives them. */
    String remedy(String type, String method) {
        return "Give its arguments in arguments() of " + test + ", under \"" + type + "." + method
                + "\", or a row that it finds in rows(), or list it in notProven() with a reason.";
    }

    @Override
    public String name() {
        return "arguments()";
    }

    @Override
    public Stream<? extends Target> targets() {
        return given.isEmpty() ? Stream.of() : Stream.of(this);
    }

    @Override
    public Stream<Attack> attacks() {
        return Stream.of(Attack.proving("each is of a method", () -> {
            if (!unmet.isEmpty()) {
                throw new Unproven("not proven: arguments() names what is not attacked: \""
                        + String.join("\", \"", unmet) + "\". Remove it there, or spell it as the messages do.");
            }
            return given.size() + " given";
        }));
    }

    @Override
    public boolean isRehearsed() {
        return false;
    }

    @Override
    public void end() {}
}
