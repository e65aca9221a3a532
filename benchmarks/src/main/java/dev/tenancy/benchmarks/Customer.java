package dev.tenancy.benchmarks;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What both models' customers have in common. */
interface Customer {

    @Nullable UUID getId();

    void rename(String name);
}
