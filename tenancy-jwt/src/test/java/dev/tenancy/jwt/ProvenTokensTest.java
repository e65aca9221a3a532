package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.KeyPair;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a verifier remembers is never accepted where a fresh look would refuse it. */
class ProvenTokensTest {

    private final TickingClock clock = new TickingClock();
    private final TokenKey key = TokenKey.pem("1", Keys.privatePem(Keys.ec("secp256r1")));
    private final AtomicInteger asked = new AtomicInteger();
    private @Nullable TokenKey present = key;
    private final TokenKeys keys = new TokenKeys() {
        @Override
        public @Nullable TokenKey find(@Nullable String id, String algorithm) {
            asked.incrementAndGet();
            assertThat(id).isEqualTo("1");
            assertThat(algorithm).isEqualTo("ES256");
            return present;
        }

        @Override
        public TokenKey signing() {
            return key;
        }
    };
    private final TokenVerifier verifier = new TokenVerifier(keys, Keys.SETTINGS, clock);
    private final String token = Keys.token(key, clock);

    @BeforeEach
    void rememberTheToken() {
        assertThat(verifier.verify(token).userId()).isEqualTo("alice");
    }

    private void refused(String words) {
        assertThatExceptionOfType(InvalidTokenException.class)
                .isThrownBy(() -> verifier.verify(token))
                .withMessageContaining(words);
    }

    @Test
    void aRememberedTokenIsNotReadAgain() {
        assertThat(verifier.verify(token)).isSameAs(verifier.verify(token));
    }

    @Test
    void aRememberedTokenExpires() {
        clock.pass(Duration.ofMinutes(15).plusSeconds(30).minusNanos(1));
        assertThat(verifier.verify(token).userId()).isEqualTo("alice");
        clock.pass(Duration.ofNanos(1));
        refused("(exp)");
    }

    @Test
    void aRememberedTokenIsNotGoodYetAgainWhenTheClockIsSetBack() {
        clock.pass(Duration.ofSeconds(-30));
        assertThat(verifier.verify(token).userId()).isEqualTo("alice");
        clock.pass(Duration.ofNanos(-1));
        refused("(iat)");
    }

    @Test
    void aRememberedTokenGoesWithItsKey() {
        present = null;
        refused("not signed with a key");
        present = TokenKey.pem("1", Keys.privatePem(Keys.ec("secp256r1")));
        refused("signature does not match");
        present = key;
        assertThat(verifier.verify(token).userId()).isEqualTo("alice");
    }

    @Test
    void anEqualKeyThatWasReadAnewIsTheSame() {
        VerifiedToken before = verifier.verify(token);
        present = TokenKey.pem("1", Keys.publicPem(new KeyPair(key.publicHalf(), null)));
        assertThat(verifier.verify(token)).isEqualTo(before);
    }

    @Test
    void theKeyIsAskedForOnEachUse() {
        int before = asked.get();
        verifier.verify(token);
        verifier.verify(token);
        assertThat(asked).hasValue(before + 2);
    }

    @Test
    void aTokenThatDiffersInOneCharacterIsAnotherOne() {
        char last = token.charAt(token.length() - 2);
        String changed = token.substring(0, token.length() - 2)
                + (last == 'A' ? 'B' : 'A')
                + token.substring(token.length() - 1);
        assertThatExceptionOfType(InvalidTokenException.class).isThrownBy(() -> verifier.verify(changed));
    }

    @Test
    void aRefusedTokenIsNotRemembered() {
        clock.pass(Duration.ofHours(1));
        refused("(exp)");
        TokenVerifier fresh = new TokenVerifier(keys, Keys.SETTINGS, clock);
        assertThatExceptionOfType(InvalidTokenException.class).isThrownBy(() -> fresh.verify(token));
        int before = asked.get();
        assertThatExceptionOfType(InvalidTokenException.class).isThrownBy(() -> fresh.verify(token));
        assertThat(asked).hasValue(before + 1);
    }
}
