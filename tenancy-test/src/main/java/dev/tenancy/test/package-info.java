/**
 * For the tests of applications: {@link dev.tenancy.test.WithTenant} says for which tenant a test runs, {@link
 * dev.tenancy.test.isolation.EntityIsolationTests} attacks each entity, {@link dev.tenancy.test.TenantAssertions} asks who sees a row, and {@link
 * dev.tenancy.test.TenancyRules} looks at the code.
 */
@NullMarked
package dev.tenancy.test;

import org.jspecify.annotations.NullMarked;
