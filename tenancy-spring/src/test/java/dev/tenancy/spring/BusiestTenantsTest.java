package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class BusiestTenantsTest {

    private final BusiestTenants busiest = new BusiestTenants(2);

    private String name(String tenant, int times) {
        String name = "";
        for (int i = 0; i < times; i++) {
            name = busiest.name(tenant);
        }
        return name;
    }

    @Test
    void theFirstHaveANameUntilOthersAreMuchBusier() {
        assertThat(name("a", 10)).isEqualTo("a");
        assertThat(name("b", 3)).isEqualTo("b");
        assertThat(name("c", 6)).isEqualTo("other");
        assertThat(name("c", 1)).isEqualTo("c");
        assertThat(name("b", 1)).isEqualTo("other");
        assertThat(name("a", 1)).isEqualTo("a");
        assertThat(busiest.name(null)).isEqualTo("none");
    }

    @Test
    void howeverManyTenantsComeTheNamesAreTwiceAsManyAtMost() {
        Set<String> names = new TreeSet<>();
        for (int tenant = 0; tenant < 200; tenant++) {
            for (int i = 0; i < 3 * (tenant + 1); i++) {
                names.add(busiest.name("tenant-" + tenant));
            }
        }
        names.remove("other");
        assertThat(names).hasSize(4);
    }

    @RepeatedTest(20)
    void manyThreadsGetNoMoreNames() {
        Set<String> names = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 100_000).parallel().forEach(i -> names.add(busiest.name("tenant-" + i % 1_000)));
        names.remove("other");
        assertThat(names.size()).isBetween(2, 4);
    }
}
