package dev.tenancy.spring;

import dev.tenancy.spring.TestApplication.Shelf;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.rest.core.annotation.RepositoryRestResource;

@RepositoryRestResource(path = "shelves")
public interface ShelfRepository extends JpaRepository<Shelf, UUID> {}
