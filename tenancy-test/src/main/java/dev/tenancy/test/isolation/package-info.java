/** Tests that attack an application by themselves, to show that no tenant reaches what another owns. */
@NullMarked
package dev.tenancy.test.isolation;

import org.jspecify.annotations.NullMarked;
