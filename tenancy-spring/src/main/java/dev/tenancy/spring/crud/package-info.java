/**
 * Resources over tenant-owned entities: extend {@link dev.tenancy.spring.crud.TenantCrudController}, say with
 * {@link dev.tenancy.spring.crud.Crud} who may do what, and lists, writes, bulk, exports and their description are there.
 *
 * <p>A request is read by {@code ListRequest}, {@code Bodies} and {@code Preconditions} against one {@code CrudOffer}, which is
 * checked when the application starts and is what the API document is made of; {@code CrudEngine} does the work.
 */
@NullMarked
package dev.tenancy.spring.crud;

import org.jspecify.annotations.NullMarked;
