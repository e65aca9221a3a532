package dev.tenancy.spring;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.server.PathContainer;

/**
 * Which requests are for endpoints of Spring Boot's actuator. They are about the whole application and act for no tenant, so no role
 * in one counts there.
 */
interface ActuatorRequests {

    ActuatorRequests NONE = new ActuatorRequests() {

        @Override
        public boolean contain(HttpServletRequest request, PathContainer path) {
            return false;
        }

        @Override
        public boolean isProbe(HttpServletRequest request, PathContainer path) {
            return false;
        }
    };

    /** @param path of the request, within the application */
    boolean contain(HttpServletRequest request, PathContainer path);

    /**
     * Whether one of these asks for the health of the application or one of its groups.
     *
     * @param path can be read in one way only
     */
    boolean isProbe(HttpServletRequest request, PathContainer path);
}
