package dev.tenancy.test.isolation;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What applications take for a file: many look at its ending, its type or its first bytes. */
enum FileKind {
    TEXT("txt", "text/plain", ""),
    // Of one pixel. Readers stop at its end, and leave what stands behind it.
    PICTURE(
            "png",
            "image/png",
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="),
    DOCUMENT("pdf", "application/pdf", "JVBERi0xLjQK"),
    TABLE("csv", "text/csv", "");

    private final String ending;
    private final String type;
    private final byte[] start;

    FileKind(String ending, String type, String start) {
        this.ending = ending;
        this.type = type;
        this.start = Base64.getDecoder().decode(start);
    }

    String type() {
        return type;
    }

    String named(String name) {
        return name + "." + ending;
    }

    /** A file that holds a text. */
    byte[] holding(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(start);
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }
}
