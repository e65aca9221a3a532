package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import dev.tenancy.Roles;
import dev.tenancy.TenancySetupException;
import dev.tenancy.jwt.TokenVerifier;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.core.userdetails.UserDetailsService;

/** What the application refuses to start with, and says so. */
@ExtendWith(OutputCaptureExtension.class)
class StartTest {

    @Test
    void aSessionKeptOpenOverTheRequestIsRefused() {
        refused(None.class, "spring.jpa.open-in-view", "spring.jpa.open-in-view=true");
    }

    @Test
    void rolesThatAreNoHierarchyAreRefused() {
        refused(None.class, "OWNER > ADMIN > STAFF", "tenancy.roles=OWNER > OWNER");
    }

    @Test
    void aSecretThatIsTooShortIsRefusedWithTheCommandThatMakesAGoodOne() {
        refused(None.class, "openssl rand -base64 48", "tenancy.jwt.secret=short");
    }

    @Test
    void aSecretWithoutAnIssuerIsRefused() {
        refused(None.class, "tenancy.jwt.issuer", "tenancy.jwt.issuer=");
    }

    @Test
    void anOpenEndpointWithoutAMethodIsRefused() {
        refused(None.class, "tenancy.open", "tenancy.open=/actuator/health");
    }

    @Test
    void aChooserThatIsNoPathOfAPageIsRefused() {
        refused(None.class, "tenancy.resolve.chooser", "tenancy.resolve.chooser=/web/**");
    }

    @Test
    void aSecretWhosePlaceholderHasNoValueIsRefused() {
        assertThatException()
                .isThrownBy(() -> TestApplication.start(
                        NoMemberships.class, "tenancy.jwt.secret=${A_VARIABLE_WITH_A_NAME_OF_MORE_THAN_32_BYTES}"))
                .havingRootCause()
                .withMessageContaining("A_VARIABLE_WITH_A_NAME_OF_MORE_THAN_32_BYTES");
    }

    @Test
    void anApplicationThatDoesNotSayWhoIsAMemberIsRefused() {
        assertThatException()
                .isThrownBy(() -> new SpringApplicationBuilder(NoMemberships.class)
                        .properties(
                                "server.port=0",
                                "logging.level.root=off",
                                "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                                "tenancy.jwt.secret=0123456789abcdef0123456789abcdef",
                                "tenancy.jwt.issuer=test",
                                "tenancy.jwt.audience=test")
                        .run())
                .havingRootCause()
                .isInstanceOf(TenancySetupException.class)
                .withMessageContaining("dev.tenancy.Memberships");
    }

    @Test
    void allFindingsOfTheSchemaAreShownAtOnceEachWithWhatToDo(CapturedOutput output) {
        String script =
                "create table if not exists stray (tenant_id uuid)\\;create table if not exists lost (tenant_id uuid)";
        refused(
                None.class,
                "2 finding(s)",
                "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";INIT=" + script);
        String shown = output.getAll();
        String description = shown.substring(shown.indexOf("Description:"), shown.indexOf("Action:"));
        assertThat(description)
                .contains("The table LOST has", "The table STRAY has")
                .containsOnlyOnce("TENANCY-207");
        assertThat(shown).as("once, whoever logs the message").containsOnlyOnce("The table LOST has");
        assertThat(shown.substring(shown.indexOf("Action:")))
                .contains("docs/doctor.md", "The table LOST", "The table STRAY", "Map it, move it to another schema");
        assertThat(shown).doesNotContain("\tat ");
    }

    @Test
    void noUserIsMadeUpAndEverythingCanBeReplaced() {
        try (ConfigurableApplicationContext context = TestApplication.start(OwnRoles.class)) {
            assertThat(context.getBeanProvider(UserDetailsService.class).getIfAvailable())
                    .isNull();
            assertThat(context.getBean(Roles.class)).hasToString("BOSS > ADMIN > STAFF");
            assertThat(context.getBean(TokenVerifier.class)).isNotNull();
        }
    }

    private static void refused(Class<?> source, String message, String... settings) {
        assertThatException()
                .isThrownBy(() -> TestApplication.start(source, settings).close())
                .havingRootCause()
                .withMessageContaining(message);
    }

    static class None {}

    @EnableAutoConfiguration
    static class NoMemberships {}

    static class OwnRoles {

        @org.springframework.context.annotation.Bean
        Roles roles() {
            return Roles.parse("BOSS > ADMIN > STAFF");
        }
    }
}
