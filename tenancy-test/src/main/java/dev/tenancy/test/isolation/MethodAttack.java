package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.Caller.Answer;
import dev.tenancy.test.isolation.Caller.Call;
import dev.tenancy.test.isolation.OwnedMapping.Owned;
import dev.tenancy.test.isolation.SampleRows.Row;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A method of the application is called by the other tenant with what its owner would call it with, and then by the owner. What the
 * other gets must hold nothing of the owner's rows, must be the same without them, and must leave them as they were.
 */
final class MethodAttack implements Callable<String> {

    /** Makes arguments from the owner's rows, each time anew, and in the same order. */
    @FunctionalInterface
    interface Choices {
        List<@Nullable Object[]> of(List<Row> rows);
    }

    // The class of such states in the SQL standard.
    private static final String INTEGRITY = "23";

    private final String path;
    private final AttackedRows rows;
    private final Collection<Owned> entities;
    private final Answers answers;
    private final Supplier<Choices> choices;
    private final Call call;
    private final String remedy;
    private final BiConsumer<Owned, Object> prepare;
    private final boolean mayTouchNothing;
    private final Caller caller;

    MethodAttack(
            String path,
            AttackedRows rows,
            Collection<Owned> entities,
            BiConsumer<Owned, Object> prepare,
            Supplier<Choices> choices,
            Call call,
            String remedy,
            boolean mayTouchNothing) {
        this.path = path;
        this.rows = rows;
        this.entities = entities;
        this.answers = rows.answers();
        this.caller = new Caller(answers);
        this.choices = choices;
        this.call = call;
        this.remedy = remedy;
        this.prepare = prepare;
        this.mayTouchNothing = mayTouchNothing;
    }

    @Override
    public String call() throws Exception {
        Met met = new Met();
        String evidence = tryChoices(met, false);
        if (evidence.isEmpty() && met.held) {
            evidence = tryChoices(met, true);
        }
        if (evidence.isEmpty()) {
            throw new Unproven(
                    "not proven: " + path + ": not even its owner gets to a row of its own" + met.told + ". " + remedy);
        }
        return evidence;
    }

    /** What the owner met with last. */
    private static final class Met {
        private String told = "";
        // Other rows refer to what it would delete.
        private boolean held;
    }

    private String tryChoices(Met met, boolean childless) throws Exception {
        for (int n = 0; ; n++) {
            int choice = n;
            Choices made = choices.get();
            Met now = new Met();
            String evidence = rows.with(entities, prepare, stored -> {
                if (childless) {
                    rows.removeChildren(stored);
                }
                return attempt(stored, made, choice, now);
            });
            if (!evidence.isEmpty() || now.told.isEmpty()) {
                return evidence;
            }
            met.told = now.told;
            met.held |= now.held;
        }
    }

    private static boolean isHeld(@Nullable Throwable failure) {
        return Unproven.chain(failure)
                .anyMatch(one -> one instanceof SQLException sql
                        && sql.getSQLState() != null
                        && sql.getSQLState().startsWith(INTEGRITY));
    }

    /** Empty if the owner got nowhere. */
    private String attempt(List<Row> stored, Choices made, int choice, Met met) {
        List<@Nullable Object[]> first = made.of(stored);
        if (choice >= first.size()) {
            return "";
        }
        List<@Nullable Object[]> second = made.of(stored);
        List<@Nullable Object[]> third = made.of(stored);
        Set<String> marks = marks(stored, first.get(choice));
        String owners = rows.state(rows.owner());
        String others = rows.state(rows.other());
        Answer other = ask(rows.attacker(), first.get(choice));
        requireUntouched(owners);
        requireNothingIn(other, marks);
        boolean changedOwn = !rows.state(rows.other()).equals(others);

        Answer owner = ask(rows.owner(), second.get(choice));
        boolean changed = !rows.state(rows.owner()).equals(owners);
        rows.remove(rows.owner());
        if (!changedOwn && !other.isRefused()) {
            requireSame(other, ask(rows.attacker(), third.get(choice)));
        }
        if (mayTouchNothing && owner.touched().isEmpty() && other.touched().isEmpty() && owner.failure() == null) {
            return "no owned row is touched";
        }
        boolean reached = owner.failure() == null
                && (changed
                        || marks.stream().anyMatch(owner.text()::contains)
                        || answersDiffer(owner, made, stored, third.get(choice)));
        met.held = isHeld(owner.failure());
        met.told = owner.failure() == null
                ? ", whose answer is the same without it"
                : ": " + Unproven.told(owner.failure());
        return reached
                ? "for the other tenant: " + other.told() + "; its owner " + (changed ? "changes it" : "gets it")
                : "";
    }

    private boolean answersDiffer(Answer owner, Choices made, List<Row> stored, @Nullable Object[] arguments) {
        rows.remove(rows.owner());
        Answer without = ask(rows.owner(), arguments);
        return !without.text().equals(owner.text());
    }

    private Answer ask(Object tenant, @Nullable Object[] arguments) {
        return caller.ask(tenant, call, arguments);
    }

    private void requireUntouched(String before) {
        if (!rows.state(rows.owner()).equals(before)) {
            throw Unproven.leak(path + ": another tenant changed rows of their owner. " + fix());
        }
    }

    private void requireNothingIn(Answer other, Set<String> marks) {
        if (other.failure() == null && marks.stream().anyMatch(other.text()::contains)) {
            throw Unproven.leak(path + ": another tenant got an answer that holds the owner's row. " + fix());
        }
    }

    private void requireSame(Answer with, Answer without) {
        if (with.text().equals(without.text())) {
            return;
        }
        if (with.failure() != null) {
            if (Unproven.chain(with.failure()).noneMatch(PersistenceException.class::isInstance)) {
                throw new Unproven("not proven: " + path + ": the other tenant met with a failure", with.failure());
            }
            return;
        }
        throw Unproven.leak(
                path + ": another tenant got another answer than without the owner's row, and so learns of it. " + fix()
                        + " A method whose answers differ by themselves, by time or by chance, is listed in notProven().");
    }

    /** What is probably wrong. */
    static String fix() {
        return "Does it read for another tenant than the current one, trust a statement, cross tenants, keep rows in a field,"
                + " or use a connection that is not guarded? Let it ask for the current tenant's rows, over the guarded data source.";
    }

    /** What only the owner's rows hold, and the arguments do not. */
    private Set<String> marks(List<Row> stored, @Nullable Object[] arguments) {
        String known = answers.text(arguments) + rows.state(rows.other());
        Set<String> marks = new TreeSet<>(rows.marks(stored));
        marks.removeIf(known::contains);
        return marks;
    }
}
