/**
 * Work that is no request: tasks on other threads, which act for whom they were given by, and schedules that run for each tenant.
 *
 * <p>{@code TenantTaskDecorator} is applied to what Spring Boot runs and to the executors of the application;
 * {@link dev.tenancy.spring.task.EachTenant} marks scheduled methods, and {@link dev.tenancy.spring.task.ActiveTenants} is the bean
 * that lists the tenants for them.
 */
@NullMarked
package dev.tenancy.spring.task;

import org.jspecify.annotations.NullMarked;
