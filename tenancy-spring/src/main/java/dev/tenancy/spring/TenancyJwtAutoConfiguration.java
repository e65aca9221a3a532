package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import dev.tenancy.TenantClaims;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.jwt.TokenKey;
import dev.tenancy.jwt.TokenKeys;
import dev.tenancy.jwt.TokenSettings;
import dev.tenancy.jwt.TokenVerifier;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Tokens, once there is a setting under {@code tenancy.jwt}: of the application's own, or of another issuer. */
@AutoConfiguration(after = TenancyAutoConfiguration.class)
@ConditionalOnClass(TokenVerifier.class)
@Conditional(TenancyJwtAutoConfiguration.Configured.class)
@EnableConfigurationProperties(TenancyProperties.class)
@Lazy(false)
public final class TenancyJwtAutoConfiguration {

    private static final String PREFIX = "tenancy.jwt";

    @Bean
    @ConditionalOnMissingBean
    TokenSettings tokenSettings(TenancyProperties properties, ObjectProvider<TenantClaims> claims) {
        TenancyProperties.Jwt jwt = properties.jwt();
        String issuer = required("issuer", jwt.issuer());
        String audience = required("audience", jwt.audience());
        TokenSettings own = naming(
                PREFIX,
                () -> new TokenSettings(issuer, audience, jwt.tenantClaim(), jwt.lifetime(), jwt.leeway())
                        .withMaxLifetime(jwt.maxLifetime()));
        return jwt.jwks() == null ? own : own.withTenants(claims.getObject());
    }

    // Throws for a placeholder without a value, which binding leaves as it stands: a secret that everybody knows. Asked
    // for the keys as well as by the condition, which ahead-of-time processing decides before the start.
    private static void demandSecret(Environment environment) {
        environment.getProperty(PREFIX + ".secret");
    }

    @Bean
    @ConditionalOnMissingBean
    TokenKeys tokenKeys(TenancyProperties properties, Environment environment, ObjectProvider<Clock> clock) {
        TenancyProperties.Jwt jwt = properties.jwt();
        List<Supplier<TokenKeys>> sources = new ArrayList<>();
        demandSecret(environment);
        String secret = jwt.secret();
        if (secret != null && !secret.isBlank()) {
            sources.add(() -> TokenKeys.of(TokenKey.hmac(secret)));
        }
        if (!jwt.keys().isEmpty()) {
            sources.add(() -> naming(PREFIX + ".keys", () -> TokenKeys.files(jwt.keys(), jwt.reload(), or(clock))));
        }
        URI jwks = jwt.jwks();
        if (jwks != null) {
            sources.add(() -> naming(PREFIX + ".jwks", () -> TokenKeys.remote(jwks)));
        }
        if (sources.size() != 1) {
            throw new TenancySetupException(
                    (sources.isEmpty() ? "None" : "More than one")
                            + " of tenancy.jwt.secret, tenancy.jwt.keys and tenancy.jwt.jwks is set.",
                    "Set exactly one: a secret (openssl rand -base64 48), files of keys, or the address of another"
                            + " issuer's keys.");
        }
        return sources.get(0).get();
    }

    @Bean
    @ConditionalOnMissingBean
    TokenVerifier tokenVerifier(TokenKeys keys, TokenSettings settings, ObjectProvider<Clock> clock) {
        return new TokenVerifier(keys, settings, or(clock));
    }

    @Bean
    @ConditionalOnMissingBean
    @Conditional(OwnKeys.class)
    TokenIssuer tokenIssuer(TokenKeys keys, TokenSettings settings, ObjectProvider<Clock> clock) {
        return new TokenIssuer(keys, settings, or(clock));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(TokenIssuer.class)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    PublicKeysController publicKeysController(TokenKeys keys) {
        return new PublicKeysController(keys);
    }

    @Bean
    @ConditionalOnBean(PublicKeysController.class)
    OpenEndpoints.ByDefault publicKeysAreOpen(PublicKeysController keys) {
        return new OpenEndpoints.ByDefault(keys.hasAny() ? List.of("GET " + PublicKeysController.PATH) : List.of());
    }

    private static Clock or(ObjectProvider<Clock> clock) {
        return clock.getIfUnique(Clock::systemUTC);
    }

    private static <T> T naming(String setting, Supplier<T> made) {
        try {
            return made.get();
        } catch (TenancySetupException refusal) {
            throw new TenancySetupException(setting + " is refused. " + refusal.refused(), refusal.fix());
        }
    }

    private static String required(String setting, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new TenancySetupException(
                    "tenancy.jwt." + setting + " is not set, but another setting of tenancy.jwt is.",
                    "Set it to the name that tokens carry; a token that carries another is refused.");
        }
        return value;
    }

    // Any setting counts: a misspelt key must not leave the application without tokens in silence.
    static final class Configured extends SpringBootCondition {

        @Override
        public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
            // Before anything else fails for want of the same settings, and in words that say less.
            if (!Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
                demandSecret(context.getEnvironment());
            }
            boolean found = Binder.get(context.getEnvironment())
                    .bind(PREFIX, Bindable.mapOf(String.class, Object.class))
                    .isBound();
            return new ConditionOutcome(
                    found,
                    ConditionMessage.forCondition("Tokens")
                            .because(PREFIX + " has " + (found ? "settings" : "no settings")));
        }
    }

    static final class OwnKeys extends NoneNestedConditions {

        OwnKeys() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnProperty(PREFIX + ".jwks")
        static final class OfAnotherIssuer {}
    }
}
