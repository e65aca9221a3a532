package dev.tenancy.test.isolation;

import java.time.Duration;

/**
 * What one attack has shown.
 *
 * @param part the kind of the target, in the plural
 * @param attack empty where a target is listed as a whole
 * @param evidence what the attacker and the owner met with; of a failure, the message; of what is listed, the reason
 */
record Cell(String part, String target, String attack, Verdict verdict, String evidence, Duration took) {

    /** In the order of how bad they are. */
    enum Verdict {
        /** It asked for no owned row, not even for its owner: there is nothing to protect. */
        UNTOUCHED('.'),
        /** The owner alone gets there. */
        PROVEN('+'),
        /** In a rehearsal: it was told as a leak when the owner itself made the attack. This proves nothing of the isolation. */
        NOTICED('*'),
        /** In a rehearsal: it attacks nothing, or cannot succeed for the owner either. */
        UNREHEARSED('~'),
        /** Listed by the adopter with a reason, and not attacked. */
        LISTED('-'),
        /** The attack shows nothing, for instance since not even the owner gets there. */
        UNPROVEN('?'),
        /** Somebody else than the owner got there. */
        LEAK('!');

        private final char sign;

        Verdict(char sign) {
            this.sign = sign;
        }

        char sign() {
            return sign;
        }

        /** Whether it is told below the matrix. */
        boolean isTold() {
            return compareTo(LISTED) >= 0;
        }
    }

    /** As the adopter lists it. */
    String path() {
        return path(target, attack);
    }

    static String path(String target, String attack) {
        return attack.isEmpty() ? target : target + ", " + attack;
    }
}
