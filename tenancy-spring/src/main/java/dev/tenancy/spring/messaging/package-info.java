/**
 * Messages of Kafka and RabbitMQ, which carry who acts: what is sent while somebody acts names them in its headers, and a listener acts
 * for whoever the headers name, if they may still.
 *
 * <p>{@code TenantKafka} and {@code TenantRabbit} add this to the factories and templates that are beans, over
 * {@link dev.tenancy.spring.task.TenantPropagator}; {@link dev.tenancy.spring.messaging.TenancyMessagingProperties} says which topics
 * and queues belong to no tenant.
 */
@NullMarked
package dev.tenancy.spring.messaging;

import org.jspecify.annotations.NullMarked;
