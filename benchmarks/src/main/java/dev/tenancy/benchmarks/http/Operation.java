package dev.tenancy.benchmarks.http;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What is called. */
enum Operation {
    LIST("GET", 200) {
        @Override
        Request request(int tenant, int number, long serial) {
            return bare("/api/customers");
        }
    },
    PAGE("GET", 200) {
        @Override
        Request request(int tenant, int number, long serial) {
            return bare("/api/customers?page=3&size=10");
        }
    },
    GET("GET", 200) {
        @Override
        Request request(int tenant, int number, long serial) {
            return bare(pathOf(tenant, number));
        }
    },
    ENTRIES("GET", 200) {
        @Override
        Request request(int tenant, int number, long serial) {
            return bare("/api/time-entries?projectId=" + Database.project(tenant, number % Database.PROJECTS)
                    + "&sort=date,desc");
        }
    },
    POST("POST", 201) {
        @Override
        Request request(int tenant, int number, long serial) {
            return with(
                    "/api/customers", JSON, "{\"name\":\"Posted " + serial + "\",\"email\":\"office@posted.test\"}");
        }
    },
    PUT("PUT", 200) {
        @Override
        Request request(int tenant, int number, long serial) {
            return with(
                    pathOf(tenant, number),
                    JSON,
                    "{\"name\":\"Customer " + number + " of " + serial + "\",\"email\":\"office@put.test\"}");
        }
    },
    PATCH("PATCH", 200) {
        @Override
        Request request(int tenant, int number, long serial) {
            return with(
                    pathOf(tenant, number),
                    "application/merge-patch+json",
                    "{\"email\":\"office" + serial + "@patch.test\"}");
        }
    },
    DELETE("DELETE", 204) {
        @Override
        Request request(int tenant, int number, long serial) {
            return bare(pathOf(tenant, number));
        }
    };

    /** What is sent, but for who sends it. */
    record Request(
            String method,
            String path,
            @Nullable String type,
            @Nullable String body) {}

    private static final String JSON = "application/json";

    private final String method;
    private final int status;

    Operation(String method, int status) {
        this.method = method;
        this.status = status;
    }

    /**
     * A request for a tenant.
     *
     * @param number of the customer, if it is for one
     * @param serial never the same for a tenant: a name is unique, and an update that changes nothing would write nothing
     */
    abstract Request request(int tenant, int number, long serial);

    /** The customer that the next request is for, if it is for one: each can be deleted only once. */
    int number(Random random, int sentToTenant) {
        return this == DELETE ? Database.CUSTOMERS + sentToTenant : random.nextInt(Database.CUSTOMERS);
    }

    int status() {
        return status;
    }

    boolean writes() {
        return !method.equals("GET");
    }

    Request bare(String path) {
        return new Request(method, path, null, null);
    }

    Request with(String path, String type, String body) {
        return new Request(method, path, type, body);
    }

    private static String pathOf(int tenant, int number) {
        return "/api/customers/" + Database.customer(tenant, number);
    }
}
