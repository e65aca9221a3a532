package timesheets.projects;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

record ProjectDto(
        @Nullable UUID id,
        @NotBlank @Size(max = 200) String name,
        @NotNull UUID customerId,
        @NotNull Project.Status status) {}
