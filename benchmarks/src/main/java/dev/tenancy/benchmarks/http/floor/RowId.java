package dev.tenancy.benchmarks.http.floor;

import java.security.SecureRandom;
import java.util.UUID;

/** Ids in the order of their making (RFC 9562, version 7), as the sample's are. */
final class RowId {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long VERSION = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private RowId() {}

    static UUID next() {
        long time = System.currentTimeMillis() << 16;
        return new UUID(time | VERSION | RANDOM.nextInt(1 << 12), VARIANT | RANDOM.nextLong() >>> 2);
    }
}
