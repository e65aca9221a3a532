package dev.tenancy.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LexerTest {

    private static String cut(String sql, SqlDialect dialect) {
        return Lexer.read(sql, dialect).stream().map(Token::toString).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '~', textBlock = """
                    select '{"a":1}'::jsonb ->> 'k' => select {"a":1} :: jsonb ->> k
                    a=-1 => a = - 1
                    a@-1 => a @- 1
                    a <-- b => a <
                    a*/* x */-1 => a * - 1
                    x like ?||'%' => x like ? || %
                    a @?? '$.b' => a @? $.b
                    a ??| b => a ?| b
                    $q$it's $x$$q$ b => it's $x$ b
                    E'\\'' b => E'\\'' b
                    'a\\' b => a\\ b
                    a/* /* */ or */ b => a b
                    1.5e-3 0x1F 1_000 => 1.5e-3 0x1F 1_000
                    a$b "A ""q"" b" => a$b A "q" b
                    x[1:2] => x [ 1 : 2 ]
                    $1 => $1
                    """)
    void postgreSqlIsCutAsItsManualSays(String sql, String tokens) {
        assertThat(cut(sql, SqlDialect.POSTGRESQL)).isEqualTo(tokens);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '~', textBlock = """
                    a && b => a && b
                    a // or 1 = 1 => a
                    a -- or => a
                    $$it's$$ b => it's b
                    `A` "b" => A b
                    12L => 12L
                    a<-1 => a < - 1
                    ?1 => ?1
                    a!=b => a != b
                    """)
    void h2IsCutAsItsTokenizerDoes(String sql, String tokens) {
        assertThat(cut(sql, SqlDialect.H2)).isEqualTo(tokens);
    }

    @ParameterizedTest
    @EnumSource(SqlDialect.class)
    void whatHasNoEndCannotBeRead(SqlDialect dialect) {
        for (String sql : List.of("select 'a", "select \"a", "select /* a", "select /* /* */", "select $$a")) {
            assertThatExceptionOfType(Unreadable.class).as(sql).isThrownBy(() -> Lexer.read(sql, dialect));
        }
    }

    // PostgreSQL goes on with the escapes of the first, and its driver does not.
    @Test
    void aLiteralWithEscapesDoesNotGoOnInAnother() {
        for (String sql : List.of("E'a'\n'\\' --'", "e'a' -- c\n'b'", "E'a'/* c */'b'")) {
            assertThatExceptionOfType(Unreadable.class)
                    .as(sql)
                    .isThrownBy(() -> Lexer.read(sql, SqlDialect.POSTGRESQL));
        }
        assertThat(cut("E'a', 'b' 'c'\n'd'", SqlDialect.POSTGRESQL)).isEqualTo("E'a' , b c d");
    }

    @ParameterizedTest
    @EnumSource(SqlDialect.class)
    void namesWithUnicodeEscapesAreReadUnlessTheEscapeIsChanged(SqlDialect dialect) {
        assertThat(Lexer.read("U&\"cust\\006fm\\+000065r\"", dialect).get(0).key())
                .isEqualTo("customer");
        assertThatExceptionOfType(Unreadable.class)
                .isThrownBy(() -> Lexer.read("U&\"cust!006fmer\" uescape '!'", dialect));
        assertThatExceptionOfType(Unreadable.class).isThrownBy(() -> Lexer.read("U&\"cust\\00\"", dialect));
    }

    @Test
    void postgreSqlKeeps63BytesOfAName() {
        String longName = "c".repeat(63);
        assertThat(SqlName.key(longName + "ustomer")).isEqualTo(longName);
        assertThat(SqlName.key("é".repeat(40))).isEqualTo("é".repeat(31));
    }

    @Test
    void keywordsAreAscii() {
        // The long s becomes an S in upper case, for H2's names, and not for its keywords.
        Token token = Lexer.read("ſelect", SqlDialect.H2).get(0);
        assertThat(token.is("select")).isFalse();
        assertThat(token.key()).isEqualTo("select");
    }
}
