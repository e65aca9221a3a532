package dev.tenancy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

class LexerFuzzTest {

    @FuzzTest(maxDuration = "3m")
    void tokensAndWhatIsBetweenThemAreTheText(byte[] input) {
        String sql = new String(input, StandardCharsets.UTF_8);
        for (SqlDialect dialect : SqlDialect.values()) {
            List<Token> tokens;
            try {
                tokens = Lexer.read(sql, dialect);
            } catch (Unreadable unreadable) {
                assertThat(unreadable.position).isBetween(0, sql.length());
                continue;
            }
            int at = 0;
            int parameters = 0;
            for (Token token : tokens) {
                assertThat(token.start).isBetween(at, sql.length());
                assertThat(token.end).isBetween(token.start + 1, sql.length());
                assertThat(Lexer.read(sql.substring(at, token.start), dialect)).isEmpty();
                if (token.parameter > 0) {
                    assertThat(token.parameter).isEqualTo(++parameters);
                    assertThat(sql.substring(token.start, token.end)).isEqualTo("?");
                }
                at = token.end;
            }
            assertThat(Lexer.read(sql.substring(at), dialect)).isEmpty();
        }
    }
}
