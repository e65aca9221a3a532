package dev.tenancy.spring.crud;

import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

public interface MakerRepository extends JpaRepository<Workshop.Maker, UUID> {}
