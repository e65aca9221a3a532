package dev.tenancy.spring;

import dev.tenancy.spring.TestApplication.Book;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

public interface BookRepository extends JpaRepository<Book, UUID> {}
