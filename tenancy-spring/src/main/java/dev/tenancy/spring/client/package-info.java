/** Calls of other services, which are told for which tenant they are made if their hosts are declared. */
@NullMarked
package dev.tenancy.spring.client;

import org.jspecify.annotations.NullMarked;
