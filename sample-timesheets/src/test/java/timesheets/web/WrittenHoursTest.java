package timesheets.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenHoursTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {"1:30 90", "0:05 5", "24:00 1440", "1.5 90", "1,25 75", "2 120", "0 0", "'' 0", "' 7 ' 420"})
    void peopleWriteThemInManyWays(String text, int minutes) {
        assertThat(Hours.minutes(text)).isEqualTo(minutes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "1:60", "-1", "1e3", "1:2", "100", "1.555", "٣"})
    void whatIsNoTimeIsNone(String text) {
        assertThat(Hours.minutes(text)).isNull();
    }
}
