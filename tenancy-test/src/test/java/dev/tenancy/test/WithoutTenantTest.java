package dev.tenancy.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.CurrentTenant;
import dev.tenancy.NoTenantException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.test.context.ContextConfiguration;

/** The failure that {@link WithTenant} mends in {@link SpringTestsTest}. */
@DataJpaTest(properties = "spring.jpa.hibernate.ddl-auto=create-drop")
@ContextConfiguration(classes = SpringTestsTest.Application.class)
class WithoutTenantTest {

    @Test
    void nothingOwnedIsReached(@Autowired SpringTestsTest.Books books) {
        assertThat(CurrentTenant.find()).isEmpty();
        assertThatExceptionOfType(NoTenantException.class).isThrownBy(books::findAll);
    }
}
