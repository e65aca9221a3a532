package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

class StrictJsonFuzzTest {

    @FuzzTest(maxDuration = "2m")
    void whatIsReadIsOneObjectAndNothingElse(byte[] input) {
        ObjectNode object = StrictJson.object(input);
        if (object != null) {
            String text = new String(input, StandardCharsets.UTF_8);
            assertThat(text.getBytes(StandardCharsets.UTF_8)).isEqualTo(input);
            assertThat(text.strip()).startsWith("{").endsWith("}");
            ObjectNode again = StrictJson.object(object.toString().getBytes(StandardCharsets.UTF_8));
            assertThat(again).isEqualTo(object);
        }
        String token = new String(input, StandardCharsets.ISO_8859_1);
        byte[] bytes = StrictJson.base64url(token);
        if (bytes != null) {
            assertThat(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes))
                    .isEqualTo(token);
        }
    }
}
