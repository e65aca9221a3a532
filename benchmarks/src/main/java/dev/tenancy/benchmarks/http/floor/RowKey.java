package dev.tenancy.benchmarks.http.floor;

import java.util.UUID;

/** The primary key of every owned table. */
record RowKey(UUID tenantId, UUID id) {}
