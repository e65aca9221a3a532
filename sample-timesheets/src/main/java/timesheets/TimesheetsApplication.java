package timesheets;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class TimesheetsApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(TimesheetsApplication.class, arguments);
    }
}
