package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import dev.tenancy.spring.crud.Workshop.Norm;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows of the library are shown to every company, and answered with 403 where they are to be changed. */
class CrudLibraryTest extends CrudTest {

    private static final UUID LIBRARY = UUID.fromString(Workshop.LIBRARY);

    private String code;
    private String path;
    private String own;
    private String foreign;

    @BeforeEach
    void norms() {
        code = unique("norm");
        path = "/norms/"
                + CurrentTenant.<UUID, RuntimeException>acrossTenants(
                        "a test",
                        () -> CurrentTenant.callAs(
                                LIBRARY,
                                () -> bean(EntityManagerFactory.class).callInTransaction(session -> {
                                    Norm norm = new Norm();
                                    norm.code = code;
                                    session.persist(norm);
                                    return norm.getId();
                                })));
        own = "/norms/" + alice.created("/norms", Map.of("code", code));
        foreign = "/norms/" + carol.created("/norms", Map.of("code", code));
    }

    private String id() {
        return path.substring("/norms/".length());
    }

    @Test
    void itIsReadByAll() {
        for (Caller caller : List.of(alice, carol)) {
            assertThat(caller.get(path).is(200).json().get("code").asString()).isEqualTo(code);
            assertThat(caller.list("/norms?code=" + encoded(code), "id"))
                    .hasSize(2)
                    .contains(id());
        }
        alice.get(own).is(200);
        alice.get(foreign).is(404);
    }

    @Test
    void itIsChangedByNobody() {
        Map<String, Object> body = Map.of("code", "changed");
        for (Answer answer : List.of(
                alice.put(path, body),
                alice.put(path, Map.of("code", code)),
                alice.patch(path, body),
                alice.delete(path))) {
            assertThat(answer.is(403).json().get("detail").asString()).contains("library");
        }
        for (String refused : List.of(foreign, "/norms/" + UUID.randomUUID())) {
            alice.put(refused, body).is(404);
            alice.patch(refused, body).is(404);
            alice.delete(refused).is(404);
        }
        assertThat(carol.get(path).json().get("code").asString()).isEqualTo(code);
        alice.put(own, body).is(200);
        alice.delete(own).is(204);
    }

    @Test
    void inBulkTheRowIsNamed() {
        List<?> rows = List.of(
                Map.of("id", own.substring("/norms/".length()), "code", "changed"),
                Map.of("id", id(), "code", "changed"));
        assertThat(alice.patch("/norms/bulk", rows).is(403).faults()).containsExactly("1:id");
        assertThat(alice.send("DELETE", "/norms/bulk", List.of(Map.of("id", id())))
                        .is(403)
                        .faults())
                .containsExactly("0:id");
        assertThat(alice.get(own).json().get("code").asString()).isEqualTo(code);
    }

    @Test
    void ownRowsReferToIt() {
        String plan = alice.created("/plans", Map.of("name", "plan", "normId", id()));
        assertThat(alice.get("/plans/" + plan).json().get("normId").asString()).isEqualTo(id());
        assertThat(alice.list("/plans?normId=" + id(), "id")).containsExactly(plan);
        String strange = foreign.substring("/norms/".length());
        Answer refused =
                alice.post("/plans", Map.of("name", "plan", "normId", strange)).is(400);
        assertThat(refused.body())
                .isEqualTo(alice.post("/plans", Map.of("name", "plan", "normId", UUID.randomUUID()))
                        .is(400)
                        .body());
    }
}
