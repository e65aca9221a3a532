package dev.tenancy.test.isolation;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenancyException;
import dev.tenancy.TenantIsolation;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Calls code of the application as a tenant, and notes what it met with. */
final class Caller {

    /** Calls it; what it answers is read as well, in the same transaction if there is one. */
    @FunctionalInterface
    interface Call {
        String answer(@Nullable Object[] arguments, Function<@Nullable Object, String> text) throws Throwable;
    }

    /**
     * @param text of the answer, or of the failure
     * @param touched the owned entities of the statements that were sent meanwhile
     */
    record Answer(String text, @Nullable Throwable failure, List<String> touched) {

        boolean isRefused() {
            return Unproven.chain(failure).anyMatch(TenancyException.class::isInstance);
        }

        /** For the evidence, of the other tenant's answer. */
        String told() {
            return failure == null ? "nothing of the owner's" : "refused, " + Unproven.told(failure);
        }
    }

    private final Answers answers;

    Caller(Answers answers) {
        this.answers = answers;
    }

    Answer ask(Object tenant, Call call, @Nullable Object[] arguments) {
        List<String> touched = new CopyOnWriteArrayList<>();
        Runnable end = TenantIsolation.onOwnedStatement(touched::add);
        try {
            return new Answer(CurrentTenant.callAs(tenant, () -> answer(call, arguments)), null, touched);
        } catch (RuntimeException failure) {
            return new Answer("fails with " + failure.getClass().getName(), failure, touched);
        } finally {
            end.run();
        }
    }

    private String answer(Call call, @Nullable Object[] arguments) {
        try {
            return call.answer(arguments, answers::text);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }
}
