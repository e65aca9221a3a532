package dev.tenancy.benchmarks.http.floor;

import dev.tenancy.benchmarks.http.floor.Caller.Role;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Valid;
import jakarta.validation.Validator;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@RestController
@RequestMapping("/api/customers")
class CustomerController {

    private final Customers customers;
    private final Validator validator;

    CustomerController(Customers customers, Validator validator) {
        this.customers = customers;
        this.validator = validator;
    }

    @GetMapping
    PageOf<CustomerDto> list(
            @RequestParam(defaultValue = "0") @Min(0) int page,
            @RequestParam(defaultValue = "20") @Min(1) @Max(200) int size) {
        return customers.list(caller(Role.STAFF).tenantId(), page, size);
    }

    @GetMapping("/{id}")
    ResponseEntity<CustomerDto> get(@PathVariable UUID id) {
        return answer(customers.find(caller(Role.STAFF).tenantId(), id));
    }

    @PostMapping
    ResponseEntity<CustomerDto> create(@RequestBody @Valid CustomerDto body) {
        Customers.Row created = customers.create(caller(Role.ADMIN).tenantId(), body);
        URI location = ServletUriComponentsBuilder.fromCurrentRequestUri()
                .path("/{id}")
                .buildAndExpand(created.body().id())
                .toUri();
        return ResponseEntity.created(location).eTag(created.etag()).body(created.body());
    }

    @PutMapping("/{id}")
    ResponseEntity<CustomerDto> replace(
            @PathVariable UUID id,
            @RequestBody @Valid CustomerDto body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        return update(id, ifMatch, was -> body);
    }

    @PatchMapping(
            path = "/{id}",
            consumes = {"application/merge-patch+json", MediaType.APPLICATION_JSON_VALUE})
    ResponseEntity<CustomerDto> patch(
            @PathVariable UUID id,
            @RequestBody ObjectNode patch,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        return update(id, ifMatch, was -> valid(merged(was, patch)));
    }

    @DeleteMapping("/{id}")
    ResponseEntity<Void> delete(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        if (!customers.delete(caller(Role.ADMIN).tenantId(), id, ifMatch)) {
            throw missing();
        }
        return ResponseEntity.noContent().build();
    }

    private ResponseEntity<CustomerDto> update(
            UUID id, @Nullable String ifMatch, Function<CustomerDto, CustomerDto> change) {
        return answer(customers.update(caller(Role.ADMIN).tenantId(), id, ifMatch, change));
    }

    private CustomerDto valid(CustomerDto body) {
        Set<ConstraintViolation<CustomerDto>> violations = validator.validate(body);
        if (!violations.isEmpty()) {
            throw new ConstraintViolationException(violations);
        }
        return body;
    }

    private static CustomerDto merged(CustomerDto was, ObjectNode patch) {
        String name = was.name();
        String email = was.email();
        for (String field : patch.propertyNames()) {
            JsonNode value = patch.get(field);
            if (!value.isString() && !value.isNull()) {
                throw new ResponseStatusException(HttpStatus.BAD_REQUEST, field + " must be text or null.");
            }
            switch (field) {
                case "name" -> name = value.isNull() ? "" : value.asString();
                case "email" -> email = value.isNull() ? null : value.asString();
                case "id" -> {} // What was read can be sent back.
                default -> throw new ResponseStatusException(HttpStatus.BAD_REQUEST, field + " is not a field.");
            }
        }
        return new CustomerDto(was.id(), name, email);
    }

    private static Caller caller(Role role) {
        Caller caller = Caller.current();
        caller.need(role);
        return caller;
    }

    private static ResponseEntity<CustomerDto> answer(Optional<Customers.Row> found) {
        Customers.Row row = found.orElseThrow(CustomerController::missing);
        return ResponseEntity.ok().eTag(row.etag()).body(row.body());
    }

    private static ResponseStatusException missing() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
}
