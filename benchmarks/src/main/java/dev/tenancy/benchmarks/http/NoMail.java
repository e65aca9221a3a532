package dev.tenancy.benchmarks.http;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import timesheets.access.Mail;

/** The sample does not start without a way to send mail; nothing that is measured sends any. */
@Configuration(proxyBeanMethods = false)
class NoMail {

    @Bean
    Mail mail() {
        return message -> {
            throw new IllegalStateException("The comparison sends no mail: " + message.subject());
        };
    }
}
