package dev.tenancy.jwt;

import dev.tenancy.TenancySetupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keys in files. Their contents are compared, and not their dates, which a copy may keep. */
final class KeyFiles implements TokenKeys {

    private static final Logger LOG = LoggerFactory.getLogger(KeyFiles.class);
    private static final int LARGEST = 64 * 1024;
    private static final String PEM = ".pem";
    private static final String SECRET = ".secret";

    private final List<Path> places;
    private final Duration reload;
    private final Clock clock;
    private final ReentrantLock reading = new ReentrantLock();

    private SortedMap<Path, ByteBuffer> contents; // guarded by reading
    private @Nullable String fault; // likewise
    private volatile FixedKeys keys;
    private volatile Instant readAt;

    KeyFiles(List<Path> places, Duration reload, Clock clock) {
        this.places = List.copyOf(places);
        this.reload = reload;
        this.clock = clock;
        if (reload.isNegative() || reload.isZero()) {
            throw new TenancySetupException(
                    "The files with the keys of tokens are to be read again after " + reload + ".",
                    "Set it to more than nothing, such as PT10S.");
        }
        this.readAt = clock.instant();
        this.contents = contents();
        this.keys = parsed(contents);
    }

    @Override
    public @Nullable TokenKey find(@Nullable String id, String algorithm) {
        return current().find(id, algorithm);
    }

    @Override
    public TokenKey signing() {
        return current().signing();
    }

    @Override
    public String publicKeys() {
        return current().publicKeys();
    }

    private FixedKeys current() {
        if (isDue() && reading.tryLock()) {
            try {
                if (isDue()) {
                    readAgain();
                }
            } finally {
                reading.unlock();
            }
        }
        return keys;
    }

    /** Also when the clock was set back, or else the keys would stay until it has caught up. */
    private boolean isDue() {
        Duration age = Duration.between(readAt, clock.instant());
        return age.isNegative() || age.compareTo(reload) >= 0;
    }

    private void readAgain() {
        try {
            SortedMap<Path, ByteBuffer> now = contents();
            if (!now.equals(contents)) {
                keys = parsed(now);
                contents = now;
                LOG.info("The keys of tokens were read again from their files: {} key(s).", now.size());
            }
            fault = null;
        } catch (TenancySetupException unfit) {
            if (!Objects.equals(fault, unfit.getMessage())) {
                LOG.error("The keys of tokens stay as they were read before. {}", unfit.getMessage());
            }
            fault = unfit.getMessage();
        } finally {
            readAt = clock.instant();
        }
    }

    private SortedMap<Path, ByteBuffer> contents() {
        SortedMap<Path, ByteBuffer> found = new TreeMap<>();
        for (Path place : places) {
            for (Path file : files(place)) {
                found.put(file, ByteBuffer.wrap(bytes(file)));
            }
        }
        if (found.isEmpty()) {
            throw new TenancySetupException(
                    "There is no key of tokens in " + places + ".",
                    "Put at least one file there whose name ends with " + PEM + " or " + SECRET + ".");
        }
        return found;
    }

    private static List<Path> files(Path place) {
        if (!Files.isDirectory(place)) {
            if (!isKey(place)) {
                throw refused(place, "its name ends with neither " + PEM + " nor " + SECRET);
            }
            return List.of(place);
        }
        try (Stream<Path> all = Files.list(place)) {
            return all.filter(KeyFiles::isKey).filter(Files::isRegularFile).toList();
        } catch (IOException | UncheckedIOException unreadable) {
            throw refused(place, "it cannot be read (" + unreadable.getClass().getSimpleName() + ")");
        }
    }

    private static boolean isKey(Path file) {
        String name = name(file);
        return !name.startsWith(".") && (name.endsWith(PEM) || name.endsWith(SECRET));
    }

    private static byte[] bytes(Path file) {
        try (var stream = Files.newInputStream(file)) {
            byte[] bytes = stream.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw refused(file, "it is larger than " + LARGEST + " bytes");
            }
            return bytes;
        } catch (IOException unreadable) {
            throw refused(file, "it cannot be read (" + unreadable.getClass().getSimpleName() + ")");
        }
    }

    /** The one whose id sorts last comes first, since the first one that can signs. */
    private static FixedKeys parsed(SortedMap<Path, ByteBuffer> contents) {
        List<TokenKey> all = new ArrayList<>();
        contents.forEach((file, bytes) -> all.add(key(file, bytes)));
        all.sort(Collections.reverseOrder(Comparator.comparing(key -> String.valueOf(key.id()))));
        return new FixedKeys(all);
    }

    private static TokenKey key(Path file, ByteBuffer bytes) {
        String name = name(file);
        String id = name.substring(0, name.lastIndexOf('.'));
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.duplicate())
                    .toString();
            return name.endsWith(PEM)
                    ? TokenKey.pem(id, text)
                    : TokenKey.hmac(id, "HS256", text.strip().getBytes(StandardCharsets.UTF_8));
        } catch (CharacterCodingException binary) {
            throw refused(file, "it is not text in UTF-8");
        } catch (TenancySetupException unfit) {
            throw new TenancySetupException("In the file " + file + ": " + unfit.refused(), unfit.fix());
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static TenancySetupException refused(Path file, String fault) {
        return new TenancySetupException(
                "The key of tokens in " + file + " is refused: " + fault + ".",
                "Put a key there in PEM as <id>" + PEM + ", or a secret as text as <id>" + SECRET + ".");
    }
}
