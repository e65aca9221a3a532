package dev.tenancy;

import java.util.Arrays;
import java.util.stream.Stream;
import org.hibernate.Version;

/** What the Hibernate that runs has, for tests that also run on older ones than they were compiled against: {@code -Pboot-4.0}. */
final class RunningHibernate {

    /** {@code find} by a natural id, and several by a compound one. */
    static final boolean FINDS_BY_NATURAL_ID = isSince(7, 3, 0);

    /** An upsert that restricts the row, and writes the tenant of a new one. Without, it is refused. */
    static final boolean UPSERTS_WITH_TENANT = isSince(7, 4, 9);

    private RunningHibernate() {}

    private static boolean isSince(int... version) {
        int[] running = Stream.of(Version.getVersionString().split("\\.", 4))
                .limit(3)
                .mapToInt(Integer::parseInt)
                .toArray();
        return Arrays.compare(running, version) >= 0;
    }
}
