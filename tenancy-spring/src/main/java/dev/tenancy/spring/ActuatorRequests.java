package dev.tenancy.spring;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Which requests are for endpoints of Spring Boot's actuator. They are about the whole application and act for no tenant, so no role
 * in one counts there.
 */
interface ActuatorRequests {

    ActuatorRequests NONE = new ActuatorRequests() {

        @Override
        public boolean contain(HttpServletRequest request) {
            return false;
        }

        @Override
        public boolean isProbe(HttpServletRequest request) {
            return false;
        }
    };

    boolean contain(HttpServletRequest request);

    /** Whether it asks for the health of the application or one of its groups, which an orchestrator does without a credential. */
    boolean isProbe(HttpServletRequest request);
}
