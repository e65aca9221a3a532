package dev.tenancy.spring.crud;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of CRUD controllers under {@code tenancy}.
 *
 * @param maxPageSize The most rows that one page of a list may hold.
 * @param maxBulkSize The most rows that one bulk request may hold.
 * @param maxExports How many exports of one tenant a node sends at a time; others are answered 429 at once. Below tenancy.requests.at-once,
 *     it leaves the tenant's other requests their places. 0 is no bound besides that one.
 */
@ConfigurationProperties("tenancy")
public record TenancyCrudProperties(
        @DefaultValue("200") int maxPageSize,
        @DefaultValue("100") int maxBulkSize,
        @DefaultValue("0") int maxExports) {}
