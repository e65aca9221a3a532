package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.TenancySetupException;
import dev.tenancy.TenantClaims;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.jwt.TokenKeys;
import dev.tenancy.jwt.TokenVerifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.mock.env.MockEnvironment;

/** What settings of tokens and of the chain do, and which are refused with their name and what to do. */
@ExtendWith(OutputCaptureExtension.class)
class SettingsTest {

    private static final String SECRET = "tenancy.jwt.secret=" + RawToken.SECRET;

    private final WebApplicationContextRunner bare = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TenancyJwtAutoConfiguration.class))
            .withBean(TenantClaims.class, () -> TenantClaims.named("org"));
    private final WebApplicationContextRunner named =
            bare.withPropertyValues("tenancy.jwt.issuer=me", "tenancy.jwt.audience=me");

    @Test
    void withoutAnySettingThereAreNoTokens() {
        bare.run(context -> assertThat(context).doesNotHaveBean(TokenVerifier.class));
    }

    @Test
    void withASecretTokensAreIssuedAndNoKeyIsPublished() {
        named.withPropertyValues(SECRET).run(context -> {
            assertThat(context).hasSingleBean(TokenIssuer.class);
            assertThat(context.getBean(OpenEndpoints.ByDefault.class).endpoints())
                    .isEmpty();
        });
    }

    @Test
    void withAnotherIssuersKeysNoTokenIsIssued() {
        named.withPropertyValues("tenancy.jwt.jwks=https://issuer.test/jwks")
                .run(context -> assertThat(context)
                        .hasSingleBean(TokenVerifier.class)
                        .doesNotHaveBean(TokenIssuer.class)
                        .doesNotHaveBean(PublicKeysController.class));
    }

    @Test
    void keysComeFromSeveralFilesAndFolders(@TempDir Path folder) throws Exception {
        Path more = Files.createDirectory(folder.resolve("more"));
        Files.writeString(folder.resolve("a.secret"), "a".repeat(32));
        Files.writeString(more.resolve("b.secret"), "b".repeat(32));
        named.withPropertyValues("tenancy.jwt.keys[0]=" + folder.resolve("a.secret"), "tenancy.jwt.keys[1]=" + more)
                .run(context -> {
                    TokenKeys keys = context.getBean(TokenKeys.class);
                    assertThat(List.of(
                                    keys.find("a", "HS256").id(),
                                    keys.find("b", "HS256").id()))
                            .containsExactly("a", "b");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "tenancy.jwt.jwks=https://issuer.test/jwks, More than one of tenancy.jwt.secret",
        "tenancy.jwt.keys=/tmp/keys, More than one of tenancy.jwt.secret",
        "tenancy.jwt.secret=, None of tenancy.jwt.secret",
        "tenancy.jwt.secret=short, tenancy.jwt.secret",
        "tenancy.jwt.issuer=, tenancy.jwt.issuer is not set",
        "tenancy.jwt.audience=, tenancy.jwt.audience is not set",
        "tenancy.jwt.tenant-claim=sub, tenancy.jwt is refused. The tenant claim",
        "tenancy.jwt.lifetime=2d, tenancy.jwt is refused. The lifetime",
        "tenancy.jwt.leeway=1h, tenancy.jwt is refused. The leeway",
    })
    void aWrongSettingOfTokensIsRefusedByName(String setting, String message) {
        refused(named.withPropertyValues(SECRET, setting), message);
    }

    @ParameterizedTest
    @CsvSource({
        "tenancy.jwt.keys=/no/such/folder, tenancy.jwt.keys is refused",
        "tenancy.jwt.jwks=http://issuer.test/jwks, tenancy.jwt.jwks is refused",
        "tenancy.jwt.secrett=0123456789abcdef0123456789abcdef, None of tenancy.jwt.secret",
    })
    void wrongKeysAreRefusedByTheirSetting(String setting, String message) {
        refused(named.withPropertyValues(setting), message);
    }

    private static void refused(WebApplicationContextRunner runner, String message) {
        runner.run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(TenancySetupException.class)
                .hasMessageContaining(message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://app.test", "app.test:8080", "*.app.test", ".app.test", "app..test", "", "-.test"})
    void aDomainThatIsNoneIsRefused(String domain) {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> TenantSubdomain.of(domain))
                .withMessageContaining("tenancy.resolve.domain");
    }

    @Test
    void aDomainOfAnotherScriptIsComparedInAscii() {
        assertThat(TenantSubdomain.of("B\u00fccher.example").domain()).isEqualTo("xn--bcher-kva.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/t/**",
                "t/{tenant}",
                "/t/x{tenant}/**",
                "/t/{tenant}/{tenant}",
                "/t/{tenant",
                "/**/{tenant}/**/x"
            })
    void aPathWithoutTheSegmentOrThatIsNoPatternIsRefused(String path) {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(() -> TenantPath.of(path))
                .withMessageContaining("tenancy.resolve.path");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tenancy.resolve.order=header,header",
                "tenancy.resolve.order=subdomain,claim",
                "tenancy.resolve.order=path,claim"
            })
    void anOrderThatDoesNotFitIsRefused(String setting) {
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() ->
                        TestApplication.start(StartTest.None.class, setting).close())
                .havingRootCause()
                .withMessageContaining("tenancy.resolve.order");
    }

    @Test
    void aDomainThatTheOrderLeavesOutIsRefused() {
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> TestApplication.start(
                                StartTest.None.class, "tenancy.resolve.order=claim", "tenancy.resolve.domain=app.test")
                        .close())
                .havingRootCause()
                .withMessageContaining("does not name SUBDOMAIN");
    }

    @Test
    void aWayThatDoesNotExistIsRefusedWithTheListOfThoseThatDo(CapturedOutput output) {
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> TestApplication.start(StartTest.None.class, "tenancy.resolve.order=claim,cookie")
                        .close());
        assertThat(output.getAll()).contains("cookie", "HEADER", "SUBDOMAIN", "PATH", "CLAIM", "DEFAULT");
    }

    @Test
    void ourDefaultsAreBelowEverythingThatTheApplicationSets() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "defaultProperties", Map.of("spring.datasource.hikari.connection-timeout", 7000)));
        new TenancyDefaults().postProcessEnvironment(environment, new SpringApplication());
        assertThat(environment.getProperty("spring.datasource.hikari.connection-timeout"))
                .isEqualTo("7000");
        assertThat(environment.getProperty("spring.jpa.open-in-view")).isEqualTo("false");

        MockEnvironment untouched = new MockEnvironment();
        new TenancyDefaults().postProcessEnvironment(untouched, new SpringApplication());
        assertThat(untouched.getProperty("spring.datasource.hikari.connection-timeout"))
                .isEqualTo("2000");
    }
}
