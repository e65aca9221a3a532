package dev.tenancy.spring.crud;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of CRUD controllers under {@code tenancy}.
 *
 * @param maxPageSize The most rows that one page of a list may hold.
 * @param maxBulkSize The most rows that one bulk request may hold.
 */
@ConfigurationProperties("tenancy")
public record TenancyCrudProperties(
        @DefaultValue("200") int maxPageSize,
        @DefaultValue("100") int maxBulkSize) {}
