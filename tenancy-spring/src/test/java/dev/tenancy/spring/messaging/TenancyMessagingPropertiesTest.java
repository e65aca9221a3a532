package dev.tenancy.spring.messaging;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenancy.TenancySetupException;
import dev.tenancy.spring.task.TenancyTaskAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

class TenancyMessagingPropertiesTest {

    @Test
    void messagesWithoutATenantNeedAReason() {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            TestPropertyValues.of("tenancy.messages.without-tenant.[rates.daily]= ")
                    .applyTo(context);
            context.register(TenancyTaskAutoConfiguration.class, TenancyMessagingAutoConfiguration.class);
            assertThatThrownBy(context::refresh)
                    .hasRootCauseInstanceOf(TenancySetupException.class)
                    .rootCause()
                    .hasMessageContaining("tenancy.messages.without-tenant.rates.daily gives no reason");
        }
    }
}
