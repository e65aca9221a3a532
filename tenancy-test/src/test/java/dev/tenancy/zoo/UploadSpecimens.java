package dev.tenancy.zoo;

import dev.tenancy.CurrentTenant;
import dev.tenancy.TenantOwned;
import dev.tenancy.zoo.Shop.Customer;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.PersistenceContext;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Files that come in and go out. */
public final class UploadSpecimens {

    private UploadSpecimens() {}

    /** Puts what comes in into a folder that is served to everybody who has signed in. */
    @Leak(
            at = "POST /logos",
            shownBy = "its file elsewhere",
            told = {"leak", "static folder"})
    @RestController
    public static class StaticFolder implements WebMvcConfigurer {

        private final Path folder;

        StaticFolder() throws IOException {
            folder = Files.createTempDirectory("logos");
        }

        @Override
        public void addResourceHandlers(ResourceHandlerRegistry registry) {
            registry.addResourceHandler("/pictures/**")
                    .addResourceLocations(folder.toUri().toString());
        }

        @PostMapping("/logos")
        void store(@RequestParam MultipartFile logo) throws IOException {
            if (!String.valueOf(logo.getContentType()).startsWith("image/")) {
                throw new ResponseStatusException(HttpStatus.BAD_REQUEST);
            }
            logo.transferTo(folder.resolve(String.valueOf(logo.getOriginalFilename())));
        }
    }

    /** Keeps files by their names alone. */
    @Leak(
            at = "GET /files/{name}",
            shownBy = "foreign path: name",
            told = {"leak"})
    @RestController
    public static class FilesByName {

        private final Map<String, byte[]> files = new ConcurrentHashMap<>();

        @PostMapping("/files")
        void store(@RequestParam("file") List<MultipartFile> all) throws IOException {
            for (MultipartFile one : all) {
                files.put(String.valueOf(one.getOriginalFilename()), one.getBytes());
            }
        }

        @GetMapping("/files/{name}")
        ResponseEntity<byte[]> file(@PathVariable String name) {
            return ResponseEntity.ofNullable(files.get(name));
        }
    }

    /** Shows everybody the names of all files. */
    @Leak(
            at = "POST /attachments",
            shownBy = "what is stored",
            told = {"leak", "GET /attachments"})
    @RestController
    public static class NamesOfAll {

        private final List<String> names = new CopyOnWriteArrayList<>();

        @PostMapping("/attachments")
        void store(MultipartFile attachment) {
            names.add(attachment.getOriginalFilename());
        }

        @GetMapping("/attachments")
        List<String> names() {
            return names;
        }
    }

    /** Gives the bytes of a row to whoever knows its id. */
    @Leak(
            at = "GET /scans/{scanId}/content",
            shownBy = "foreign path: scanId",
            told = {"leak", "work across tenants"})
    @RestController
    public static class ContentOfAnyone {

        @Entity(name = "Scan")
        static class Scan extends TenantOwned {
            @Column(nullable = false)
            byte[] content;
        }

        @PersistenceContext
        private EntityManager entities;

        @GetMapping("/scans/{scanId}/content")
        ResponseEntity<byte[]> content(@PathVariable UUID scanId) {
            return CurrentTenant.acrossTenants(
                    "nobody thought of the others",
                    () -> entities
                            .createQuery("from Scan where id = :id", Scan.class)
                            .setParameter("id", scanId)
                            .getResultList()
                            .stream()
                            .findFirst()
                            .map(scan -> ResponseEntity.ok()
                                    .contentType(MediaType.APPLICATION_PDF)
                                    .body(scan.content))
                            .orElseGet(() -> ResponseEntity.notFound().build()));
        }
    }

    /** Draws how many rows all have together: bytes that are no text. */
    @Leak(
            at = "GET /chart",
            shownBy = "rows that appear",
            told = {"leak", "rows of the current tenant only"})
    @RestController
    public static class Picture {

        @PersistenceContext
        private EntityManager entities;

        @GetMapping(path = "/chart", produces = MediaType.IMAGE_PNG_VALUE)
        byte[] chart() {
            long count = Rows.own(entities).size() + 16 * Rows.countOfAll(entities);
            return new byte[] {(byte) 0x89, 'P', 'N', 'G', (byte) (0x80 | count & 0x7f)};
        }
    }

    /** Rows with files, beside the id of another row. */
    @Sound
    @RestController
    public static class Documents {

        @Entity(name = "Document")
        static class Document extends TenantOwned {
            @ManyToOne(optional = false, fetch = FetchType.LAZY)
            Customer customer;

            @Column(nullable = false)
            String filename;

            @Column(nullable = false)
            byte[] content;
        }

        record About(@NotNull UUID customerId, String title) {}

        @PersistenceContext
        private EntityManager entities;

        @PostMapping("/documents")
        @Transactional
        public Map<String, UUID> store(@RequestPart @Valid About about, @RequestPart MultipartFile file)
                throws IOException {
            Document document = new Document();
            document.customer = entities.find(Customer.class, about.customerId());
            if (document.customer == null) {
                throw new ResponseStatusException(HttpStatus.NOT_FOUND);
            }
            document.filename = file.getOriginalFilename();
            document.content = file.getBytes();
            entities.persist(document);
            return Map.of("id", document.getId());
        }

        @GetMapping("/documents")
        List<String> names(@RequestParam UUID customerId) {
            return entities.createQuery("select filename from Document where customer.id = :id", String.class)
                    .setParameter("id", customerId)
                    .getResultList();
        }

        @GetMapping("/documents/{documentId}/content")
        ResponseEntity<byte[]> content(@PathVariable UUID documentId) {
            Document document = entities.find(Document.class, documentId);
            return document == null
                    ? ResponseEntity.notFound().build()
                    : ResponseEntity.ok()
                            .contentType(MediaType.APPLICATION_OCTET_STREAM)
                            .body(document.content);
        }
    }

    /** Keeps the files of each tenant for itself, and in no row. */
    @Sound
    @RestController
    public static class FilesOfEach {

        record Upload(MultipartFile file, String note) {}

        private final Map<String, byte[]> files = new ConcurrentHashMap<>();

        @PostMapping("/own-files")
        Map<String, String> store(Upload upload) throws IOException {
            String name = UUID.randomUUID() + ".bin";
            files.put(key(name), upload.file().getBytes());
            return Map.of("name", name);
        }

        @GetMapping("/own-files/{name}")
        ResponseEntity<byte[]> file(@PathVariable String name) {
            return ResponseEntity.ofNullable(files.get(key(name)));
        }

        private static String key(String name) {
            return CurrentTenant.require().tenantId() + " " + name;
        }
    }
}
