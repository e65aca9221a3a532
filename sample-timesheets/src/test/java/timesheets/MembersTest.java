package timesheets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import timesheets.Api.Answer;

class MembersTest extends AccessTest {

    private static final String MEMBERS = "/api/members";

    @Test
    void staffSeeTheMembersOfTheirCompanyAndNobodyElse() {
        Api owner = owner();
        Api staff = join(owner, "STAFF");
        Answer list = staff.get(MEMBERS);
        assertThat(list.json().get("content").findValuesAsString("userId"))
                .containsExactlyInAnyOrder(userId(owner), userId(staff));
        assertThat(list.json().at("/page/totalElements").asInt()).isEqualTo(2);
        assertThat(staff.get(MEMBERS + "?size=1&page=1").json().get("content")).hasSize(1);
        assertThat(staff.get(MEMBERS + "?size=0").status()).isEqualTo(400);
        assertThat(staff.get(MEMBERS + "?page=-1").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "STAFF, STAFF, STAFF, 403",
        "ADMIN, STAFF, ADMIN, 200",
        "ADMIN, ADMIN, STAFF, 200",
        "ADMIN, STAFF, OWNER, 403",
        "ADMIN, OWNER, STAFF, 403",
        "ADMIN, OWNER, OWNER, 403",
        "OWNER, STAFF, OWNER, 200",
        "OWNER, OWNER, STAFF, 200",
        "OWNER, STAFF, KING, 400",
    })
    void nobodyReachesAboveTheirOwnRole(String held, String before, String after, int status) {
        Api owner = owner();
        Api caller = join(owner, held);
        Api other = join(owner, before);
        assertThat(caller.patch(member(other), Map.of("role", after)).status()).isEqualTo(status);
        assertThat(other.get("/api/me").text("role")).isEqualTo(status == 200 ? after : before);
    }

