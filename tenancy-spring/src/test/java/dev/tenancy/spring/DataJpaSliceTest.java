package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.CurrentTenant;
import jakarta.persistence.EntityManager;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

@DataJpaTest
@ContextConfiguration(classes = DataJpaSliceTest.Slice.class)
@Transactional(propagation = Propagation.NOT_SUPPORTED)
class DataJpaSliceTest {

    @Autowired
    private EntityManager entityManager;

    @Autowired
    private PlatformTransactionManager transactions;

    @Test
    void aSliceOfTheApplicationIsIsolatedAsWell() {
        TransactionTemplate transaction = new TransactionTemplate(transactions);
        CurrentTenant.runAs(
                TestApplication.ACME,
                () -> transaction.executeWithoutResult(status -> entityManager.persist(new TestApplication.Shelf())));
        assertThat(CurrentTenant.callAs(TestApplication.ACME, this::shelves)).hasSize(1);
        assertThat(CurrentTenant.callAs(TestApplication.GLOBEX, this::shelves)).isEmpty();
    }

    private List<?> shelves() {
        return entityManager.createQuery("from Shelf").getResultList();
    }

    @EntityScan(basePackageClasses = TestApplication.class)
    @AutoConfigurationPackage
    static class Slice {}
}
