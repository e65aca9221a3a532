package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

class CompactTokenFuzzTest {

    @FuzzTest(maxDuration = "2m")
    void aTokenIsReadOrRefused(byte[] input) {
        String token = new String(input, StandardCharsets.UTF_8);
        try {
            CompactToken parsed = CompactToken.parse(token);
            ObjectNode header = parsed.header();
            assertThat(StrictJson.object(header.toString().getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(header);
            assertThat(token.chars().filter(one -> one == '.')).hasSize(2);
            assertThat(token).doesNotContain("=", " ", "+", "/");
            parsed.payload();
        } catch (InvalidTokenException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
