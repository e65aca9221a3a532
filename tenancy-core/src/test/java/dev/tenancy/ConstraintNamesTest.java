package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConstraintNamesTest {

    private static final String LONG = "customer_tenant_id_name_of_the_company_and_of_its_branch_key";

    private final ConstraintNames names = new ConstraintNames();

    ConstraintNamesTest() {
        names.learn(List.of("customer_tenant_id_name_key", "customer_key_2", "customer_key", LONG));
    }

    @ParameterizedTest
    @CsvSource({
        "customer_tenant_id_name_key_102015, customer_tenant_id_name_key",
        "customer_tenant_id_name_key, customer_tenant_id_name_key",
        "customer_key_2, customer_key_2",
        "customer_key_2_102015, customer_key_2",
        "nobody_knows_it_102015, nobody_knows_it_102015",
        "customer_tenant_id_name_of_the_company_and_of_i_5fe1c0de_102015, " + LONG
    })
    void theNameThatTheSchemaHasIsFound(String told, String bare) {
        assertThat(names.bare(told)).isEqualTo(bare);
    }

    /** PostgreSQL cuts at bytes. */
    @Test
    void aNameOfOtherLettersIsFoundAsWell() {
        names.learn(List.of("уникальное_имя_клиента_компании"));
        assertThat(names.bare("уникальное_имя_клиент_5fe1c0de_102015")).isEqualTo("уникальное_имя_клиента_компании");
    }

    @Test
    void ofTwoNamesThatMayBeMeantNoneIs() {
        names.learn(List.of(LONG.replace("key", "idx")));
        String told = "customer_tenant_id_name_of_the_company_and_of_i_5fe1c0de_102015";
        assertThat(names.bare(told)).isEqualTo(told);
    }
}
