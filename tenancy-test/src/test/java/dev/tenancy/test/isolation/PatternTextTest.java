package dev.tenancy.test.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatternTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[A-Z]{2}[0-9]{2,20}",
                "^(?:\\+43|0)[1-9]\\d{6,10}$",
                "(?i)[a-z][a-z0-9]*(-[a-z0-9]+)*",
                "\\p{Lu}\\p{L}+",
                "[^<>]{8,}",
                "(?=.*\\d)\\w{6,}",
                "(?<year>\\d{4})-\\d{2}"
            })
    void aTextThatTheExpressionTakesIsMade(String expression) {
        assertThat(PatternText.of(expression)).matches(expression).hasSizeGreaterThanOrEqualTo(6);
    }

    @Test
    void whatIsNoExpressionOfJavaTakesAnyText() {
        assertThat(PatternText.of("[")).isNull();
        assertThat(PatternText.matches("[", "text")).isTrue();
    }
}
