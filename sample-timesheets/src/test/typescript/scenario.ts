// Two companies at work with a client whose types come from the API document: compiled with all checks, and without a cast.
import { deepEqual, equal } from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Role = components["schemas"]["Me"]["role"];
type Conflict = paths["/api/customers/{id}"]["delete"]["responses"][409]["content"]["application/problem+json"];
type Missing = paths["/api/customers/{id}"]["get"]["responses"][404]["content"]["application/problem+json"];
type Wait = paths["/api/auth/login"]["post"]["responses"][429]["headers"]["Retry-After"];

// Complete, or it would not compile.
const ranks: Record<Role, number> = { OWNER: 2, ADMIN: 1, STAFF: 0 };

const server = process.argv[2];
if (server === undefined) {
    throw new Error("Name the address of the server: http://localhost:8080");
}
const api = createClient<paths>({ baseUrl: server });

const signIn = async (email: string) => {
    const { data, error, response } = await api.POST("/api/auth/login", { body: { email, password: "demo-password" } });
    if (data === undefined) {
        const wait: Wait | undefined = Number(response.headers.get("Retry-After") ?? 0);
        throw new Error(`${email} could not sign in: ${error.status} ${error.title}, wait ${wait} s`);
    }
    const token: string = data.accessToken;
    return createClient<paths>({ baseUrl: server, headers: { Authorization: `Bearer ${token}` } });
};

const acme = await signIn("owner@acme.test");
const me = await acme.GET("/api/me");
if (me.data === undefined) {
    throw new Error(me.error.detail);
}
const rank: number = ranks[me.data.role];
equal(rank, 2);

const customer = await acme.POST("/api/customers", { body: { name: `Brightwater Shipping ${Date.now()}` } });
if (customer.data === undefined) {
    throw new Error(customer.error.detail);
}
const email: string | null = customer.data.email;
equal(email, null);
const customerId = customer.data.id;

const project = await acme.POST("/api/projects", { body: { name: "Harbour plan", customerId, status: "ACTIVE" } });
if (project.data === undefined) {
    throw new Error(project.error.detail);
}
const entry = await acme.POST("/api/time-entries", {
    body: { projectId: project.data.id, date: "2020-03-02", minutes: 90, billable: true },
});
if (entry.data === undefined) {
    throw new Error(entry.error.detail);
}

const { data: page } = await acme.GET("/api/time-entries", {
    params: { query: { projectId: project.data.id, sort: ["date,desc", "minutes"], size: 5 } },
});
deepEqual(
    page?.content.map((row) => row.id),
    [entry.data.id],
);
equal(page?.page.last, true);

const hours = await acme.GET("/api/reports/hours", {
    params: { query: { from: "2020-03-01", to: "2020-03-31", groupBy: "project" } },
});
equal(hours.data?.find((sum) => sum.key === entry.data.projectId)?.minutes, 90);

// Another company sees none of it, not even that it is there.
const globex = await signIn("owner@globex.test");
const { data: nothing } = await globex.GET("/api/time-entries", { params: { query: { projectId: project.data.id } } });
deepEqual(nothing?.content, []);
const foreign = await globex.GET("/api/customers/{id}", { params: { path: { id: customerId } } });
equal(foreign.response.status, 404);
const unseen: Missing | undefined = foreign.error;
equal(unseen?.title, "Not Found");
const missing = await acme.GET("/api/customers/{id}", { params: { path: { id: me.data.user.id } } });
equal(missing.response.status, 404);
deepEqual(foreign.error, missing.error);
// As its own company alone: acme's is not one of the caller's.
const elsewhere = await globex.GET("/api/customers", {
    params: { header: { "X-Tenant-Id": me.data.tenant.slug } },
});
equal(elsewhere.response.status, 403);

// A row that others need stays.
const refused = await acme.DELETE("/api/customers/{id}", { params: { path: { id: customerId } } });
equal(refused.response.status, 409);
const conflict: Conflict | undefined = refused.error;
equal(conflict?.status, 409);

for (const removed of [
    await acme.DELETE("/api/time-entries/{id}", { params: { path: { id: entry.data.id } } }),
    await acme.DELETE("/api/projects/{id}", { params: { path: { id: project.data.id } } }),
    await acme.DELETE("/api/customers/{id}", { params: { path: { id: customerId } } }),
]) {
    equal(removed.response.status, 204);
}
