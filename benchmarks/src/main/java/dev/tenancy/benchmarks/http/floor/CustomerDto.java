package dev.tenancy.benchmarks.http.floor;

import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

record CustomerDto(
        @Nullable UUID id,
        @NotBlank @Size(max = 200) String name,
        @Nullable @Email @Size(max = 254) String email) {}
