package dev.tenancy.spring;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * One way in which a request names the tenant that it is for. Those of the library are listed in the setting
 * {@code tenancy.resolve.order}; beans of this type are asked before them, in their {@code @Order}. The first one that resolves
 * is taken and the first one that rejects ends the request. Whatever resolved it, the user's membership decides if they may act
 * for that tenant. Called once a dispatch, by many threads at the same time.
 *
 * <p>What an implementation throws is answered with 503, as a look-up that failed: no other way is tried then.
 */
@FunctionalInterface
public interface TenantResolver {

    /**
     * Which tenant the request names in this way.
     *
     * @param request as the container sees it: behind a proxy its host and port are those that {@code server.forward-headers-strategy}
     *     makes of them
     * @param claim who calls, and what their credential names
     */
    Resolution resolve(HttpServletRequest request, TenantClaim claim);

    /** What a {@link TenantResolver} answers. Immutable. */
    final class Resolution {

        private static final Resolution NOT_APPLICABLE = new Resolution(null, null, false);

        private final @Nullable String tenant;
        private final @Nullable ProblemDetail problem;
        private final boolean leavesChoice;

        private Resolution(@Nullable String tenant, @Nullable ProblemDetail problem, boolean leavesChoice) {
            this.tenant = tenant;
            this.problem = problem;
            this.leavesChoice = leavesChoice;
        }

        /**
         * The request is for this tenant.
         *
         * @param tenant its id or slug, as {@link dev.tenancy.Memberships#find} takes it: text from outside, and none to be trusted
         */
        public static Resolution resolved(String tenant) {
            return new Resolution(tenant, null, false);
        }

        /** The request does not name a tenant in this way; the next way is tried. */
        public static Resolution notApplicable() {
            return NOT_APPLICABLE;
        }

        /**
         * The request tries to name a tenant in this way, and fails.
         *
         * @param problem the answer; it has a status of 400 or more, and must not tell which tenants exist
         * @throws IllegalArgumentException if its status is lower
         */
        public static Resolution rejected(ProblemDetail problem) {
            if (problem.getStatus() < 400) {
                throw new IllegalArgumentException("A rejection with the status " + problem.getStatus()
                        + " was refused: it would be no rejection. Give it 400 or more.");
            }
            return new Resolution(null, problem, false);
        }

        /** A rejection that the user of a browser can mend, by choosing one of several. */
        static Resolution undecided(ProblemDetail problem) {
            return new Resolution(null, problem, true);
        }

        /**
         * The tenant; null if the request does not name one in this way.
         *
         * @throws ErrorResponseException if it was rejected
         */
        @Nullable String tenant() {
            if (problem != null) {
                throw leavesChoice ? new TenantChain.UndecidedException(problem) : Problem.of(problem);
            }
            return tenant;
        }
    }
}
