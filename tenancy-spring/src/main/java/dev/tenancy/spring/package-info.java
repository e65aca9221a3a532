/**
 * Tenancy in Spring Boot: put the dependency on the class path, and requests act for the tenant of their credential.
 *
 * <p>A request's trip begins in {@code TenantFilter}: it asks a {@link dev.tenancy.spring.TenantClaimResolver} who calls and
 * which tenant the credential names, asks {@link dev.tenancy.Memberships} (a bean that the application provides) whether that
 * is so, and makes the tenant current for exactly this request. A resource is then an entity, a record and a controller that
 * extends {@link dev.tenancy.spring.crud.TenantCrudController}; {@link dev.tenancy.spring.crud.Crud} says who may do what.
 */
@NullMarked
package dev.tenancy.spring;

import org.jspecify.annotations.NullMarked;