    @Test
    void aRoleIsChangedByPlainJsonAsWell() {
        Api owner = owner();
        Api staff = join(owner, "STAFF");
        Answer changed =
                owner.withHeader("Content-Type", "application/json").patch(member(staff), Map.of("role", "ADMIN"));
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.text("role")).isEqualTo("ADMIN");
        assertThat(owner.patch(member(staff), "{}").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "STAFF, STAFF, 403",
        "ADMIN, STAFF, 204",
        "ADMIN, ADMIN, 204",
        "ADMIN, OWNER, 403",
        "OWNER, OWNER, 204",
    })
    void nobodyRemovesAboveTheirOwnRole(String held, String role, int status) {
        Api owner = owner();
        Api caller = join(owner, held);
        Api other = join(owner, role);
        assertThat(caller.delete(member(other)).status()).isEqualTo(status);
        assertThat(other.get(CUSTOMERS).status()).isEqualTo(status == 204 ? 403 : 200);
    }

    @Test
    void unknownAndForeignUsersAreAnsweredAlike() {
        Api owner = owner();
        String foreign = member(globex);
        for (String unknown : List.of(MEMBERS + "/" + UUID.randomUUID(), MEMBERS + "/nobody")) {
            assertThat(owner.patch(foreign, Map.of("role", "STAFF")).status()).isEqualTo(404);
            assertThat(owner.patch(foreign, Map.of("role", "STAFF")).body())
                    .isEqualTo(owner.patch(unknown, Map.of("role", "STAFF")).body());
            assertThat(owner.delete(foreign).status()).isEqualTo(404);
            assertThat(owner.delete(foreign).body())
                    .isEqualTo(owner.delete(unknown).body());
        }
        assertThat(globex.get("/api/me").text("role")).isEqualTo("OWNER");
    }

    @Test
    void theLastOwnerNeitherLeavesNorStepsDown() {
        Api owner = owner();
        join(owner, "ADMIN");
        assertThat(owner.delete(member(owner)).status()).isEqualTo(409);
        assertThat(owner.patch(member(owner), Map.of("role", "ADMIN")).status()).isEqualTo(409);
        assertThat(owner.patch(member(owner), Map.of("role", "OWNER")).status()).isEqualTo(200);
        join(owner, "OWNER");
        assertThat(owner.delete(member(owner)).status()).isEqualTo(204);
    }

    @RepeatedTest(3)
    void ofTwoOwnersWhoLeaveAtTheSameTimeOneStays() throws Exception {
        Api one = owner();
        Api other = join(one, "OWNER");
        String first = member(one);
        String second = member(other);
        assertThat(atOnce(() -> one.delete(first), () -> other.delete(second))).containsExactlyInAnyOrder(204, 409);
    }

    @RepeatedTest(3)
    void ofTwoOwnersWhoDemoteEachOtherAtTheSameTimeOneStays() throws Exception {
        Api one = owner();
        Api other = join(one, "OWNER");
        String first = member(one);
        String second = member(other);
        Map<String, String> demotion = Map.of("role", "STAFF");
        assertThat(atOnce(() -> one.patch(second, demotion), () -> other.patch(first, demotion)))
                .containsExactlyInAnyOrder(200, 403);
        assertThat(one.get(MEMBERS).json().get("content").findValuesAsString("role"))
                .containsExactlyInAnyOrder("OWNER", "STAFF");
    }

    @Test
    void staffMayLeave() {
        Api staff = join(owner(), "STAFF");
        assertThat(staff.delete(member(staff)).status()).isEqualTo(204);
        assertThat(staff.get("/api/me").status()).isEqualTo(403);
    }

    @Test
    void aRemovedMemberIsOutWithAllTokensAndAnsweredLikeAStranger() {
        Api owner = owner();
        Answer pair = accept(invite(owner, newEmail(), "ADMIN"), PASSWORD);
        Api removed = loggedIn(pair);
        owner.delete(member(removed));
        Answer refused = removed.get(CUSTOMERS);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body())
                .isEqualTo(
                        acme.withHeader("X-Tenant-Id", "unknown").get(CUSTOMERS).body());
        assertThat(refresh(pair.text("refreshToken")).status()).isEqualTo(401);
    }

    @Test
    void whoComesBackDoesNotFindTheOldSessionOpen() {
        Api owner = owner();
        String email = newEmail();
        Answer pair = accept(invite(owner, email, "STAFF"), PASSWORD);
        owner.delete(member(loggedIn(pair)));
        join(owner, email, "STAFF");
        assertThat(refresh(pair.text("refreshToken")).status()).isEqualTo(401);
    }

    @Test
    void theDefaultCompanyOfARemovedMemberIsNotUsedAnyMore() {
        String email = newEmail();
        Api owner = owner();
        join(owner, email, "STAFF");
        Api elsewhere = join(owner(), email, "STAFF");
        assertThat(company(loggedIn(anonymous.loginAnswer(email, PASSWORD)))).isEqualTo(company(owner));
        owner.delete(member(elsewhere));
        assertThat(company(loggedIn(anonymous.loginAnswer(email, PASSWORD)))).isEqualTo(company(elsewhere));
        elsewhere.delete(member(elsewhere));
        assertThat(anonymous.loginAnswer(email, PASSWORD).body())
                .isEqualTo(anonymous.loginAnswer(newEmail(), PASSWORD).body());
    }

    @Test
    void theDefaultCompanyIsChosenAmongOnesOwn() {
        String email = newEmail();
        Api first = owner(email);
        Api second = join(owner(), email, "STAFF");
        assertThat(first.put("/api/me/default-company", Map.of("tenant", company(second)))
                        .status())
                .isEqualTo(204);
        assertThat(company(loggedIn(anonymous.loginAnswer(email, PASSWORD)))).isEqualTo(company(second));
        Answer foreign = first.put("/api/me/default-company", Map.of("tenant", "globex"));
        assertThat(foreign.status()).isEqualTo(403);
        assertThat(foreign.body())
                .isEqualTo(first.put("/api/me/default-company", Map.of("tenant", "unknown"))
                        .body());
    }

    @Test
    void afterARemovalIsAnsweredNoneOfEightThreadsGetsThrough() throws Exception {
        Api owner = owner();
        Api removed = join(owner, "STAFF");
        String path = member(removed);
        AtomicBoolean isRemoved = new AtomicBoolean();
        CountDownLatch allAtWork = new CountDownLatch(8);
        Queue<Integer> answersAfterwards = new ConcurrentLinkedQueue<>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> work = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            work.add(threads.submit(() -> {
                for (int left = 20; left > 0; ) {
                    boolean isAfterwards = isRemoved.get();
                    int status = removed.get(CUSTOMERS).status();
                    allAtWork.countDown();
                    if (isAfterwards) {
                        answersAfterwards.add(status);
                        left--;
                    }
                }
            }));
        }
        allAtWork.await();
        assertThat(owner.delete(path).status()).isEqualTo(204);
        isRemoved.set(true);
        for (Future<?> one : work) {
            one.get();
        }
        threads.shutdown();
        assertThat(answersAfterwards).hasSize(160).containsOnly(403);
    }
}
