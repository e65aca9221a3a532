package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolesTest extends TimesheetsTest {

    @ParameterizedTest
    @CsvSource({
        "staff@acme.test, /api/customers, 200, 403, 403, 403, 403",
        "staff@acme.test, /api/projects, 200, 403, 403, 403, 403",
        "staff@acme.test, /api/time-entries, 200, 201, 200, 200, 204",
        "admin@acme.test, /api/customers, 200, 201, 200, 200, 204",
        "admin@acme.test, /api/projects, 200, 201, 200, 200, 204",
        "admin@acme.test, /api/time-entries, 200, 201, 200, 200, 204",
        "owner@acme.test, /api/customers, 200, 201, 200, 200, 204",
        "owner@acme.test, /api/projects, 200, 201, 200, 200, 204",
        "owner@acme.test, /api/time-entries, 200, 201, 200, 200, 204",
    })
    void eachRoleMayDoItsShareAndNoMore(
            String email, String resource, int read, int create, int replace, int patch, int delete) {
        Api member = as(email);
        Map<String, Object> body = body(resource);
        assertThat(member.post(resource, body).status()).isEqualTo(create);
        String row = resource + "/" + (create == 201 ? member : acme).created(resource, body(resource));
        assertThat(member.get(resource).status()).isEqualTo(read);
        assertThat(member.get(row).status()).isEqualTo(read);
        assertThat(member.put(row, body(resource)).status()).isEqualTo(replace);
        assertThat(member.patch(row, Map.of()).status()).isEqualTo(patch);
        assertThat(member.delete(row).status()).isEqualTo(delete);
    }

    private Map<String, Object> body(String resource) {
        return switch (resource) {
            case CUSTOMERS -> customer(unique("Roles"));
            case PROJECTS -> project(unique("Roles"), acme.id(CUSTOMERS));
            default -> entry(acme.id(PROJECTS));
        };
    }

    @Test
    void anothersTimeEntryIsMissingForStaffAndThereForAdmins() {
        Api staff = as("staff@acme.test");
        Api admin = as("admin@acme.test");
        String row = ENTRIES + "/" + admin.created(ENTRIES, entry(acme.id(PROJECTS)));
        assertThat(staff.get(row).status()).isEqualTo(404);
        assertThat(staff.put(row, entry(acme.id(PROJECTS))).status()).isEqualTo(404);
        assertThat(staff.patch(row, Map.of("minutes", 1)).status()).isEqualTo(404);
        assertThat(staff.delete(row).status()).isEqualTo(404);
        assertThat(acme.patch(row, Map.of("minutes", 1)).status()).isEqualTo(200);
        assertThat(acme.delete(row).status()).isEqualTo(204);
    }

    @Test
    void staffListTheirOwnTimeEntriesOnly() {
        Api staff = as("staff@acme.test");
        String me = staff.get("/api/me").json().at("/user/id").asString();
        assertThat(staff.all(ENTRIES))
                .isNotEmpty()
                .allMatch(entry -> entry.get("userId").asString().equals(me));
        assertThat(acme.total(ENTRIES)).isGreaterThan(staff.total(ENTRIES));
    }
}
