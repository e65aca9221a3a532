package dev.tenancy.spring;

import dev.tenancy.TenancySetupException;
import dev.tenancy.jwt.TokenIssuer;
import dev.tenancy.jwt.TokenKey;
import dev.tenancy.jwt.TokenKeys;
import dev.tenancy.jwt.TokenSettings;
import dev.tenancy.jwt.TokenVerifier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Tokens of the application's own, once {@code tenancy.jwt.secret} is set. */
@AutoConfiguration
@ConditionalOnClass(TokenVerifier.class)
@ConditionalOnProperty("tenancy.jwt.secret")
@EnableConfigurationProperties(TenancyProperties.class)
public final class TenancyJwtAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    TokenSettings tokenSettings(TenancyProperties properties) {
        TenancyProperties.Jwt jwt = properties.jwt();
        return new TokenSettings(
                required("issuer", jwt.issuer()),
                required("audience", jwt.audience()),
                jwt.tenantClaim(),
                jwt.lifetime(),
                jwt.leeway());
    }

    @Bean
    @ConditionalOnMissingBean
    TokenKeys tokenKeys(TenancyProperties properties) {
        return TokenKeys.of(TokenKey.hmac(required("secret", properties.jwt().secret())));
    }

    @Bean
    @ConditionalOnMissingBean
    TokenVerifier tokenVerifier(TokenKeys keys, TokenSettings settings) {
        return new TokenVerifier(keys, settings);
    }

    @Bean
    @ConditionalOnMissingBean
    TokenIssuer tokenIssuer(TokenKeys keys, TokenSettings settings) {
        return new TokenIssuer(keys, settings);
    }

    private static String required(String setting, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new TenancySetupException(
                    "tenancy.jwt." + setting + " is not set, but tenancy.jwt.secret is.",
                    "Set it to a name of your own; tokens carry it, and a token that carries another is refused.");
        }
        return value;
    }
}
