/** For the tests of applications: {@link dev.tenancy.test.WithTenant} says for which tenant a test runs. */
@NullMarked
package dev.tenancy.test;

import org.jspecify.annotations.NullMarked;
