package dev.tenancy.benchmarks.http.floor;

import org.springframework.boot.context.properties.ConfigurationProperties;

/** What a token must have to be accepted. */
@ConfigurationProperties("floor.jwt")
record TokenProperties(String secret, String issuer, String audience) {}
