package compatibility;

import static compatibility.CompatibilityApplication.ACME;
import static compatibility.CompatibilityApplication.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.pagehelper.Page;
import com.github.pagehelper.PageHelper;
import dev.tenancy.NoTenantException;
import dev.tenancy.TenancyException;
import dev.tenancy.UnprovenStatementException;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.mybatis.spring.MyBatisSystemException;
import org.springframework.beans.factory.annotation.Autowired;

class MyBatisTest extends Compatibility {

    @Autowired
    private MyBatisNotes notes;

    @Autowired
    private Countries countries;

    @Test
    void statementsReachTheTenantThatTheyName() {
        assertThat(acme(() -> notes.of(ACME))).containsExactly("acme one", "acme two");
        assertThat(acme(() -> notes.add(UUID.randomUUID(), ACME, "acme three"))).isEqualTo(1);
        assertThat(globex(() -> notes.of(GLOBEX))).containsExactly("globex one");
        refused(UnprovenStatementException.class, () -> acme(() -> notes.of(GLOBEX)));
        refused(UnprovenStatementException.class, () -> acme(() -> notes.add(UUID.randomUUID(), GLOBEX, "theirs")));
        refused(UnprovenStatementException.class, () -> acme(notes::ofAll));
        refused(NoTenantException.class, () -> notes.of(ACME));
    }

    @Test
    void pageHelperCountsAndCutsWhatTheTenantOwns() {
        Page<String> page = acme(() -> {
            Page<String> started = PageHelper.startPage(1, 1);
            notes.of(ACME);
            return started;
        });
        assertThat(page).containsExactly("acme one");
        assertThat(page.getTotal()).isEqualTo(2);
        countries.save(new Country("AT", "Austria"));
        Page<String> global = PageHelper.startPage(1, 1);
        notes.countries();
        assertThat(global).hasSize(1);
    }

    /** MyBatis says which mapper it was, and keeps the refusal as the cause. */
    static void refused(Class<? extends TenancyException> why, ThrowingCallable call) {
        assertThatExceptionOfType(MyBatisSystemException.class)
                .isThrownBy(call)
                .havingRootCause()
                .isInstanceOf(why);
    }
}
