package timesheets;

import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.security.crypto.password.PasswordEncoder;

/** Counts how often a password is hashed, which is what an answer takes its time for. */
class CountedPasswords implements BeanPostProcessor {

    private final AtomicInteger hashed = new AtomicInteger();

    int during(Runnable calls) {
        int before = hashed.get();
        calls.run();
        return hashed.get() - before;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof PasswordEncoder encoder ? new Counting(encoder, hashed) : bean;
    }

    private record Counting(PasswordEncoder encoder, AtomicInteger hashed) implements PasswordEncoder {

        @Override
        public String encode(CharSequence password) {
            hashed.incrementAndGet();
            return encoder.encode(password);
        }

        @Override
        public boolean matches(CharSequence password, String hash) {
            hashed.incrementAndGet();
            return encoder.matches(password, hash);
        }

        @Override
        public boolean upgradeEncoding(String hash) {
            return encoder.upgradeEncoding(hash);
        }
    }
}
